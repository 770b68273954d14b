// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/features/feature_cache.h"
#include "core/engine/features/feature_segment.h"

namespace levi {

struct MissingRows {
    RowSet rows; // a role
    std::vector<std::int64_t> positions;
};

// Runs rows through a frozen backbone, batch by batch, and writes a segment whenever enough rows have come together.
class FeaturePass {
public:
    FeaturePass(const Backbone& backbone, const PictureView& view, const FeatureOptions& options);

    void keepIn(std::filesystem::path folder, std::string key);

    // Sets the rows in `table`. Returns how many there were. A stop keeps what is complete, then throws Stopped.
    std::int64_t run(const std::vector<MissingRows>& missing, FeatureTable& table);

private:
    void runRole(const MissingRows& missing, FeatureTable& table);
    at::Tensor compute(const at::Tensor& pixels) const; // (B, 3, H, W) -> (B, L + 2, 2, D), on the CPU
    void add(const RowSet& rows, std::int64_t position, const float* values, FeatureTable& table);
    void flush(FeatureTable& table);
    void write();

    const Backbone& m_backbone;
    const PictureView& m_view;
    const FeatureOptions& m_options;
    std::filesystem::path m_folder; // empty: keep in memory only
    std::string m_key;
    std::int64_t m_batchSize;
    std::int64_t m_total = 0, m_done = 0;

    SegmentRows m_pending;
    std::vector<std::int64_t> m_pendingRows; // table rows
};

} // namespace levi
