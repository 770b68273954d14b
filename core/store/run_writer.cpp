// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_writer.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/store/process_identity.h"
#include "core/store/run_reader.h"
#include "core/store/study_tables.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <bit>
#include <cmath>
#include <optional>

namespace levi {
namespace {

std::int64_t asSigned(std::uint64_t value) {
    return std::bit_cast<std::int64_t>(value);
}

void bindFinite(SQLite::Statement& statement, int index, std::optional<double> value) {
    if (value && !std::isnan(*value))
        statement.bind(index, *value);
    else
        statement.bind(index); // NULL
}

void insertMetrics(SQLite::Database& database, std::int64_t candidate, const std::vector<MetricRow>& rows) {
    const char* const tail = "(candidate, role, domain, metric, value, count) VALUES(?, ?, ?, ?, ?, ?)";
    SQLite::Statement insert(database, std::string("INSERT INTO metric") + tail);
    SQLite::Statement insertTest(database, std::string("INSERT INTO test_metric") + tail);
    for (const MetricRow& row : rows) {
        SQLite::Statement& statement = isTestRole(row.role) ? insertTest : insert;
        statement.reset();
        SQLite::bind(statement, candidate, row.role, row.domain, row.metric);
        bindFinite(statement, 5, row.value);
        statement.bind(6, row.count);
        statement.exec();
    }
}

void updateEfficiency(SQLite::Database& database, std::int64_t run, const Efficiency& efficiency) {
    std::string columns;
    for (const EfficiencyField& field : efficiencyFields())
        columns += (columns.empty() ? "" : ", ") + std::string(field.name) + " = ?";
    SQLite::Statement update(database, "UPDATE run SET " + columns + " WHERE id = ?");
    int place = 0;
    for (const EfficiencyField& field : efficiencyFields())
        bindFinite(update, ++place, efficiency.*field.value);
    update.bind(++place, run);
    update.exec();
}

struct RowState {
    ProcessIdentity owner;
    const char* state;
    double started;
};

std::int64_t insertRow(SQLite::Database& database, const NewRun& run, const RowState& row) {
    SQLite::Statement insert(database,
                             "INSERT INTO run(cell, name, method, taps, seed, spec, state, started, owner_pid, "
                             "owner_start, owner_boot, name_in_study, study) "
                             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, run.cell, run.name, run.method, run.taps, asSigned(run.seed), run.specJson, row.state,
                 row.started, row.owner.pid, row.owner.startTicks, row.owner.bootId, run.nameInStudy);
    if (!run.study.empty()) insert.bind(13, studyNamed(database, run.study));
    insert.exec();
    return database.getLastInsertRowid();
}

void insertParents(SQLite::Database& database, std::int64_t run, const std::vector<std::int64_t>& parents) {
    SQLite::Statement insert(database, "INSERT INTO run_parent(run, position, parent) VALUES(?, ?, ?)");
    for (std::size_t i = 0; i < parents.size(); ++i) {
        insert.reset();
        SQLite::bind(insert, run, static_cast<std::int64_t>(i), parents[i]);
        insert.exec();
    }
}

// Of a candidate that came without: bundles of before say it of the run alone.
void knowWeights(SQLite::Database& database, std::int64_t candidate, const std::string& weightsSha256) {
    SQLite::Statement update(database, "UPDATE candidate SET weights_sha256 = ? WHERE id = ? AND weights_sha256 = ''");
    SQLite::bind(update, weightsSha256, candidate);
    update.exec();
}

} // namespace

std::int64_t insertCandidate(SQLite::Database& database, std::int64_t run, const CandidateRecord& candidate) {
    SQLite::Statement insert(database, "INSERT INTO candidate(run, kind, epoch, step, train_loss, seconds, "
                                       "weights_sha256) VALUES(?, ?, ?, ?, ?, ?, ?)");
    SQLite::bind(insert, run, candidate.kind, candidate.epoch, candidate.step);
    bindFinite(insert, 5, candidate.trainLoss);
    insert.bind(6, std::isnan(candidate.seconds) ? 0.0 : candidate.seconds);
    insert.bind(7, candidate.weightsSha256);
    insert.exec();
    const std::int64_t id = database.getLastInsertRowid();
    insertMetrics(database, id, candidate.metrics);
    return id;
}

void insertLog(SQLite::Database& database, std::int64_t run, const std::vector<LogLine>& lines) {
    SQLite::Statement insert(database, "INSERT INTO log(run, time, level, text) VALUES(?, ?, ?, ?)");
    for (const LogLine& line : lines) {
        insert.reset();
        SQLite::bind(insert, run, line.unixSeconds, line.level, line.text);
        insert.exec();
    }
}

void insertArtifact(SQLite::Database& database, std::int64_t run, const ArtifactRecord& artifact) {
    SQLite::Statement insert(database,
                             "INSERT INTO artifact(run, kind, path, sha256, size_bytes) VALUES(?, ?, ?, ?, ?)");
    SQLite::bind(insert, run, artifact.kind, artifact.path, artifact.sha256, asSigned(artifact.sizeBytes));
    insert.exec();
}

void insertNamedTexts(SQLite::Database& database, std::int64_t run, const std::vector<NamedText>& texts) {
    SQLite::Statement insert(database, "INSERT INTO environment(run, name, text) VALUES(?, ?, ?)");
    for (const NamedText& text : texts) {
        SQLite::bind(insert, run, text.name, text.text);
        insert.exec();
        insert.reset();
    }
}

void insertCell(SQLite::Database& database, const std::string& key, const std::string& canonicalText) {
    SQLite::Statement insert(database, "INSERT OR IGNORE INTO cell(key, canonical) VALUES(?, ?)");
    SQLite::bind(insert, key, canonicalText);
    insert.exec();
}

void dropUnusedCells(SQLite::Database& database) {
    database.exec("DELETE FROM cell WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.cell = cell.key)");
}

std::int64_t insertRun(SQLite::Database& database, const NewRun& run) {
    const std::int64_t id =
        insertRow(database, run, {.owner = thisProcess(), .state = "running", .started = unixNow()});
    insertParents(database, id, run.parents);
    return id;
}

std::int64_t insertStoredRun(SQLite::Database& database, const StoredRun& run,
                             const std::vector<std::int64_t>& parents) {
    const RunSummary& summary = run.summary;
    insertCell(database, summary.cell, run.canonicalText);
    const std::int64_t id = insertRow(database,
                                      {.specJson = summary.specJson,
                                       .cell = summary.cell,
                                       .name = summary.name,
                                       .method = summary.method,
                                       .taps = summary.taps,
                                       .seed = summary.seed,
                                       .study = summary.study,
                                       .nameInStudy = summary.nameInStudy},
                                      {.owner = {}, .state = "done", .started = summary.startedUnixSeconds});
    insertParents(database, id, parents);
    insertNamedTexts(database, id, run.environment);
    std::vector<std::int64_t> candidates;
    for (const CandidateRecord& candidate : run.candidates)
        candidates.push_back(insertCandidate(database, id, candidate));
    updateEnd(database, id,
              {.state = RunState::Done,
               .seconds = summary.seconds,
               .pickedCandidate = run.picked ? std::optional(candidates.at(*run.picked)) : std::nullopt,
               .backboneSamples = summary.backboneSamples,
               .weightsSha256 = summary.weightsSha256,
               .predictionsSha256 = summary.predictionsSha256,
               .trainableParameters = summary.trainableParameters,
               .peakMemoryBytes = summary.peakMemoryBytes,
               .efficiency = summary.efficiency});
    return id;
}

void keepInterruptions(SQLite::Database& database) {
    SQLite::Statement update(database, "UPDATE run SET state = 'interrupted', message = ? WHERE id = ?");
    for (const std::int64_t run : orphanedRuns(database)) {
        update.reset();
        SQLite::bind(update, kProcessIsGone, run);
        update.exec();
    }
}

// Another host or container that shares the store cannot see this process and takes it for gone.
bool isOwn(SQLite::Database& database, std::int64_t run) {
    const ProcessIdentity self = thisProcess();
    SQLite::Statement query(database,
                            "SELECT 1 FROM run WHERE id = ? AND owner_pid = ? AND owner_start = ? AND owner_boot = ?");
    SQLite::bind(query, run, self.pid, self.startTicks, self.bootId);
    return query.executeStep();
}

std::string storedState(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT state FROM run WHERE id = ?");
    query.bind(1, run);
    if (!query.executeStep()) throw Error("there is no run {}", run);
    return query.getColumn(0).getString();
}

void requireRunning(SQLite::Database& database, std::int64_t run) {
    const auto state = storedState(database, run);
    if (state == "running" || (state == nameOf(RunState::Interrupted) && isOwn(database, run))) return;
    throw Error("run {} is {}", run, state);
}

void updateEnd(SQLite::Database& database, std::int64_t run, const RunEnd& end) {
    SQLite::Statement update(database, "UPDATE run SET state = ?, message = ?, seconds = ?, backbone_samples = ?, "
                                       "weights_sha256 = ?, predictions_sha256 = ?, trainable_parameters = ?, "
                                       "peak_memory_bytes = ?, picked = ? WHERE id = ?");
    SQLite::bind(update, nameOf(end.state), end.message, std::isnan(end.seconds) ? 0.0 : end.seconds,
                 end.backboneSamples, end.weightsSha256, end.predictionsSha256, end.trainableParameters,
                 asSigned(end.peakMemoryBytes));
    if (end.pickedCandidate)
        update.bind(9, *end.pickedCandidate);
    else
        update.bind(9);
    update.bind(10, run);
    update.exec();
    updateEfficiency(database, run, end.efficiency);
    if (end.pickedCandidate) knowWeights(database, *end.pickedCandidate, end.weightsSha256);
}

void requireNoChildren(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT run FROM run_parent WHERE parent = ? LIMIT 1");
    query.bind(1, run);
    if (query.executeStep())
        throw Error("run {} is a parent of run {}: discard that one first", run, query.getColumn(0).getInt64());
}

} // namespace levi
