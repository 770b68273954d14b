// SPDX-License-Identifier: Apache-2.0
#include "app/looks.h"

#include "core/base/error.h"
#include "core/report/escape.h"

#include <fmt/format.h>

#include <cstdio>
#include <set>

namespace levi {

void noteLook(const std::filesystem::path& storeFile, std::span<const RunSummary> runs, const std::string& what) {
    std::set<std::string> studies;
    for (const RunSummary& run : runs)
        if (!run.study.empty() && !run.sealed) studies.insert(run.study);
    if (studies.empty()) return;
    try {
        RunStore store(storeFile);
        for (const std::string& study : studies)
            store.addLook(study, what);
    } catch (const Error& error) {
        fmt::print(stderr, "levi: this look at test figures could not be written down: {}\n", cleanLine(error.what()));
    }
}

} // namespace levi
