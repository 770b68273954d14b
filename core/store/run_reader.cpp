// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_reader.h"

#include "core/base/clock.h"
#include "core/spec/kinds.h"
#include "core/store/process_identity.h"
#include "core/store/reported_candidate.h"
#include "core/store/study_tables.h"
#include "core/store/test_metrics.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <map>

namespace levi {
namespace {

constexpr int kStudyColumn = 20; // of the query below; its name for the run and what that costs follow it

// What a seal leaves open: parameters before and after training tell no test figure by themselves.
bool holdsWeights(const ArtifactRecord& artifact) {
    return artifact.kind == "weights" || artifact.kind == "start";
}

std::string runQuery(bool onlyOne) {
    std::string columns =
        "SELECT run.id, cell, run.name, method, taps, seed, spec, state, message, started, seconds, backbone_samples, "
        "weights_sha256, predictions_sha256, trainable_parameters, peak_memory_bytes, picked, owner_pid, owner_start, "
        "owner_boot, study.name, name_in_study";
    for (const EfficiencyField& field : efficiencyFields())
        columns += std::string(", ") + field.name;
    return columns + " FROM run LEFT JOIN study ON study.id = run.study" +
           (onlyOne ? " WHERE run.id = ?" : " ORDER BY run.id");
}

RunState stateNamed(const std::string& name) {
    for (const auto state : {RunState::Running, RunState::Done, RunState::Failed, RunState::Cancelled})
        if (nameOf(state) == name) return state;
    return RunState::Interrupted;
}

ProcessIdentity ownerAt(SQLite::Statement& row, int first) {
    return {.pid = row.getColumn(first).getInt64(),
            .startTicks = row.getColumn(first + 1).getInt64(),
            .bootId = row.getColumn(first + 2).getString()};
}

Efficiency efficiencyAt(SQLite::Statement& row, int first) {
    Efficiency efficiency;
    for (const EfficiencyField& field : efficiencyFields()) {
        if (!row.isColumnNull(first)) efficiency.*field.value = row.getColumn(first).getDouble();
        ++first;
    }
    return efficiency;
}

RunSummary summaryAt(SQLite::Statement& row) {
    RunSummary run;
    run.id = row.getColumn(0).getInt64();
    run.cell = row.getColumn(1).getString();
    run.name = row.getColumn(2).getString();
    run.method = row.getColumn(3).getString();
    run.taps = row.getColumn(4).getString();
    run.seed = std::bit_cast<std::uint64_t>(row.getColumn(5).getInt64());
    run.specJson = row.getColumn(6).getString();
    run.state = stateNamed(row.getColumn(7).getString());
    run.message = row.getColumn(8).getString();
    run.startedUnixSeconds = row.getColumn(9).getDouble();
    run.seconds = row.getColumn(10).getDouble();
    run.backboneSamples = row.getColumn(11).getInt64();
    run.weightsSha256 = row.getColumn(12).getString();
    run.predictionsSha256 = row.getColumn(13).getString();
    run.trainableParameters = row.getColumn(14).getInt64();
    run.peakMemoryBytes = std::bit_cast<std::uint64_t>(row.getColumn(15).getInt64());
    if (!row.isColumnNull(16)) run.pickedCandidate = row.getColumn(16).getInt64();
    if (!row.isColumnNull(kStudyColumn)) run.study = row.getColumn(kStudyColumn).getString();
    run.nameInStudy = row.getColumn(kStudyColumn + 1).getString();
    run.efficiency = efficiencyAt(row, kStudyColumn + 2);
    if (run.state == RunState::Running && !isAlive(ownerAt(row, 17))) run.state = RunState::Interrupted;
    if (run.state == RunState::Running) run.seconds = std::max(0.0, unixNow() - run.startedUnixSeconds);
    return run;
}

std::vector<std::int64_t> readParents(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT parent FROM run_parent WHERE run = ? ORDER BY position");
    query.bind(1, run);
    std::vector<std::int64_t> parents;
    while (query.executeStep())
        parents.push_back(query.getColumn(0).getInt64());
    return parents;
}

std::vector<MetricRow> readMetrics(SQLite::Database& database, std::int64_t run, std::int64_t candidate,
                                   const std::optional<Seal>& seal) {
    SQLite::Statement query(database, "SELECT role, domain, metric, value, count FROM metric "
                                      "WHERE candidate = ? ORDER BY id");
    query.bind(1, candidate);
    std::vector<MetricRow> metrics;
    while (query.executeStep())
        metrics.push_back(behind(seal, metricAt(query, 0)));
    auto tests = testMetricsOf(database, run, seal);
    for (MetricRow& row : tests[candidate])
        metrics.push_back(std::move(row));
    return metrics;
}

void report(SQLite::Database& database, RunSummary& run, std::optional<CandidateRule> rule) {
    const auto seal = sealOf(database, run.id);
    run.sealed = seal.has_value();
    run.rule = rule;
    run.reportedCandidate = rule ? candidateByRule(readCandidates(database, run.id), *rule, preferenceOf(run.specJson))
                                 : run.pickedCandidate;
    if (run.reportedCandidate) run.metrics = readMetrics(database, run.id, *run.reportedCandidate, seal);
}

std::optional<std::string> textOfRun(SQLite::Database& database, const char* sql, std::int64_t run) {
    SQLite::Statement query(database, sql);
    query.bind(1, run);
    return query.executeStep() ? std::optional(query.getColumn(0).getString()) : std::nullopt;
}

bool isDerived(const std::string& method) {
    const Kind* kind = methodKinds().find(method);
    return kind && kind->method.isDerived;
}

// The spec of a derived run says nothing of data, though mixed weights are measured on some. Parents are older than
// their children, so this ends.
void readData(SQLite::Database& database, RunSummary& run) {
    constexpr const char* kFingerprint =
        "SELECT text FROM environment WHERE run = ? AND name = 'data_fingerprint' ORDER BY id DESC LIMIT 1";
    std::vector<std::int64_t> parents = run.parents;
    std::int64_t owner = run.id;
    auto fingerprint = textOfRun(database, kFingerprint, owner);
    std::string method = run.method;
    while ((!fingerprint || isDerived(method)) && !parents.empty() && parents.front() < owner) {
        owner = parents.front();
        if (auto theirs = textOfRun(database, kFingerprint, owner)) fingerprint = std::move(theirs);
        method = textOfRun(database, "SELECT method FROM run WHERE id = ?", owner).value_or("");
        parents = readParents(database, owner);
    }
    if (!fingerprint) return;
    run.dataFingerprint = *fingerprint;
    run.dataSpecJson =
        owner == run.id ? run.specJson : textOfRun(database, "SELECT spec FROM run WHERE id = ?", owner).value_or("");
}

double secondsOfLastCandidate(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT coalesce(max(seconds), 0) FROM candidate WHERE run = ?");
    query.bind(1, run);
    return query.executeStep() ? query.getColumn(0).getDouble() : 0;
}

} // namespace

MetricRow metricAt(SQLite::Statement& row, int first) {
    MetricRow metric;
    metric.role = row.getColumn(first).getString();
    metric.domain = row.getColumn(first + 1).getString();
    metric.metric = row.getColumn(first + 2).getString();
    if (!row.isColumnNull(first + 3)) metric.value = row.getColumn(first + 3).getDouble();
    metric.count = row.getColumn(first + 4).getInt64();
    return metric;
}

std::vector<RunSummary> readRuns(SQLite::Database& database, const RunQuery& query) {
    SQLite::Statement rows(database, runQuery(query.only.has_value()));
    if (query.only) rows.bind(1, *query.only);
    std::vector<RunSummary> runs;
    while (rows.executeStep())
        runs.push_back(summaryAt(rows));
    for (RunSummary& run : runs) {
        run.parents = readParents(database, run.id);
        readData(database, run);
        report(database, run, query.rule);
        if (run.state == RunState::Interrupted) run.seconds = secondsOfLastCandidate(database, run.id);
    }
    return runs;
}

std::vector<CandidateRecord> readCandidates(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database,
                            "SELECT id, kind, epoch, step, train_loss, seconds, weights_sha256 FROM candidate "
                            "WHERE run = ? ORDER BY id");
    query.bind(1, run);
    std::vector<CandidateRecord> candidates;
    std::map<std::int64_t, std::size_t> positions;
    while (query.executeStep()) {
        positions[query.getColumn(0).getInt64()] = candidates.size();
        candidates.push_back({.id = query.getColumn(0).getInt64(),
                              .kind = query.getColumn(1).getString(),
                              .epoch = query.getColumn(2).getInt64(),
                              .step = query.getColumn(3).getInt64(),
                              .trainLoss = query.isColumnNull(4) ? std::numeric_limits<double>::quiet_NaN()
                                                                 : query.getColumn(4).getDouble(),
                              .seconds = query.getColumn(5).getDouble(),
                              .weightsSha256 = query.getColumn(6).getString()});
    }
    SQLite::Statement metrics(database, "SELECT candidate, role, domain, metric, value, count FROM metric "
                                        "WHERE candidate IN (SELECT id FROM candidate WHERE run = ?) ORDER BY id");
    metrics.bind(1, run);
    const auto seal = sealOf(database, run);
    while (metrics.executeStep())
        candidates[positions.at(metrics.getColumn(0).getInt64())].metrics.push_back(behind(seal, metricAt(metrics, 1)));
    for (auto& [candidate, rows] : testMetricsOf(database, run, seal))
        for (const MetricRow& row : rows)
            candidates[positions.at(candidate)].metrics.push_back(row);
    return candidates;
}

// Lines of the course tell id_val figures, which a seal may cover too.
std::vector<LogLine> readLog(SQLite::Database& database, std::int64_t run, std::int64_t afterId) {
    const auto seal = sealOf(database, run);
    const std::string shown = seal && seal->coversEveryRole ? "AND level IN ('warn', 'error') " : "";
    SQLite::Statement query(database,
                            "SELECT id, time, level, text FROM log WHERE run = ? AND id > ? " + shown + "ORDER BY id");
    query.bind(1, run);
    query.bind(2, afterId);
    std::vector<LogLine> lines;
    while (query.executeStep())
        lines.push_back({.id = query.getColumn(0).getInt64(),
                         .unixSeconds = query.getColumn(1).getDouble(),
                         .level = query.getColumn(2).getString(),
                         .text = query.getColumn(3).getString()});
    return lines;
}

std::vector<ArtifactRecord> readArtifacts(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT kind, path, sha256, size_bytes FROM artifact WHERE run = ? ORDER BY id");
    query.bind(1, run);
    std::vector<ArtifactRecord> artifacts;
    while (query.executeStep())
        artifacts.push_back({.kind = query.getColumn(0).getString(),
                             .path = query.getColumn(1).getString(),
                             .sha256 = query.getColumn(2).getString(),
                             .sizeBytes = std::bit_cast<std::uint64_t>(query.getColumn(3).getInt64())});
    return artifacts;
}

std::map<std::int64_t, KeptFiles> readKeptFiles(SQLite::Database& database) {
    SQLite::Statement query(database, "SELECT run, kind FROM artifact WHERE kind IN ('weights', 'predictions')");
    std::map<std::int64_t, KeptFiles> files;
    while (query.executeStep()) {
        KeptFiles& kept = files[query.getColumn(0).getInt64()];
        (query.getColumn(1).getString() == "weights" ? kept.weights : kept.predictions) = true;
    }
    return files;
}

std::vector<ArtifactRecord> readOpenArtifacts(SQLite::Database& database, std::int64_t run) {
    auto artifacts = readArtifacts(database, run);
    if (sealOf(database, run))
        std::erase_if(artifacts, [](const ArtifactRecord& artifact) { return !holdsWeights(artifact); });
    return artifacts;
}

std::vector<NamedText> readEnvironment(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT name, text FROM environment WHERE run = ? ORDER BY id");
    query.bind(1, run);
    std::vector<NamedText> environment;
    while (query.executeStep())
        environment.push_back({query.getColumn(0).getString(), query.getColumn(1).getString()});
    return environment;
}

std::vector<std::int64_t> orphanedRuns(SQLite::Database& database) {
    SQLite::Statement query(database, "SELECT id, owner_pid, owner_start, owner_boot FROM run "
                                      "WHERE state = 'running' ORDER BY id");
    std::vector<std::int64_t> orphans;
    while (query.executeStep())
        if (!isAlive(ownerAt(query, 1))) orphans.push_back(query.getColumn(0).getInt64());
    return orphans;
}

} // namespace levi
