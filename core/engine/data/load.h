// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/stopped.h"
#include "core/engine/data/dataset.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class Options;

struct LoadOptions {
    int threads = 2;                   // that check files, and each decodes one picture at a time
    std::filesystem::path cacheFolder; // where it is remembered, by content, which files are whole; empty: nowhere
    std::stop_token stop;
    std::function<void(std::int64_t done, std::int64_t total)> progress; // called from this thread
};

// What the data section of a spec (spec.data) leads to. Immutable once read; copies share the rows.
struct ReadData {
    std::vector<std::string> classes, domains;
    std::vector<std::string> foundDomains; // those, and what no role takes
    std::int64_t brokenFiles = 0;
    std::vector<BrokenFile> broken;    // the first ten
    std::vector<std::string> problems; // each one a reason why it cannot be used
    std::optional<Dataset> dataset;    // to look at, even where problems forbid its use
};
ReadData readData(const Options& data, const LoadOptions& options = {}); // throws Stopped when asked to stop

// Its roles, to be used: throws Error with every problem.
const Dataset& usableDataset(const ReadData& data);
Dataset loadDataset(const Options& data, const LoadOptions& options = {});

// The same for people: problems are listed, not thrown. `samplesPerRole` thumbnails of at most `side` pixels.
struct DataInfoOptions {
    LoadOptions load;
    std::int64_t samplesPerRole = 12;
    std::int64_t thumbnailSide = 64;
};
DataInfo dataInfo(const ReadData& data, const DataInfoOptions& options = {});
DataInfo dataInfo(const Options& data, const DataInfoOptions& options = {});

} // namespace levi
