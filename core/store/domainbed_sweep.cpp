// SPDX-License-Identifier: Apache-2.0
#include "core/store/domainbed_sweep.h"

#include "core/base/error.h"
#include "core/store/json_lines.h"

#include <algorithm>
#include <string>
#include <system_error>

namespace levi {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kLongestLine = std::size_t{1} << 20; // bytes
constexpr int kMostEnvironments = 10'000;

void readAccuracies(const JsonLine& line, const Json& json, SweepRecord& record) {
    for (int env = 0; env < kMostEnvironments && json.contains(fmt::format("env{}_out_acc", env)); ++env) {
        record.inAccuracy.push_back(line.number(json, fmt::format("env{}_in_acc", env)));
        record.outAccuracy.push_back(line.number(json, fmt::format("env{}_out_acc", env)));
    }
    if (record.outAccuracy.empty()) line.fail("'env0_out_acc' is missing");
}

void readTestEnvs(const JsonLine& line, const Json& args, SweepRecord& record) {
    const Json& list = line.list(args, "args.test_envs");
    if (list.empty()) line.fail("'args.test_envs' is empty");
    const auto count = static_cast<std::int64_t>(record.outAccuracy.size());
    for (const Json& item : list) {
        const bool isNumber = item.is_number_unsigned() && item.get<std::uint64_t>() < kMostEnvironments;
        if (!isNumber || item.get<std::int64_t>() >= count)
            line.fail("'args.test_envs' names an environment that the line has no accuracies of; there are {}", count);
        const int env = item.get<int>();
        if (std::ranges::find(record.testEnvs, env) != record.testEnvs.end())
            line.fail("'args.test_envs' names environment {} twice", env);
        record.testEnvs.push_back(env);
    }
}

SweepRecord recordAt(const JsonLine& line, const std::string& text) {
    const Json json = line.object(text);
    const Json& args = line.part(json, "args");
    SweepRecord record{.dataset = line.text(args, "args.dataset"),
                       .algorithm = line.text(args, "args.algorithm"),
                       .testEnvs = {},
                       .trialSeed = line.whole(args, "args.trial_seed"),
                       .hparamsSeed = line.whole(args, "args.hparams_seed"),
                       .step = line.number(json, "step"),
                       .inAccuracy = {},
                       .outAccuracy = {}};
    readAccuracies(line, json, record);
    readTestEnvs(line, args, record);
    return record;
}

void checkSameEnvironments(const DomainBedSweep& sweep, const SweepRecord& record, const JsonLine& line) {
    const auto known = std::ranges::find(sweep.records, record.dataset, &SweepRecord::dataset);
    if (known == sweep.records.end() || known->outAccuracy.size() == record.outAccuracy.size()) return;
    line.fail("has {} environments, other records of '{}' have {}", record.outAccuracy.size(), record.dataset,
              known->outAccuracy.size());
}

void readRecords(const fs::path& file, DomainBedSweep& sweep) {
    readLines(file, kLongestLine, [&](const std::string& text, int number) {
        const JsonLine line(file, number);
        auto record = recordAt(line, text);
        checkSameEnvironments(sweep, record, line);
        sweep.records.push_back(std::move(record));
    });
}

std::vector<fs::path> runFolders(const fs::path& folder) {
    std::error_code code;
    std::vector<fs::path> folders;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        refuseLink(entry->path());
        if (fs::is_directory(entry->path(), code)) folders.push_back(entry->path());
    }
    if (code) throw Error("{}: cannot be read as a folder: {}", folder.string(), code.message());
    std::ranges::sort(folders);
    return folders;
}

} // namespace

DomainBedSweep readDomainBedSweep(const fs::path& folder) {
    DomainBedSweep sweep;
    for (const fs::path& run : runFolders(folder)) {
        const fs::path file = run / "results.jsonl";
        refuseLink(file);
        std::error_code code;
        if (!fs::exists(file, code)) {
            ++sweep.emptyFolders;
            continue;
        }
        readRecords(file, sweep);
        ++sweep.runs;
        sweep.unfinishedRuns += !fs::exists(run / "done", code);
    }
    if (sweep.runs == 0)
        throw Error("{}: no folder in it holds a results.jsonl, expected a sweep as DomainBed writes it",
                    folder.string());
    return sweep;
}

} // namespace levi
