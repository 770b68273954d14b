// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/store_reader.h"

#include "core/store/run_store.h"

#include <chrono>
#include <exception>

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
};

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

void StoreReader::read(std::stop_token stop) {
    Connection connection;
    while (!stop.stop_requested()) {
        std::unique_lock lock(m_mutex);
        m_asked.wait_for(lock, stop, kLookEvery, [&] { return m_forced || m_wanted != connection.shownDetail; });
        if (stop.stop_requested()) return;
        const bool forced = std::exchange(m_forced, false);
        const auto watched = m_wanted;
        lock.unlock();
        readOnce(connection, watched, forced);
    }
}

// Never throws: what cannot be read is said in the snapshot, and tried again.
void StoreReader::readOnce(Connection& connection, std::optional<std::int64_t> watched, bool forced) {
    auto snapshot = std::make_shared<StoreSnapshot>();
    snapshot->file = m_file;
    const bool newDetail = watched != std::exchange(connection.shownDetail, watched);
    try {
        std::error_code ignored;
        snapshot->exists = std::filesystem::exists(m_file, ignored);
        if (!snapshot->exists) connection.store.reset();
        if (snapshot->exists && !connection.store) {
            connection.store.emplace(m_file, RunStore::Access::Read);
            forced = true;
        }
        if (connection.store) {
            const std::int64_t version = connection.store->version();
            const auto now = std::chrono::steady_clock::now();
            const bool changed = forced || version != std::exchange(connection.version, version);
            const bool doubtful =
                connection.last && anyRuns(*connection.last) && now - connection.lastReading > kDoubtAfter;
            if (changed || doubtful) {
                snapshot->runs = connection.store->runs();
                connection.lastReading = now;
            } else if (connection.last) {
                snapshot->runs = connection.last->runs;
            }
            forced = changed;
            if (watched && (changed || newDetail)) {
                auto detail = std::make_shared<RunDetail>();
                detail->run = *watched;
                detail->artifactFolder = connection.store->artifactFolder();
                detail->candidates = connection.store->candidates(*watched);
                detail->log = connection.store->log(*watched);
                detail->artifacts = connection.store->artifacts(*watched);
                detail->environment = connection.store->environment(*watched);
                publish(std::shared_ptr<const RunDetail>(std::move(detail)));
            }
        }
    } catch (const std::exception& error) {
        connection.store.reset();
        snapshot->runs.clear();
        snapshot->problem = error.what();
    }
    if (forced || !connection.last || !sameStates(*snapshot, *connection.last)) {
        connection.last = snapshot;
        publish(std::shared_ptr<const StoreSnapshot>(std::move(snapshot)));
    }
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
