// SPDX-License-Identifier: Apache-2.0
#include "core/store/bundle_insert.h"

#include "core/base/error.h"
#include "core/store/run_reader.h"
#include "core/store/run_writer.h"
#include "core/store/study_tables.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace levi {
namespace {

std::string canonicalTextOf(SQLite::Database& database, const std::string& cell) {
    SQLite::Statement query(database, "SELECT canonical FROM cell WHERE key = ?");
    query.bind(1, cell);
    return query.executeStep() ? query.getColumn(0).getString() : std::string();
}

bool stateTheSame(const StudyPlan& a, const StudyPlan& b) {
    return a.question == b.question && a.metric == b.metric && a.rule == b.rule && a.seeds == b.seeds &&
           a.margin == b.margin && a.endpoint == b.endpoint && a.family == b.family;
}

// True where it was not there.
bool bringInStudy(SQLite::Database& database, const StudyRecord& study) {
    for (const StudyRecord& known : readStudies(database)) {
        if (known.plan.name != study.plan.name) continue;
        if (!stateTheSame(known.plan, study.plan))
            throw Error("study '{}': states something else in this store than in the bundle", study.plan.name);
        if (known.sealed)
            throw Error("study '{}': is sealed in this store, and the bundle brings open test figures",
                        study.plan.name);
        return false;
    }
    const std::int64_t id = insertStudy(database, study.plan, false);
    SQLite::Statement update(database, "UPDATE study SET created = ?, unsealed = ?, unsealed_reason = ? WHERE id = ?");
    SQLite::bind(update, study.createdUnixSeconds);
    if (study.unsealedUnixSeconds) update.bind(2, *study.unsealedUnixSeconds);
    update.bind(3, study.unsealedReason);
    update.bind(4, id);
    update.exec();
    for (const LookRecord& look : study.looks)
        insertLook(database, id, look);
    return true;
}

// What a run is known by, wherever it was made.
using Identity = std::tuple<std::string, std::uint64_t, std::string>; // cell, seed, numerics

class Importer {
public:
    explicit Importer(SQLite::Database& database) : m_database(database) {
        for (const StudyRecord& study : readStudies(database))
            m_studies.push_back(study.plan.name);
        for (const RunSummary& run : readRuns(database)) {
            if (run.state != RunState::Done) continue;
            m_known[{run.cell, run.seed, numericsOf(readEnvironment(database, run.id))}] = run.id;
            m_ids[{run.cell, run.seed}] = run.id;
        }
    }

    // In order of time, as tables show settings; parents first; a run whose parents are nowhere goes in without them.
    BundleReport bringIn(const std::vector<StoredRun>& runs) {
        std::vector<const StoredRun*> waiting;
        for (const StoredRun& run : runs)
            waiting.push_back(&run);
        std::ranges::stable_sort(waiting, {}, [](const StoredRun* run) { return run->summary.startedUnixSeconds; });
        while (!waiting.empty()) {
            const auto before = waiting.size();
            std::erase_if(waiting, [this](const StoredRun* run) { return hasParents(*run) && place(*run); });
            if (waiting.size() == before) {
                place(*waiting.front());
                waiting.erase(waiting.begin());
            }
        }
        return m_report;
    }

private:
    bool hasParents(const StoredRun& run) const {
        return std::ranges::all_of(run.parents, [this](const RunKey& key) { return m_ids.contains(key); });
    }

    bool place(const StoredRun& run) {
        const Identity identity{run.summary.cell, run.summary.seed, numericsOf(run.environment)};
        if (m_known.contains(identity)) {
            ++m_report.known;
            return true;
        }
        requireItsStudy(run);
        std::vector<std::int64_t> parents;
        for (const RunKey& key : run.parents)
            if (const auto id = m_ids.find(key); id != m_ids.end()) parents.push_back(id->second);
        m_report.withoutParents += parents.size() < run.parents.size();
        const std::int64_t id = insertStoredRun(m_database, run, parents);
        m_known[identity] = m_ids[{run.summary.cell, run.summary.seed}] = id;
        ++m_report.runs;
        return true;
    }

    void requireItsStudy(const StoredRun& run) const {
        const std::string& study = run.summary.study;
        if (study.empty() || std::ranges::find(m_studies, study) != m_studies.end()) return;
        throw Error("{}: 'study': found '{}', expected \"\", or a study of studies.jsonl or of the store", run.source,
                    study);
    }

    SQLite::Database& m_database;
    std::vector<std::string> m_studies; // names
    std::map<Identity, std::int64_t> m_known;
    std::map<RunKey, std::int64_t> m_ids;
    BundleReport m_report;
};

} // namespace

BundleReport insertBundle(SQLite::Database& database, const Bundle& bundle) {
    std::vector<std::string> studies;
    for (const StudyRecord& study : bundle.studies)
        if (bringInStudy(database, study)) studies.push_back(study.plan.name);
    for (const StudyRecord& known : readStudies(database))
        if (known.sealed && std::ranges::any_of(bundle.runs, [&](const StoredRun& run) {
                return run.summary.study == known.plan.name;
            }))
            throw Error("study '{}': is sealed in this store, and the bundle brings open test figures",
                        known.plan.name);
    BundleReport report = Importer(database).bringIn(bundle.runs);
    report.studies = std::move(studies);
    return report;
}

StoredRun readStoredRun(SQLite::Database& database, std::int64_t id) {
    const auto found = readRuns(database, {.only = id, .rule = std::nullopt});
    if (found.empty()) throw Error("there is no run {}", id);
    StoredRun run{.summary = found.front()};
    if (run.summary.sealed) throw Error("run {}: its study is sealed, and its test figures with it", id);
    run.canonicalText = canonicalTextOf(database, run.summary.cell);
    run.candidates = readCandidates(database, id);
    run.environment = readEnvironment(database, id);
    for (std::size_t i = 0; i < run.candidates.size(); ++i)
        if (run.candidates[i].id == run.summary.pickedCandidate) run.picked = i;
    for (const std::int64_t parent : run.summary.parents)
        for (const RunSummary& one : readRuns(database, {.only = parent, .rule = std::nullopt}))
            run.parents.push_back({.cell = one.cell, .seed = one.seed});
    return run;
}

} // namespace levi
