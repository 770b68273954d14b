// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_store.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/store/bundle_insert.h"
#include "core/store/run_reader.h"
#include "core/store/run_writer.h"
#include "core/store/store_file.h"
#include "core/store/study_tables.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace levi {
namespace {

namespace fs = std::filesystem;

// Stays below the folder that it is relative to, whatever a string from outside says.
bool isInside(const fs::path& path) {
    return !path.empty() && path.is_relative() &&
           std::ranges::none_of(path, [](const auto& part) { return part == ".."; });
}

// SQLite's words, and what to do where they do not say it.
std::string explained(const SQLite::Exception& error) {
    const int code = error.getErrorCode() & 0xff; // without the extended part
    if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB) return error.what();
    return fmt::format("is damaged ({}). Nothing was changed: put a copy back, such as a backup FILE.vN.bak beside it, "
                       "or save what can still be read with `sqlite3 FILE .recover`",
                       error.what());
}

// Files that a killed process had not told of yet lie there too.
void removeArtifacts(const fs::path& folder) {
    std::error_code code;
    fs::remove_all(folder, code);
    if (code) log().warn("{}: cannot remove: {}", folder.string(), code.message());
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
            throw Error("{}: {}", file.string(), explained(error));
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
    std::vector<RunSummary> runs(const RunQuery& query) const {
        const auto look = [&] { return read([&](SQLite::Database& d) { return readRuns(d, query); }); };
        auto found = look();
        const auto isInterrupted = [](const RunSummary& run) {
            return run.state == RunState::Interrupted && run.message.empty();
        };
        if (std::ranges::any_of(found, isInterrupted)) found = look();
        for (RunSummary& run : found)
            if (isInterrupted(run)) run.message = kProcessIsGone;
        return found;
    }
};

RunStore::RunStore(fs::path file, Access access) : m_impl(std::make_unique<Impl>()) {
    m_impl->file = std::move(file);
    m_impl->guarded([&] {
        m_impl->file = fs::absolute(m_impl->file);
        if (access == Access::Read) migrateIfOlder(m_impl->file, storeMigrations());
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
    return m_impl->write([&](SQLite::Database& database) { return insertCandidate(database, run, candidate); });
}

void RunStore::addLog(std::int64_t run, const std::vector<LogLine>& lines) {
    if (lines.empty()) return;
    m_impl->write([&](SQLite::Database& database) { return insertLog(database, run, lines), true; });
}

void RunStore::addArtifact(std::int64_t run, const ArtifactRecord& artifact) {
    if (!isInside(artifact.path))
        throw Error("artifact '{}' of run {}: expected a path below {}", artifact.path, run, artifactFolder().string());
    m_impl->write([&](SQLite::Database& database) { return insertArtifact(database, run, artifact), true; });
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
    m_impl->write([&](SQLite::Database& database) {
        keepInterruptions(database);
        if (storedState(database, run) == "running") throw Error("run {} is running: stop it first", run);
        requireNoChildren(database, run);
        SQLite::Statement remove(database, "DELETE FROM run WHERE id = ?");
        remove.bind(1, run);
        remove.exec();
        dropUnusedCells(database);
        return true;
    });
    removeArtifacts(artifactFolder() / artifactFolderOf(run));
}

void RunStore::createStudy(const StudyPlan& plan, bool sealed) {
    m_impl->write([&](SQLite::Database& database) { return insertStudy(database, plan, sealed); });
}

void RunStore::assign(std::int64_t run, const std::string& study, const std::string& name) {
    m_impl->write([&](SQLite::Database& database) { return moveRun(database, run, study, name), true; });
}

void RunStore::unseal(const std::string& study, const std::string& reason) {
    m_impl->write([&](SQLite::Database& database) { return openSeal(database, study, reason), true; });
}

void RunStore::addLook(const std::string& study, const std::string& what) {
    m_impl->write([&](SQLite::Database& database) {
        insertLook(database, studyNamed(database, study), {.unixSeconds = unixNow(), .kind = "read", .text = what});
        return true;
    });
}

StoredRun RunStore::storedRun(std::int64_t run) const {
    return m_impl->read([&](SQLite::Database& database) { return readStoredRun(database, run); });
}

BundleReport RunStore::bringIn(const Bundle& bundle) {
    return m_impl->write([&](SQLite::Database& database) { return insertBundle(database, bundle); });
}

std::vector<StudyRecord> RunStore::studies() const {
    return m_impl->read([](SQLite::Database& database) { return readStudies(database); });
}

std::optional<StudyRecord> RunStore::study(const std::string& name) const {
    for (StudyRecord& study : studies())
        if (study.plan.name == name) return std::move(study);
    return std::nullopt;
}

std::vector<RunSummary> RunStore::runs(std::optional<CandidateRule> rule) const {
    return m_impl->runs({.rule = rule});
}

std::optional<RunSummary> RunStore::run(std::int64_t id, std::optional<CandidateRule> rule) const {
    auto found = m_impl->runs({.only = id, .rule = rule});
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<CandidateRecord> RunStore::candidates(std::int64_t run) const {
    return m_impl->read([&](SQLite::Database& database) { return readCandidates(database, run); });
}

std::vector<LogLine> RunStore::log(std::int64_t run, std::int64_t afterId) const {
    return m_impl->read([&](SQLite::Database& database) { return readLog(database, run, afterId); });
}

std::vector<ArtifactRecord> RunStore::artifacts(std::int64_t run) const {
    return m_impl->read([&](SQLite::Database& database) { return readOpenArtifacts(database, run); });
}

std::map<std::int64_t, KeptFiles> RunStore::keptFiles() const {
    return m_impl->read([](SQLite::Database& database) { return readKeptFiles(database); });
}

std::optional<ArtifactRecord> RunStore::predictionsToDeriveFrom(std::int64_t run) const {
    const auto all = m_impl->read([&](SQLite::Database& database) { return readArtifacts(database, run); });
    const auto found = std::ranges::find(all, "predictions", &ArtifactRecord::kind);
    return found == all.end() ? std::nullopt : std::optional(*found);
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

std::string artifactFolderOf(std::int64_t run) {
    return "run-" + std::to_string(run);
}

fs::path defaultStoreFile() {
    return dataHome() / "store.sqlite";
}

} // namespace levi
