// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_bundle.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/store/bundle_json.h"
#include "core/store/bundle_reader.h"
#include "core/store/run_store.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>

namespace levi {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

constexpr const char* kFormat = "levi bundle 1";

std::string lineOf(const char* kind, OrderedJson json) {
    return OrderedJson{{kind, std::move(json)}}.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

bool isBundle(const fs::path& folder) {
    std::error_code code;
    return fs::exists(folder / "bundle.json", code);
}

void requireRoom(const fs::path& folder) {
    std::error_code code;
    if (!fs::exists(folder, code) || isBundle(folder)) return;
    if (!fs::is_directory(folder, code) || !fs::is_empty(folder, code))
        throw Error("{}: is no bundle and not empty; give another folder", folder.string());
}

void requireOpen(const RunStore& store, const std::string& name) {
    if (name.empty()) return;
    const auto study = store.study(name);
    if (!study) throw Error("{}: has no study '{}'; `levi study list` names them", store.file().string(), name);
    if (study->sealed)
        throw Error("study '{}': is sealed, its test figures stay in the store; unseal it before it is exported", name);
}

// What a run is judged by, by domain: DomainBed's rules pick by accuracy there.
bool isKeptByDomain(const std::string& metric) {
    return metric == "accuracy" || metric == "rmse";
}

// Figures that selection rules and tables read stay with every candidate; the rest with the picked one.
void thinOut(StoredRun& run, const BundleOptions& options) {
    for (std::size_t i = 0; i < run.candidates.size(); ++i)
        if (i != run.picked && !options.domainMetrics)
            std::erase_if(run.candidates[i].metrics, [](const MetricRow& row) {
                return isPartOf(row.metric) || (!row.domain.empty() && !isKeptByDomain(row.metric));
            });
}

// One a seed and version of the numerics, in order of seed.
void keepNewest(std::vector<StoredRun>& runs) {
    std::map<std::pair<std::uint64_t, std::string>, StoredRun> newest;
    for (StoredRun& run : runs)
        newest[{run.summary.seed, numericsOf(run.environment)}] = std::move(run);
    runs.clear();
    for (auto& [key, run] : newest)
        runs.push_back(std::move(run));
}

std::string textOf(const std::vector<StoredRun>& runs) {
    std::string text = lineOf("setting", settingJson(runs.front()));
    for (const StoredRun& run : runs) {
        text += lineOf("run", runJson(run));
        for (const CandidateRecord& candidate : run.candidates)
            text += lineOf("candidate", candidateJson(candidate, run.summary.seed));
    }
    return text;
}

class Exporter {
public:
    Exporter(const RunStore& store, const BundleOptions& options) : m_store(store), m_options(options) {}

    BundleReport write(const fs::path& folder) {
        requireOpen(m_store, m_options.study);
        requireRoom(folder);
        collect();
        if (m_settings.empty())
            throw Error("{}: has no finished run to export{}", m_store.file().string(),
                        m_report.sealed > 0 ? "; those that it has are sealed" : "");
        writeFileAtomically(folder / "bundle.json", OrderedJson{{"format", kFormat}}.dump() + "\n");
        writeStudies(folder);
        for (auto& [cell, runs] : m_settings) {
            keepNewest(runs);
            m_report.runs += runs.size();
            writeFileAtomically(folder / "settings" / (cell + ".jsonl"), textOf(runs));
        }
        removeOthers(folder / "settings");
        return m_report;
    }

private:
    void collect() {
        for (const RunSummary& run : m_store.runs()) {
            if (!m_options.study.empty() && run.study != m_options.study) continue;
            if (run.state != RunState::Done) {
                ++m_report.unfinished;
            } else if (run.sealed) {
                ++m_report.sealed;
            } else {
                if (!run.study.empty()) m_studies.insert(run.study);
                StoredRun stored = m_store.storedRun(run.id);
                thinOut(stored, m_options);
                m_settings[run.cell].push_back(std::move(stored));
            }
        }
    }

    void writeStudies(const fs::path& folder) {
        std::string text;
        for (const StudyRecord& study : m_store.studies())
            if (m_studies.contains(study.plan.name)) {
                text += lineOf("study", studyJson(study));
                m_report.studies.push_back(study.plan.name);
            }
        writeFileAtomically(folder / "studies.jsonl", text);
    }

    void removeOthers(const fs::path& folder) const {
        std::error_code code;
        std::vector<fs::path> stale;
        for (const auto& entry : fs::directory_iterator(folder, code))
            if (entry.path().extension() == ".jsonl" && !m_settings.contains(entry.path().stem().string()))
                stale.push_back(entry.path());
        for (const fs::path& file : stale)
            fs::remove(file, code);
    }

    const RunStore& m_store;
    const BundleOptions& m_options;
    std::map<std::string, std::vector<StoredRun>> m_settings; // by cell
    std::set<std::string> m_studies;
    BundleReport m_report;
};

} // namespace

BundleReport importBundle(RunStore& store, const fs::path& folder) {
    return store.bringIn(readBundle(folder));
}

BundleReport exportBundle(const RunStore& store, const fs::path& folder, const BundleOptions& options) {
    return Exporter(store, options).write(folder);
}

} // namespace levi
