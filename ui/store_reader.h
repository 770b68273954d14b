// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/store_snapshot.h"

#include <QObject>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace levi {

class RunStore;

// Reads the store on a thread of its own, through one connection, and hands out values. Looks four times a second
// whether any process has written. Lives on the GUI thread; signals arrive there.
class StoreReader : public QObject {
    Q_OBJECT

public:
    explicit StoreReader(std::filesystem::path file, QObject* parent = nullptr);
    ~StoreReader() override;

    const std::filesystem::path& file() const { return m_file; }
    std::shared_ptr<const StoreSnapshot> snapshot() const { return m_snapshot; } // never null
    bool hasRead() const { return m_hasRead; }                                   // false until the first reading
    std::shared_ptr<const RunDetail> detail() const { return m_detail; }         // of the watched run; null until read
    std::optional<std::int64_t> watchedRun() const { return m_watched; }
    std::shared_ptr<const FinishedSettings> finished() const { return m_finished; } // never null

    // Reads candidates, log and environment of this run, now and at each change.
    void watchRun(std::optional<std::int64_t> run);
    // By which rule the candidate of each run is picked; absent: the run's own pick. Read anew where it is another one.
    void setRule(std::optional<CandidateRule> rule);
    void refresh(); // reads again, changed or not

Q_SIGNALS:
    void snapshotRead(std::shared_ptr<const levi::StoreSnapshot> snapshot);
    void detailRead(std::shared_ptr<const levi::RunDetail> detail);
    void finishedRead(); // after the snapshot that it is of

private:
    struct Connection; // of the reading thread

    void read(std::stop_token stop);
    struct Wish { // of the GUI thread
        std::optional<std::int64_t> run;
        std::optional<CandidateRule> rule;
        bool forced = false;
    };
    void readOnce(Connection& connection, Wish wish, const std::stop_token& stop);
    void readDetail(Connection& connection, std::int64_t run);
    void publish(std::shared_ptr<const StoreSnapshot> snapshot);
    void publish(std::shared_ptr<const RunDetail> detail);
    void publish(std::shared_ptr<const FinishedSettings> finished);

    std::filesystem::path m_file;
    std::shared_ptr<const StoreSnapshot> m_snapshot;
    std::shared_ptr<const RunDetail> m_detail;
    std::shared_ptr<const FinishedSettings> m_finished = std::make_shared<FinishedSettings>();
    std::optional<std::int64_t> m_watched;
    bool m_hasRead = false;

    std::mutex m_mutex; // guards what follows
    std::condition_variable_any m_asked;
    std::optional<std::int64_t> m_wanted;
    std::optional<CandidateRule> m_rule;
    bool m_forced = true;

    std::jthread m_thread; // last: joined before anything it uses goes
};

} // namespace levi
