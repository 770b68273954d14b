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

// `domains`: of the run; a candidate that lacks one would be numbered otherwise.
OrderedJson recordOf(const CandidateRecord& candidate, const std::set<std::string>& domains, const OrderedJson& args) {
    const Accuracies accuracies(candidate);
    OrderedJson record = {{"step", candidate.step}, {"epoch", candidate.epoch}, {"args", args}};
    int number = 0;
    for (const std::string& domain : domains) {
        const auto test = accuracies.of(oodTestRole(domain), "");
        const auto out = test ? test : accuracies.of("id_val", domain);
        auto in = test ? test : accuracies.of("train", domain);
        if (!in) in = accuracies.of("id_test", domain);
        if (!in || !out)
            throw Error("its candidate of step {} has no accuracy of '{}' in and out of the training split",
                        candidate.step, domain);
        record[fmt::format("env{}_in_acc", number)] = *in;
        record[fmt::format("env{}_out_acc", number)] = *out;
        ++number;
    }
    return record;
}

class SweepWriter {
public:
    SweepWriter(const RunStore& store, const fs::path& folder) : m_store(store), m_folder(folder) {}

    void write(const RunSummary& run) {
        auto candidates = m_store.candidates(run.id);
        std::erase_if(candidates, [](const CandidateRecord& candidate) { return !mayBePicked(candidate.kind); });
        refuseNumbers(run, candidates);
        if (candidates.empty()) return;
        std::set<std::string> domains;
        for (const CandidateRecord& candidate : candidates)
            domains.merge(Accuracies(candidate).domains());
        const auto testEnvs = testEnvsOf(Accuracies(candidates.back()));
        if (testEnvs.empty()) return; // holds nothing out: no place in such a sweep
        const OrderedJson args = {{"dataset", datasetOf(run)}, {"algorithm", run.name},
                                  {"test_envs", testEnvs},     {"hparams_seed", hparamsSeed(run, testEnvs)},
                                  {"trial_seed", run.seed},    {"seed", run.seed}};
        std::string text;
        for (const CandidateRecord& candidate : candidates)
            text += lineOf(run, candidate, domains, args);
        const fs::path place = m_folder / fmt::format("{}-{}", run.cell, run.seed);
        writeFileAtomically(place / "results.jsonl", text);
        writeFileAtomically(place / "done", "done");
        ++m_written;
    }

    int written() const { return m_written; }

private:
    int hparamsSeed(const RunSummary& run, const std::vector<int>& testEnvs) {
        auto& cells = m_cells[{run.name, testEnvs}];
        const auto found = std::ranges::find(cells, run.cell);
        if (found != cells.end()) return static_cast<int>(found - cells.begin());
        cells.push_back(run.cell);
        return static_cast<int>(cells.size()) - 1;
    }

    static std::string lineOf(const RunSummary& run, const CandidateRecord& candidate,
                              const std::set<std::string>& domains, const OrderedJson& args) {
        try {
            return recordOf(candidate, domains, args).dump(-1, ' ', false, OrderedJson::error_handler_t::replace) +
                   "\n";
        } catch (const Error& error) {
            throw Error("run {} ('{}'): {}", run.id, run.name, error.what());
        }
    }

    const RunStore& m_store;
    fs::path m_folder;
    std::map<std::pair<std::string, std::vector<int>>, std::vector<std::string>> m_cells;
    int m_written = 0;
};

} // namespace

int writeDomainBedSweep(const RunStore& store, const fs::path& folder, const std::string& study) {
    std::error_code code;
    if (fs::exists(folder, code) && !fs::is_empty(folder, code))
        throw Error("{}: is not empty; give another folder", folder.string());
    std::map<std::pair<std::string, std::uint64_t>, RunSummary> newest; // of a cell and seed
    std::vector<RunSummary> runs = store.runs();
    std::erase_if(runs, [&](const RunSummary& run) {
        return run.state != RunState::Done || run.sealed || (!study.empty() && run.study != study);
    });
    for (const RunSummary& run : runs)
        newest[{run.cell, run.seed}] = run;
    SweepWriter writer(store, folder);
    for (const RunSummary& run : runs)
        if (newest.at({run.cell, run.seed}).id == run.id) writer.write(run);
    if (writer.written() == 0)
        throw Error("{}: has no finished run that holds domains out and is not sealed", store.file().string());
    return writer.written();
}

} // namespace levi
