// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/features/feature_cache.h"
#include "core/engine/features/feature_segment.h"

namespace levi {

// Rows to compute, each content once.
struct MissingRows {
    RowSet rows;
    std::vector<std::vector<std::int64_t>> twins; // of each: other rows of the table that have its content
};

// Runs rows through a frozen backbone, batch by batch, and writes a segment whenever enough rows have come together.
// Texts go in batches of one padded length, apart from those that need no padding: so a row's values do not depend on
// the others.
class FeaturePass {
public:
    FeaturePass(const Backbone& backbone, const View& view, const FeatureOptions& options);

    void keepIn(std::filesystem::path folder, std::string key);

    // Sets the rows in `table`. Returns how many there were. A stop keeps what is complete, then throws Stopped.
    std::int64_t run(const MissingRows& missing, FeatureTable& table);

private:
    using Positions = std::vector<std::int64_t>;

    std::vector<Positions> stretches(const RowSet& rows) const; // that are computed alike
    void runStretch(const MissingRows& missing, Positions positions, FeatureTable& table);
    at::Tensor compute(const Reading& reading) const; // of B rows: (B, L + 2, 2, D), on the CPU
    Reading whole(const Reading& reading) const;
    void add(const MissingRows& missing, std::int64_t position, const float* values, const FeatureTable& table);
    void flush(FeatureTable& table);
    void write();

    const Backbone& m_backbone;
    const View& m_view;
    const FeatureOptions& m_options;
    std::filesystem::path m_folder; // empty: keep in memory only
    std::string m_key;
    std::int64_t m_batchSize;
    std::int64_t m_total = 0, m_done = 0;

    SegmentRows m_pending;
    std::vector<Positions> m_pendingRows; // table rows: those of one content together
};

} // namespace levi
