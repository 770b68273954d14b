// SPDX-License-Identifier: Apache-2.0
#include "app/store_lookup.h"

#include "core/base/error.h"
#include "core/jobs/parents.h"
#include "core/spec/cell_prefix.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace levi {
namespace {

std::optional<std::int64_t> numberOf(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// By their own name; where nothing has it by that in their study, by number, then by cell.
std::vector<RunSummary> runsMeant(const std::vector<RunSummary>& runs, const std::string& text) {
    std::vector<RunSummary> found = runsNamed(runs, text);
    const auto take = [&](auto matches) {
        if (found.empty()) std::ranges::copy_if(runs, std::back_inserter(found), matches);
    };
    if (const auto number = numberOf(text)) take([&](const RunSummary& run) { return run.id == *number; });
    take([&](const RunSummary& run) { return isCellPrefix(text, run.cell); });
    return found;
}

} // namespace

void addStoreOption(CLI::App& verb, std::filesystem::path& file) {
    file = defaultStoreFile();
    verb.add_option("--store", file, "The file that holds the runs")->type_name("FILE");
}

RunSummary runNamed(const RunStore& store, const std::string& text) {
    if (const auto number = numberOf(text))
        if (auto run = store.run(*number)) return *run;
    auto found = runsMeant(store.runs(), text);
    if (found.empty()) throw Error("{}: holds no run '{}'; `levi runs` lists them", store.file().string(), text);
    return found.back();
}

std::vector<RunSummary> runsOfSetting(const std::vector<RunSummary>& runs, const std::string& text) {
    auto found = runsMeant(runs, text);
    if (found.empty()) throw Error("'{}': is no name, run or cell of this store; `levi runs` lists them", text);
    const std::string cell = found.front().cell;
    for (const RunSummary& run : found)
        if (run.cell != cell)
            throw Error("'{}': is ambiguous, it means the cells {} and {}; give the first digits of one", text, cell,
                        run.cell);
    found.clear();
    std::ranges::copy_if(runs, std::back_inserter(found), [&](const RunSummary& run) { return run.cell == cell; });
    return found;
}

} // namespace levi
