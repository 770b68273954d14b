// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>

namespace levi {

class Options;

struct LoadOptions {
    int threads = 2;                   // that check files, and each decodes one picture at a time
    std::filesystem::path cacheFolder; // where it is remembered, by content, which files are whole; empty: nowhere
    std::stop_token stop;
    std::function<void(std::int64_t done, std::int64_t total)> progress; // called from this thread
};

// Thrown out of a loop that was asked to stop. Not an Error: the job turns it into the outcome `Cancelled`.
struct Stopped {};

// The data section of a spec (spec.data) as roles. Throws Error with every problem, Stopped when asked to stop.
Dataset loadDataset(const Options& data, const LoadOptions& options = {});

// The same for people: problems are listed, not thrown. `samplesPerRole` thumbnails of at most `side` pixels.
struct DataInfoOptions {
    LoadOptions load;
    std::int64_t samplesPerRole = 12;
    std::int64_t thumbnailSide = 64;
};
DataInfo dataInfo(const Options& data, const DataInfoOptions& options = {});

} // namespace levi
