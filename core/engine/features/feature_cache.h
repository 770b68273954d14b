// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/view.h"
#include "core/engine/features/feature_table.h"
#include "core/engine/model/backbone.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

inline const std::string kOnCpu = "cpu";

// Where features are kept and how they are made. The pass is the same with and without the cache: batches of one size,
// float32, so that a row's values do not depend on which rows are missing.
struct FeatureOptions {
    std::filesystem::path cacheFolder; // of all features
    bool useCache = true;
    std::uint64_t limitBytes = std::uint64_t{20} << 30; // least recently used files go first
    int loaderThreads = 1;
    std::string computedOn = kOnCpu;
    std::stop_token stop;
    std::function<void(std::int64_t done, std::int64_t total)> progress = [](auto, auto) {};
    std::function<void(const std::string&)> warn = [](const auto&) {}; // a file was damaged and is made anew
};

// All that the values of a row depend on, its own content apart: weights, view, kernels, device, versions.
// computedOn: the device of the pass with whatever of it bits depend on, as devices.h words it.
std::string featureKey(const Backbone& backbone, const View& view, const std::string& computedOn = kOnCpu);

struct Features {
    FeatureTable table;
    std::int64_t computedRows = 0; // that went through the backbone
};

// Features of every row of `roles`, from the cache as far as they are there. The backbone is frozen. Rows are known by
// content, so that each is computed once, and a data set that shares rows with an earlier one re-uses them. Several
// processes may work on one folder. Throws Stopped soon after a stop is asked for; what was computed until then is
// kept. Throws Error.
Features features(const Backbone& backbone, const View& view, const std::vector<RowSet>& roles,
                  const FeatureOptions& options);

// How many different contents `roles` have and how many of them lie in the cache, without reading pixels or features.
// Throws Stopped.
struct CachedRows {
    std::int64_t rows = 0, cached = 0;
};
CachedRows cachedRows(const Backbone& backbone, const View& view, const std::vector<RowSet>& roles,
                      const FeatureOptions& options);

// Removes the least recently used files until the rest fits.
void evictFeatures(const std::filesystem::path& cacheFolder, std::uint64_t limitBytes);

} // namespace levi
