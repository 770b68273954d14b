// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/load.h"
#include "core/engine/data/text_layout.h"
#include "core/spec/data/text_data.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

TextLayout layoutOf(const TextTableOptions& data);
TextLayout layoutOf(const AmazonReviewsOptions& data);

// New rows for the network of a run: read as its kind of data reads texts and fields, without targets, roles or splits.
struct NewRows {
    std::shared_ptr<RowTable> table;
    std::vector<std::string> broken; // "file, line 7: reason"
};
// Nothing: of this kind of data only pictures can be new. Throws Error, Stopped.
std::optional<NewRows> readNewRows(const Options& data, const std::filesystem::path& file, const LoadOptions& options);

// Asks whether to stop, and tells how far the file is, once in a while.
class RecordProgress {
public:
    RecordProgress(const LoadOptions& options, double begin, double end) // share of all files
        : m_options(options), m_begin(begin), m_end(end) {}

    void at(double shareOfFile); // throws Stopped

private:
    const LoadOptions& m_options;
    double m_begin, m_end;
    std::int64_t m_rows = 0;
};

} // namespace levi
