// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_store.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/store/process_identity.h"
#include "core/store/run_reader.h"
#include "core/store/store_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <system_error>
#include <utility>

namespace levi {
namespace {

namespace fs = std::filesystem;

std::int64_t asSigned(std::uint64_t value) {
    return std::bit_cast<std::int64_t>(value);
}

void bindFinite(SQLite::Statement& statement, int index, std::optional<double> value) {
    if (value && !std::isnan(*value))
        statement.bind(index, *value);
    else
        statement.bind(index); // NULL
}

void insertNamedTexts(SQLite::Database& database, std::int64_t run, const std::vector<NamedText>& texts) {
    SQLite::Statement insert(database, "INSERT INTO environment(run, name, text) VALUES(?, ?, ?)");
    for (const NamedText& text : texts) {
        SQLite::bind(insert, run, text.name, text.text);
        insert.exec();
        insert.reset();
    }
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

void insertCell(SQLite::Database& database, const std::string& key, const std::string& canonicalText) {
    SQLite::Statement insert(database, "INSERT OR IGNORE INTO cell(key, canonical) VALUES(?, ?)");
    SQLite::bind(insert, key, canonicalText);
    insert.exec();
}

void dropUnusedCells(SQLite::Database& database) {
    database.exec("DELETE FROM cell WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.cell = cell.key)");
}

std::int64_t insertRun(SQLite::Database& database, const NewRun& run) {
    const ProcessIdentity owner = thisProcess();
    SQLite::Statement insert(database,
                             "INSERT INTO run(cell, name, method, taps, seed, spec, state, started, owner_pid, "
                             "owner_start, owner_boot) VALUES(?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)");
    SQLite::bind(insert, run.cell, run.name, run.method, run.taps, asSigned(run.seed), run.specJson, unixNow(),
                 owner.pid, owner.startTicks, owner.bootId);
    insert.exec();
    const std::int64_t id = database.getLastInsertRowid();
    SQLite::Statement insertParent(database, "INSERT INTO run_parent(run, position, parent) VALUES(?, ?, ?)");
    for (std::size_t i = 0; i < run.parents.size(); ++i) {
        insertParent.reset();
        SQLite::bind(insertParent, id, static_cast<std::int64_t>(i), run.parents[i]);
        insertParent.exec();
    }
    return id;
}

// What reading computes, written down: by whoever writes next.
void keepInterruptions(SQLite::Database& database) {
    SQLite::Statement update(database,
                             "UPDATE run SET state = 'interrupted', message = 'The process that ran it is gone.' "
                             "WHERE id = ?");
    for (const std::int64_t run : orphanedRuns(database)) {
        update.reset();
        update.bind(1, run);
        update.exec();
    }
}

std::string storedState(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT state FROM run WHERE id = ?");
    query.bind(1, run);
    if (!query.executeStep()) throw Error("there is no run {}", run);
    return query.getColumn(0).getString();
}

void requireRunning(SQLite::Database& database, std::int64_t run) {
    if (const auto state = storedState(database, run); state != "running") throw Error("run {} is {}", run, state);
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
}

void requireNoChildren(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT run FROM run_parent WHERE parent = ? LIMIT 1");
    query.bind(1, run);
    if (query.executeStep())
        throw Error("run {} is a parent of run {}: discard that one first", run, query.getColumn(0).getInt64());
}

// Stays below the folder that it is relative to, whatever a string from outside says.
bool isInside(const fs::path& path) {
    return !path.empty() && path.is_relative() &&
           std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

void removeArtifactFiles(const fs::path& folder, const std::vector<ArtifactRecord>& artifacts) {
    for (const ArtifactRecord& artifact : artifacts) {
        if (!isInside(artifact.path)) continue;
        std::error_code code;
        fs::remove(folder / artifact.path, code);
        if (code) log().warn("{}: cannot remove: {}", (folder / artifact.path).string(), code.message());
        const fs::path parent = (folder / artifact.path).parent_path();
        if (parent != folder) fs::remove(parent, code); // only where it is empty now
    }
}

} // namespace

struct RunStore::Impl {
    fs::path file;
    std::unique_ptr<SQLite::Database> database;
    std::int64_t ownChanges = 0;

    template<typename Work>
    auto guarded(Work work) const {
        try {
            return work();
        } catch (const SQLite::Exception& error) {
            throw Error("{}: {}", file.string(), error.what());
        } catch (const fs::filesystem_error& error) {
            throw Error("{}: {}", file.string(), error.what());
        }
    }

    // One short transaction that waits for other writers rather than fail.
    template<typename Work>
    auto write(Work work) {
        return guarded([&] {
            SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
            const auto result = work(*database);
            transaction.commit();
            ++ownChanges;
            return result;
        });
    }

    // All from one moment.
    template<typename Work>
    auto read(Work work) const {
        return guarded([&] {
            SQLite::Transaction snapshot(*database);
            auto result = work(*database);
            snapshot.commit();
            return result;
        });
    }

    // A process that ends its run and leaves between our look at the row and our look at /proc seems to have died. What
    // it wrote is seen by whoever looks after its death, so a second look is right.
    std::vector<RunSummary> runs(std::optional<std::int64_t> only) const {
        const auto look = [&] { return read([&](SQLite::Database& d) { return readRuns(d, only); }); };
        auto found = look();
        const auto isInterrupted = [](const RunSummary& run) {
            return run.state == RunState::Interrupted && run.message.empty();
        };
        return std::ranges::any_of(found, isInterrupted) ? look() : found;
    }
};

RunStore::RunStore(fs::path file, Access access) : m_impl(std::make_unique<Impl>()) {
    m_impl->file = std::move(file);
    m_impl->guarded([&] {
        m_impl->file = fs::absolute(m_impl->file);
        m_impl->database = access == Access::Write ? openStoreForWriting(m_impl->file, storeMigrations())
                                                   : openStoreForReading(m_impl->file, storeMigrations());
        if (access == Access::Write && !orphanedRuns(*m_impl->database).empty())
            m_impl->write([](SQLite::Database& database) { return keepInterruptions(database), true; });
    });
}

RunStore::~RunStore() = default;
RunStore::RunStore(RunStore&&) noexcept = default;
RunStore& RunStore::operator=(RunStore&&) noexcept = default;

const fs::path& RunStore::file() const {
    return m_impl->file;
}

fs::path RunStore::artifactFolder() const {
    fs::path folder = m_impl->file;
    folder += ".artifacts";
    return m_impl->guarded([&] {
        fs::create_directories(folder);
        return folder;
    });
}

std::int64_t RunStore::beginRun(const NewRun& run) {
    return m_impl->write([&](SQLite::Database& database) {
        keepInterruptions(database);
        insertCell(database, run.cell, run.canonicalText);
        const std::int64_t id = insertRun(database, run);
        insertNamedTexts(database, id, run.environment);
        return id;
    });
}

void RunStore::resolveRun(std::int64_t run, const ResolvedRun& resolved) {
    m_impl->write([&](SQLite::Database& database) {
        requireRunning(database, run);
        insertCell(database, resolved.cell, resolved.canonicalText);
        SQLite::Statement update(database, "UPDATE run SET cell = ?, taps = ? WHERE id = ?");
        SQLite::bind(update, resolved.cell, resolved.taps, run);
        update.exec();
        dropUnusedCells(database);
        insertNamedTexts(database, run, resolved.environment);
        return true;
    });
}

std::int64_t RunStore::addCandidate(std::int64_t run, const CandidateRecord& candidate) {
    return m_impl->write([&](SQLite::Database& database) {
        SQLite::Statement insert(database, "INSERT INTO candidate(run, kind, epoch, step, train_loss, seconds) "
                                           "VALUES(?, ?, ?, ?, ?, ?)");
        SQLite::bind(insert, run, candidate.kind, candidate.epoch, candidate.step);
        bindFinite(insert, 5, candidate.trainLoss);
        insert.bind(6, std::isnan(candidate.seconds) ? 0.0 : candidate.seconds);
        insert.exec();
        const std::int64_t id = database.getLastInsertRowid();
        insertMetrics(database, id, candidate.metrics);
        return id;
    });
}

void RunStore::addLog(std::int64_t run, const std::vector<LogLine>& lines) {
    if (lines.empty()) return;
    m_impl->write([&](SQLite::Database& database) {
        SQLite::Statement insert(database, "INSERT INTO log(run, time, level, text) VALUES(?, ?, ?, ?)");
        for (const LogLine& line : lines) {
            insert.reset();
            SQLite::bind(insert, run, line.unixSeconds, line.level, line.text);
            insert.exec();
        }
        return true;
    });
}

void RunStore::addArtifact(std::int64_t run, const ArtifactRecord& artifact) {
    if (!isInside(artifact.path))
        throw Error("artifact '{}' of run {}: expected a path below {}", artifact.path, run, artifactFolder().string());
    m_impl->write([&](SQLite::Database& database) {
        SQLite::Statement insert(database,
                                 "INSERT INTO artifact(run, kind, path, sha256, size_bytes) VALUES(?, ?, ?, ?, ?)");
        SQLite::bind(insert, run, artifact.kind, artifact.path, artifact.sha256, asSigned(artifact.sizeBytes));
        insert.exec();
        return true;
    });
}

void RunStore::endRun(std::int64_t run, const RunEnd& end) {
    if (end.state == RunState::Running) throw Error("run {} cannot end as running", run);
    m_impl->write([&](SQLite::Database& database) {
        requireRunning(database, run);
        updateEnd(database, run, end);
        insertNamedTexts(database, run, end.environment);
        return true;
    });
}

void RunStore::discardRun(std::int64_t run) {
    const auto artifacts = m_impl->write([&](SQLite::Database& database) {
        keepInterruptions(database);
        if (storedState(database, run) == "running") throw Error("run {} is running: stop it first", run);
        requireNoChildren(database, run);
        auto files = readArtifacts(database, run);
        SQLite::Statement remove(database, "DELETE FROM run WHERE id = ?");
        remove.bind(1, run);
        remove.exec();
        dropUnusedCells(database);
        return files;
    });
    if (!artifacts.empty()) removeArtifactFiles(artifactFolder(), artifacts);
}

std::vector<RunSummary> RunStore::runs() const {
    return m_impl->runs(std::nullopt);
}

std::optional<RunSummary> RunStore::run(std::int64_t id) const {
    auto found = m_impl->runs(id);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<CandidateRecord> RunStore::candidates(std::int64_t run) const {
    return m_impl->read([&](SQLite::Database& database) { return readCandidates(database, run); });
}

std::vector<LogLine> RunStore::log(std::int64_t run, std::int64_t afterId) const {
    return m_impl->read([&](SQLite::Database& database) { return readLog(database, run, afterId); });
}

std::vector<ArtifactRecord> RunStore::artifacts(std::int64_t run) const {
    return m_impl->read([&](SQLite::Database& database) { return readArtifacts(database, run); });
}

std::vector<NamedText> RunStore::environment(std::int64_t run) const {
    return m_impl->read([&](SQLite::Database& database) { return readEnvironment(database, run); });
}

std::int64_t RunStore::version() const {
    return m_impl->guarded([&] {
        constexpr std::int64_t kMaxOrphans = 1023;
        SQLite::Database& database = *m_impl->database;
        const std::int64_t writes = database.execAndGet("PRAGMA data_version").getInt64() + m_impl->ownChanges;
        const auto orphans = static_cast<std::int64_t>(orphanedRuns(database).size());
        return writes * (kMaxOrphans + 1) + std::min(orphans, kMaxOrphans);
    });
}

fs::path defaultStoreFile() {
    return dataHome() / "store.sqlite";
}

} // namespace levi
