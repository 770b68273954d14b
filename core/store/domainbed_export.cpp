// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/spec/roles.h"
#include "core/spec/spec_json.h"
#include "core/store/domainbed_sweep.h"
#include "core/store/run_store.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

namespace levi {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

// Accuracies of one candidate by role and domain; a role of one domain may have it for all rows alone.
class Accuracies {
public:
    explicit Accuracies(const CandidateRecord& candidate) {
        for (const MetricRow& row : candidate.metrics)
            if (row.metric == "accuracy" && row.value) m_values[{row.role, row.domain}] = *row.value;
    }

    std::optional<double> of(const std::string& role, const std::string& domain) const {
        const auto found = m_values.find({role, domain});
        return found == m_values.end() ? std::nullopt : std::optional(found->second);
    }

    std::set<std::string> domains() const {
        std::set<std::string> names;
        for (const auto& [place, value] : m_values) {
            if (place.first.starts_with(kOodTestPrefix)) names.insert(place.first.substr(kOodTestPrefix.size()));
            if (place.first == "id_val" && !place.second.empty()) names.insert(place.second);
        }
        return names;
    }

    bool isTest(const std::string& domain) const { return of(oodTestRole(domain), "").has_value(); }

private:
    std::map<std::pair<std::string, std::string>, double> m_values;
};

// The layout knows accuracies alone.
void refuseNumbers(const RunSummary& run, const std::vector<CandidateRecord>& candidates) {
    for (const CandidateRecord& candidate : candidates)
        for (const MetricRow& row : candidate.metrics)
            if (row.metric == "rmse")
                throw Error("run {} ('{}'): predicts numbers and is judged by RMSE, and DomainBed's layout knows "
                            "accuracies alone; export a study without such runs, or a bundle",
                            run.id, run.name);
}

std::string datasetOf(const RunSummary& run) {
    const ExperimentSpec spec = specFromText(run.specJson).spec;
    for (const FieldRow& row : fieldRows(spec, section("data")))
        if (row.path == "data.path" && row.value.is_string() && !row.value.get<std::string>().empty())
            return fs::path(row.value.get<std::string>()).stem().string();
    return spec.data.kind().key;
}

// The sweep's numbers of test environments, as the run's last candidate has them.
std::vector<int> testEnvsOf(const Accuracies& accuracies) {
    std::vector<int> environments;
    int number = 0;
    for (const std::string& domain : accuracies.domains()) {
        if (accuracies.isTest(domain)) environments.push_back(number);
        ++number;
    }
    return environments;
}

// A line of results.jsonl.
struct SweepLine {
    SweepRecord record;
    std::int64_t epoch = 0;
};

struct SweepRun {
    std::string folder;
    std::vector<SweepLine> lines;
};

// `domains`: of the run; a candidate that lacks one would be numbered otherwise.
SweepLine lineOf(const CandidateRecord& candidate, const std::set<std::string>& domains, SweepRecord record) {
    const Accuracies accuracies(candidate);
    record.step = static_cast<double>(candidate.step);
    for (const std::string& domain : domains) {
        const auto test = accuracies.of(oodTestRole(domain), "");
        const auto out = test ? test : accuracies.of("id_val", domain);
        auto in = test ? test : accuracies.of("train", domain);
        if (!in) in = accuracies.of("id_test", domain);
        if (!in || !out)
            throw Error("its candidate of step {} has no accuracy of '{}' in and out of the training split",
                        candidate.step, domain);
        record.inAccuracy.push_back(*in);
        record.outAccuracy.push_back(*out);
    }
    return {std::move(record), candidate.epoch};
}

std::string textOf(const SweepLine& line, std::uint64_t seed) {
    const SweepRecord& record = line.record;
    OrderedJson json = {{"step", static_cast<std::int64_t>(record.step)},
                        {"epoch", line.epoch},
                        {"args",
                         {{"dataset", record.dataset},
                          {"algorithm", record.algorithm},
                          {"test_envs", record.testEnvs},
                          {"hparams_seed", record.hparamsSeed},
                          {"trial_seed", record.trialSeed},
                          {"seed", seed}}}};
    for (std::size_t number = 0; number < record.inAccuracy.size(); ++number) {
        json[fmt::format("env{}_in_acc", number)] = record.inAccuracy[number];
        json[fmt::format("env{}_out_acc", number)] = record.outAccuracy[number];
    }
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

class SweepMaker {
public:
    explicit SweepMaker(const RunStore& store) : m_store(store) {}

    void add(const RunSummary& run) {
        auto candidates = m_store.candidates(run.id);
        std::erase_if(candidates, [](const CandidateRecord& candidate) { return !mayBePicked(candidate.kind); });
        refuseNumbers(run, candidates);
        if (candidates.empty()) return;
        std::set<std::string> domains;
        for (const CandidateRecord& candidate : candidates)
            domains.merge(Accuracies(candidate).domains());
        const auto testEnvs = testEnvsOf(Accuracies(candidates.back()));
        if (testEnvs.empty()) return; // holds nothing out: no place in such a sweep
        const SweepRecord record{.dataset = datasetOf(run),
                                 .algorithm = settingName(run),
                                 .testEnvs = testEnvs,
                                 .trialSeed = static_cast<std::int64_t>(run.seed),
                                 .hparamsSeed = hparamsSeed(run, testEnvs),
                                 .inAccuracy = {},
                                 .outAccuracy = {}};
        SweepRun made{.folder = fmt::format("{}-{}", run.cell, run.seed), .lines = {}};
        for (const CandidateRecord& candidate : candidates)
            made.lines.push_back(ofRun(run, candidate, domains, record));
        m_runs.push_back(std::move(made));
    }

    // In the order in which a reader comes upon their folders.
    std::vector<SweepRun> take() {
        std::ranges::sort(m_runs, {}, &SweepRun::folder);
        return std::move(m_runs);
    }

private:
    int hparamsSeed(const RunSummary& run, const std::vector<int>& testEnvs) {
        auto& cells = m_cells[{settingName(run), testEnvs}];
        const auto found = std::ranges::find(cells, run.cell);
        if (found != cells.end()) return static_cast<int>(found - cells.begin());
        cells.push_back(run.cell);
        return static_cast<int>(cells.size()) - 1;
    }

    static SweepLine ofRun(const RunSummary& run, const CandidateRecord& candidate,
                           const std::set<std::string>& domains, const SweepRecord& record) {
        try {
            return lineOf(candidate, domains, record);
        } catch (const Error& error) {
            throw Error("run {} ('{}'): {}", run.id, run.name, error.what());
        }
    }

    const RunStore& m_store;
    std::map<std::pair<std::string, std::vector<int>>, std::vector<std::string>> m_cells;
    std::vector<SweepRun> m_runs;
};

std::vector<SweepRun> sweepRuns(const RunStore& store, const std::string& study) {
    std::map<std::pair<std::string, std::uint64_t>, RunSummary> newest; // of a cell and seed
    std::vector<RunSummary> runs = store.runs();
    std::erase_if(runs, [&](const RunSummary& run) {
        return run.state != RunState::Done || run.sealed || (!study.empty() && run.study != study);
    });
    for (const RunSummary& run : runs)
        newest[{run.cell, run.seed}] = run;
    SweepMaker maker(store);
    for (const RunSummary& run : runs)
        if (newest.at({run.cell, run.seed}).id == run.id) maker.add(run);
    auto made = maker.take();
    if (made.empty())
        throw Error("{}: has no finished run that holds domains out and is not sealed", store.file().string());
    return made;
}

} // namespace

DomainBedSweep domainBedSweep(const RunStore& store, const std::string& study) {
    DomainBedSweep sweep;
    for (SweepRun& run : sweepRuns(store, study)) {
        for (SweepLine& line : run.lines)
            sweep.records.push_back(std::move(line.record));
        ++sweep.runs;
    }
    return sweep;
}

int writeDomainBedSweep(const RunStore& store, const fs::path& folder, const std::string& study) {
    std::error_code code;
    if (fs::exists(folder, code) && !fs::is_empty(folder, code))
        throw Error("{}: is not empty; give another folder", folder.string());
    const auto runs = sweepRuns(store, study);
    for (const SweepRun& run : runs) {
        std::string text;
        for (const SweepLine& line : run.lines)
            text += textOf(line, static_cast<std::uint64_t>(line.record.trialSeed));
        writeFileAtomically(folder / run.folder / "results.jsonl", text);
        writeFileAtomically(folder / run.folder / "done", "done");
    }
    return static_cast<int>(runs.size());
}

} // namespace levi
