// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

class RunStore;

// Finished runs as text that diffs well, to lie beside a page of results and to go on from elsewhere:
//   bundle.json           {"format": "levi bundle 1"}
//   studies.jsonl         a study a line
//   settings/<cell>.jsonl the setting; then each run with its candidates: {"setting"}, {"run"}, {"candidate"}, one a
//                         line, in order of seed
// No weights, no predictions, no log, no paths of the machine. Runs that a seal hides are left out.
struct BundleOptions {
    std::string study;          // only its runs; "": all
    bool domainMetrics = false; // of candidates that were not picked: figures by domain and class shares too
};

struct BundleReport {
    std::size_t runs = 0;             // written, or brought in
    std::size_t known = 0;            // there already: same cell, seed and numerics version
    std::size_t sealed = 0;           // left out
    std::size_t unfinished = 0;       // left out
    std::size_t withoutParents = 0;   // of those brought in: made from runs that are in neither bundle nor store
    std::vector<std::string> studies; // written, or brought in
};

// Writes into an empty or absent folder, or over a bundle: settings that the store lacks are removed from it. Throws
// Error where the folder is something else, the study is sealed or unknown, or there is no run.
BundleReport exportBundle(const RunStore& store, const std::filesystem::path& folder,
                          const BundleOptions& options = {});

// Brings in what the store lacks. A run is there already where one with the same cell, seed and numerics version has
// finished. Throws Error naming file and line for anything that is no bundle or cannot be, and where a study of that
// name states something else; the store is as it was then. A derived run counts without its parents too: a bundle of
// one study need not hold those of another.
BundleReport importBundle(RunStore& store, const std::filesystem::path& folder);

} // namespace levi
