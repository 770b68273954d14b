// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/store_reader.h"

#include "core/base/error.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"
#include "core/store/run_store.h"

#include <chrono>
#include <exception>
#include <map>
#include <utility>

namespace levi {
namespace {

using namespace std::chrono_literals;
constexpr auto kLookEvery = 250ms;
// A run whose process died changes nothing in the file: runs that seem to go on are looked at again.
constexpr auto kDoubtAfter = 2s;

bool anyRuns(const StoreSnapshot& snapshot) {
    for (const RunSummary& run : snapshot.runs)
        if (run.state == RunState::Running) return true;
    return false;
}

bool sameStates(const StoreSnapshot& a, const StoreSnapshot& b) {
    if (a.exists != b.exists || a.problem != b.problem || a.runs.size() != b.runs.size()) return false;
    for (std::size_t i = 0; i < a.runs.size(); ++i)
        if (a.runs[i].id != b.runs[i].id || a.runs[i].state != b.runs[i].state) return false;
    return true;
}

} // namespace

struct StoreReader::Connection {
    std::optional<RunStore> store;
    std::int64_t version = 0;
    std::optional<std::int64_t> shownDetail;
    std::shared_ptr<const StoreSnapshot> last;
    std::chrono::steady_clock::time_point lastReading;
    std::map<std::int64_t, std::string> writtenCells; // of finished runs; "": the spec cannot be read

    bool openIfThere(const std::filesystem::path& file); // true: opened just now
    bool hasChanged();
    void readRuns(StoreSnapshot& snapshot, bool changed);
    const std::string& writtenCell(const RunSummary& run);
    // Nothing where it is stopped.
    std::shared_ptr<const FinishedSettings> finishedOf(const StoreSnapshot& snapshot, const std::stop_token& stop);
};

bool StoreReader::Connection::openIfThere(const std::filesystem::path& file) {
    std::error_code ignored;
    const bool exists = std::filesystem::exists(file, ignored);
    if (!exists) store.reset();
    if (!exists || store) return false;
    store.emplace(file, RunStore::Access::Read);
    return true;
}

bool StoreReader::Connection::hasChanged() {
    const std::int64_t now = store->version();
    return now != std::exchange(version, now);
}

// As they were where nothing has changed: then nothing is read.
void StoreReader::Connection::readRuns(StoreSnapshot& snapshot, bool changed) {
    const auto now = std::chrono::steady_clock::now();
    const bool doubtful = last && anyRuns(*last) && now - lastReading > kDoubtAfter;
    if (last && !changed && !doubtful) {
        snapshot.runs = last->runs;
        snapshot.studies = last->studies;
        snapshot.files = last->files;
        return;
    }
    snapshot.runs = store->runs(snapshot.rule);
    snapshot.studies = store->studies();
    snapshot.files = store->keptFiles();
    lastReading = now;
}

const std::string& StoreReader::Connection::writtenCell(const RunSummary& run) {
    const auto [cell, isNew] = writtenCells.try_emplace(run.id);
    if (isNew) try {
            cell->second = cellKey(specFromText(run.specJson).spec, {});
        } catch (const Error&) { // a table names such a run; a new one is no repetition of it
        }
    return cell->second;
}

std::shared_ptr<const FinishedSettings> StoreReader::Connection::finishedOf(const StoreSnapshot& snapshot,
                                                                            const std::stop_token& stop) {
    auto finished = std::make_shared<FinishedSettings>();
    for (const RunSummary& run : snapshot.runs) {
        if (stop.stop_requested()) return {};
        if (run.state == RunState::Done) finished->emplace(writtenCell(run), run.seed);
    }
    return finished;
}

StoreReader::StoreReader(std::filesystem::path file, QObject* parent) : QObject(parent), m_file(std::move(file)) {
    auto empty = std::make_shared<StoreSnapshot>();
    empty->file = m_file;
    m_snapshot = std::move(empty);
    m_thread = std::jthread([this](std::stop_token stop) { read(stop); });
}

StoreReader::~StoreReader() = default;

void StoreReader::watchRun(std::optional<std::int64_t> run) {
    if (run == m_watched) return;
    m_watched = run;
    m_detail.reset();
    {
        const std::lock_guard lock(m_mutex);
        m_wanted = run;
    }
    m_asked.notify_one();
}

void StoreReader::refresh() {
    {
        const std::lock_guard lock(m_mutex);
        m_forced = true;
    }
    m_asked.notify_one();
}

void StoreReader::setRule(std::optional<CandidateRule> rule) {
    {
        const std::lock_guard lock(m_mutex);
        if (rule == m_rule) return;
        m_rule = rule;
        m_forced = true;
    }
    m_asked.notify_one();
}

void StoreReader::read(std::stop_token stop) {
    Connection connection;
    while (!stop.stop_requested()) {
        std::unique_lock lock(m_mutex);
        m_asked.wait_for(lock, stop, kLookEvery, [&] { return m_forced || m_wanted != connection.shownDetail; });
        if (stop.stop_requested()) return;
        const Wish wish{.run = m_wanted, .rule = m_rule, .forced = std::exchange(m_forced, false)};
        lock.unlock();
        readOnce(connection, wish, stop);
    }
}

// Never throws: what cannot be read is said in the snapshot, and tried again.
void StoreReader::readOnce(Connection& connection, Wish wish, const std::stop_token& stop) {
    auto snapshot = std::make_shared<StoreSnapshot>();
    snapshot->file = m_file;
    snapshot->rule = wish.rule;
    const bool newDetail = wish.run != std::exchange(connection.shownDetail, wish.run);
    try {
        wish.forced |= connection.openIfThere(m_file);
        snapshot->exists = connection.store.has_value();
        if (connection.store) {
            wish.forced |= connection.hasChanged();
            connection.readRuns(*snapshot, wish.forced);
            if (wish.run && (wish.forced || newDetail)) readDetail(connection, *wish.run);
        }
    } catch (const std::exception& error) {
        connection.store.reset();
        snapshot->runs.clear();
        snapshot->problem = error.what();
    }
    if (wish.forced || !connection.last || !sameStates(*snapshot, *connection.last)) {
        connection.last = snapshot;
        publish(connection.last);
        if (auto finished = connection.finishedOf(*connection.last, stop)) publish(std::move(finished));
    }
}

void StoreReader::readDetail(Connection& connection, std::int64_t run) {
    auto detail = std::make_shared<RunDetail>();
    detail->run = run;
    detail->artifactFolder = connection.store->artifactFolder();
    detail->candidates = connection.store->candidates(run);
    detail->log = connection.store->log(run);
    detail->artifacts = connection.store->artifacts(run);
    detail->environment = connection.store->environment(run);
    publish(std::shared_ptr<const RunDetail>(std::move(detail)));
}

void StoreReader::publish(std::shared_ptr<const StoreSnapshot> snapshot) {
    QMetaObject::invokeMethod(
        this,
        [this, snapshot] {
            m_snapshot = snapshot;
            m_hasRead = true;
            Q_EMIT snapshotRead(snapshot);
        },
        Qt::QueuedConnection);
}

void StoreReader::publish(std::shared_ptr<const FinishedSettings> finished) {
    QMetaObject::invokeMethod(
        this, [this, finished] { m_finished = finished, Q_EMIT finishedRead(); }, Qt::QueuedConnection);
}

void StoreReader::publish(std::shared_ptr<const RunDetail> detail) {
    QMetaObject::invokeMethod(
        this,
        [this, detail] {
            if (m_watched != detail->run) return; // another run is watched by now
            m_detail = detail;
            Q_EMIT detailRead(detail);
        },
        Qt::QueuedConnection);
}

} // namespace levi
