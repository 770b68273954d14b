// SPDX-License-Identifier: Apache-2.0
#include "core/store/study_tables.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/store/run_records.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include <algorithm>

namespace levi {
namespace {

void checkPlan(SQLite::Database& database, const StudyPlan& plan) {
    if (const std::string problem = problemOf(plan); !problem.empty()) throw Error("{}", problem);
    SQLite::Statement query(database, "SELECT 1 FROM study WHERE name = ?");
    query.bind(1, plan.name);
    if (query.executeStep()) throw Error("study '{}': is there already; what it states is not changed", plan.name);
}

std::vector<StudyComparison> readFamily(SQLite::Database& database, std::int64_t study) {
    SQLite::Statement query(database, "SELECT candidate, baseline, exploratory FROM study_comparison WHERE study = ? "
                                      "ORDER BY position");
    query.bind(1, study);
    std::vector<StudyComparison> family;
    while (query.executeStep())
        family.push_back({.candidate = query.getColumn(0).getString(),
                          .baseline = query.getColumn(1).getString(),
                          .isExploratory = query.getColumn(2).getInt() != 0});
    return family;
}

std::vector<LookRecord> readLooks(SQLite::Database& database, std::int64_t study) {
    SQLite::Statement query(database, "SELECT time, kind, text FROM look WHERE study = ? ORDER BY id");
    query.bind(1, study);
    std::vector<LookRecord> looks;
    while (query.executeStep())
        looks.push_back({.unixSeconds = query.getColumn(0).getDouble(),
                         .kind = query.getColumn(1).getString(),
                         .text = query.getColumn(2).getString()});
    return looks;
}

// A store of a newer program may name a rule that this one does not know.
CandidateRule ruleAt(const SQLite::Column& column) {
    const std::string name = column.getString();
    return std::ranges::find(candidateRuleNames(), name) == candidateRuleNames().end() ? CandidateRule::IdVal
                                                                                       : candidateRuleNamed(name);
}

Endpoint endpointAt(const SQLite::Column& column) {
    const std::string name = column.getString();
    return std::ranges::find(endpointNames(), name) == endpointNames().end() ? Endpoint::EveryRole
                                                                             : endpointNamed(name);
}

StudyRecord studyAt(SQLite::Statement& row) {
    StudyRecord study;
    study.id = row.getColumn(0).getInt64();
    study.plan.name = row.getColumn(1).getString();
    study.plan.question = row.getColumn(2).getString();
    study.plan.metric = row.getColumn(3).getString();
    study.plan.rule = ruleAt(row.getColumn(4));
    if (const auto seeds = row.getColumn(5).getString(); !seeds.empty()) study.plan.seeds = parseSeeds(seeds);
    if (!row.isColumnNull(6)) study.plan.margin = row.getColumn(6).getDouble();
    study.sealed = row.getColumn(7).getInt() != 0;
    study.createdUnixSeconds = row.getColumn(8).getDouble();
    if (!row.isColumnNull(9)) study.unsealedUnixSeconds = row.getColumn(9).getDouble();
    study.unsealedReason = row.getColumn(10).getString();
    study.plan.endpoint = endpointAt(row.getColumn(11));
    study.runs = row.getColumn(12).getInt64();
    study.olderRuns = row.getColumn(13).getInt64();
    study.repeatedRuns = row.getColumn(14).getInt64();
    return study;
}

void insertFamily(SQLite::Database& database, std::int64_t study, const std::vector<StudyComparison>& family) {
    SQLite::Statement pair(database, "INSERT INTO study_comparison(study, position, candidate, baseline, exploratory) "
                                     "VALUES(?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < family.size(); ++i) {
        pair.reset();
        SQLite::bind(pair, study, static_cast<std::int64_t>(i), family[i].candidate, family[i].baseline,
                     family[i].isExploratory ? 1 : 0);
        pair.exec();
    }
}

bool isSealed(SQLite::Database& database, std::int64_t study) {
    SQLite::Statement query(database, "SELECT sealed FROM study WHERE id = ?");
    query.bind(1, study);
    return query.executeStep() && query.getColumn(0).getInt() != 0;
}

void rename(SQLite::Database& database, std::int64_t run, const std::string& nameInStudy) {
    SQLite::Statement update(database, "UPDATE run SET name_in_study = CASE WHEN name = ?1 THEN '' ELSE ?1 END WHERE "
                                       "id = ?2");
    SQLite::bind(update, nameInStudy, run);
    update.exec();
}

bool compares(SQLite::Database& database, std::int64_t study, const std::string& setting) {
    SQLite::Statement query(database, "SELECT 1 FROM study_comparison WHERE study = ?1 AND (candidate = ?2 OR "
                                      "baseline = ?2)");
    SQLite::bind(query, study, setting);
    return query.executeStep();
}

void renameWhereCompared(SQLite::Database& database, std::int64_t run, std::int64_t study,
                         const std::string& nameInStudy) {
    SQLite::Statement query(database, "SELECT coalesce(nullif(name_in_study, ''), name) FROM run WHERE id = ?");
    query.bind(1, run);
    if (query.executeStep() && compares(database, study, nameInStudy) &&
        !compares(database, study, query.getColumn(0).getString()))
        rename(database, run, nameInStudy);
}

constexpr const char* kAncestors = "SELECT ? UNION SELECT run_parent.parent FROM run_parent JOIN line "
                                   "ON run_parent.run = line.id";
constexpr const char* kSameCell = "twin.cell = run.cell AND twin.seed = run.seed";

std::string dataOf(const char* run, const char* path) {
    return fmt::format("CASE WHEN json_valid({0}.spec) THEN json_extract(json_remove({0}.spec, '$.data.path'), '{1}') "
                       "END",
                       run, path);
}

// Earlier runs of sealed studies that tell the figures of a run of another cell, each a query of its own, so that each
// has its index: their weights are equal; or they may become so, or the run's are not known.
std::vector<std::string> twinsOfWeights() {
    const std::string mayBe =
        fmt::format("twin.id < run.id AND twin.method = run.method AND twin.seed = run.seed AND {} IS {}",
                    dataOf("twin", "$.data.kind"), dataOf("run", "$.data.kind"));
    return {"JOIN candidate AS mine ON mine.run = run.id AND mine.weights_sha256 <> '' "
            "JOIN candidate AS theirs ON theirs.weights_sha256 = mine.weights_sha256 AND theirs.weights_sha256 <> '' "
            "JOIN run AS twin ON twin.id = theirs.run AND twin.id < run.id "
            "JOIN study ON study.id = twin.study AND study.sealed <> 0",
            "JOIN run AS twin INDEXED BY run_running ON twin.state = 'running' AND " + mayBe +
                " JOIN study ON study.id = twin.study AND study.sealed <> 0",
            "AND run.state <> 'done' "
            "AND EXISTS (SELECT 1 FROM candidate WHERE candidate.run = run.id AND candidate.weights_sha256 = '') "
            "JOIN study ON study.sealed <> 0 JOIN run AS twin ON twin.study = study.id AND " +
                mayBe};
}

std::string twinsQuery(const std::string& what, const std::string& twin) {
    return fmt::format("SELECT {} FROM line JOIN run ON run.id = line.id {}", what, twin);
}

std::string studiesQuery() {
    std::string line = fmt::format("{} UNION {}", kAncestors,
                                   twinsQuery("twin.id", fmt::format("JOIN run AS twin ON twin.id < run.id AND {} "
                                                                     "JOIN study ON study.id = twin.study AND "
                                                                     "study.sealed <> 0",
                                                                     kSameCell)));
    for (const std::string& twin : twinsOfWeights())
        line += " UNION " + twinsQuery("twin.id", twin);
    return "WITH RECURSIVE line(id) AS (" + line +
           ") SELECT study.name FROM line JOIN run ON run.id = line.id JOIN study ON study.id = run.study "
           "WHERE study.sealed <> 0 LIMIT 1";
}

// Whether the run, or one that it is derived from, measured such weights on other data or other roles of it.
std::string otherRowsQuery() {
    std::string twins;
    for (const std::string& twin : twinsOfWeights())
        twins += fmt::format("{}{} WHERE NOT ({}) AND {} IS NOT {}", twins.empty() ? "" : " UNION ALL ",
                             twinsQuery("1", twin), kSameCell, dataOf("twin", "$.data"), dataOf("run", "$.data"));
    return fmt::format("WITH RECURSIVE line(id) AS ({}) {} LIMIT 1", kAncestors, twins);
}

bool anyIsSealed(SQLite::Database& database) {
    return SQLite::Statement(database, "SELECT 1 FROM study WHERE sealed <> 0 LIMIT 1").executeStep();
}

bool hasCandidates(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT 1 FROM candidate WHERE run = ? LIMIT 1");
    query.bind(1, run);
    return query.executeStep();
}

} // namespace

std::int64_t insertStudy(SQLite::Database& database, const StudyPlan& plan, bool sealed) {
    checkPlan(database, plan);
    SQLite::Statement insert(
        database, "INSERT INTO study(name, created, sealed, question, metric, rule, seeds, endpoint, margin) "
                  "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, plan.name, unixNow(), sealed ? 1 : 0, plan.question, plan.metric, nameOf(plan.rule),
                 seedsText(plan.seeds), nameOf(plan.endpoint));
    if (plan.margin) insert.bind(9, *plan.margin);
    insert.exec();
    const std::int64_t study = database.getLastInsertRowid();
    insertFamily(database, study, plan.family);
    return study;
}

std::vector<StudyRecord> readStudies(SQLite::Database& database) {
    SQLite::Statement query(
        database, "SELECT id, name, question, metric, rule, seeds, margin, sealed, created, unsealed, "
                  "unsealed_reason, endpoint, (SELECT count(*) FROM run WHERE run.study = study.id), "
                  "(SELECT count(*) FROM run WHERE run.study = study.id AND run.started < study.created), "
                  "(SELECT count(*) FROM run WHERE run.study = study.id AND EXISTS (SELECT 1 FROM run AS twin "
                  "WHERE twin.cell = run.cell AND twin.seed = run.seed AND twin.started < run.started AND "
                  "twin.study IS NOT study.id)) "
                  "FROM study ORDER BY id");
    std::vector<StudyRecord> studies;
    while (query.executeStep())
        studies.push_back(studyAt(query));
    for (StudyRecord& study : studies) {
        study.plan.family = readFamily(database, study.id);
        study.looks = readLooks(database, study.id);
    }
    return studies;
}

std::int64_t studyNamed(SQLite::Database& database, const std::string& name) {
    SQLite::Statement query(database, "SELECT id FROM study WHERE name = ?");
    query.bind(1, name);
    if (!query.executeStep()) throw Error("there is no study '{}'; `levi study list` names them", name);
    return query.getColumn(0).getInt64();
}

bool Seal::hides(const std::string& role) const {
    return isTestRole(role) || (coversEveryRole && role != "train");
}

std::optional<Seal> sealOf(SQLite::Database& database, std::int64_t run) {
    if (!anyIsSealed(database)) return std::nullopt;
    static const std::string s_studies = studiesQuery(), s_otherRows = otherRowsQuery();
    SQLite::Statement studies(database, s_studies);
    studies.bind(1, run);
    if (!studies.executeStep()) return std::nullopt;
    SQLite::Statement otherRows(database, s_otherRows);
    otherRows.bind(1, run);
    return Seal{.study = studies.getColumn(0).getString(), .coversEveryRole = otherRows.executeStep()};
}

void moveRun(SQLite::Database& database, std::int64_t run, const std::string& name, const std::string& nameInStudy) {
    SQLite::Statement query(database, "SELECT study FROM run WHERE id = ?");
    query.bind(1, run);
    if (!query.executeStep()) throw Error("there is no run {}", run);
    const std::int64_t study = studyNamed(database, name);
    if (!query.isColumnNull(0) && query.getColumn(0).getInt64() == study)
        return renameWhereCompared(database, run, study, nameInStudy);
    if (!query.isColumnNull(0) && isSealed(database, query.getColumn(0).getInt64()))
        throw Error("run {}: belongs to a study that is sealed and stays there", run);
    if (isSealed(database, study) && hasCandidates(database, run))
        throw Error("run {}: its test figures have been open; study '{}' is sealed and takes runs from their beginning",
                    run, name);
    SQLite::Statement update(database, "UPDATE run SET study = ? WHERE id = ?");
    SQLite::bind(update, study, run);
    update.exec();
    rename(database, run, nameInStudy);
}

void openSeal(SQLite::Database& database, const std::string& name, const std::string& reason) {
    const std::int64_t study = studyNamed(database, name);
    if (!isSealed(database, study)) throw Error("study '{}': is not sealed", name);
    if (reason.find_first_not_of(" \t\n") == std::string::npos)
        throw Error("study '{}': give a reason for unsealing it; it is kept and printed in reports", name);
    SQLite::Statement update(database, "UPDATE study SET sealed = 0, unsealed = ?, unsealed_reason = ? WHERE id = ?");
    const double now = unixNow();
    SQLite::bind(update, now, reason, study);
    update.exec();
    insertLook(database, study, {.unixSeconds = now, .kind = "unsealed", .text = reason});
}

void insertLook(SQLite::Database& database, std::int64_t study, const LookRecord& look) {
    SQLite::Statement insert(database, "INSERT INTO look(study, time, kind, text) VALUES(?, ?, ?, ?)");
    SQLite::bind(insert, study, look.unixSeconds, look.kind, look.text);
    insert.exec();
}

} // namespace levi
