// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"
#include "core/store/run_records.h"

#include <QString>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace levi {

struct JobStatus;
struct StoreSnapshot;

// Jobs and runs in one order of states: what works comes first.
enum class RowState { Running, Stopping, Queued, Failed, Interrupted, Cancelled, Done };
QString stateText(RowState state);
bool isActive(RowState state); // running, stopping or queued

// A run as the queue shows it: a job of this window, a run in the store, or both.
struct QueueItem {
    QString key;
    QString title; // "seed 3"
    QString method;
    int variant = 0; // of the method's settings: setting_variants.h
    RowState state = RowState::Queued;
    QString phase;                     // "training"
    double share = 0;                  // 0 to 1
    std::optional<double> secondsLeft; // of what is active
    std::optional<double> seconds;     // that it took, of what has ended
    QString message;                   // one sentence, where it did not end well
    QString lane;
    std::optional<JobId> job;
    std::optional<std::int64_t> run;
    bool hasFiles = true;   // weights or predictions; of what has ended well
    bool isDerived = false; // combines other runs: nothing was trained
};

// Runs launched from this window, together or as one setting, or the runs of a setting that the store holds.
struct QueueGroup {
    QString key;
    QString title;
    std::vector<QueueItem> items;

    RowState state() const; // of the item that matters most
    double share() const;
    std::optional<double> secondsLeft() const;
    int endedCount() const;
};

// Groups of this window first, the newest on top; then settings in the store, the newest run on top.
std::vector<QueueGroup> queueGroups(std::span<const JobStatus> jobs, std::span<const RunSummary> runs);

// The same again and again, while jobs go on and the store stays: what stands in the store alone is put together once.
class QueueRows {
public:
    std::vector<QueueGroup> groups(std::span<const JobStatus> jobs, const std::shared_ptr<const StoreSnapshot>& store);

private:
    void readStore(std::span<const RunSummary> runs);
    void addStored(QueueGroup& group, const RunSummary& run);

    std::shared_ptr<const StoreSnapshot> m_store; // that the rest was made from
    std::map<std::int64_t, const RunSummary*> m_runs;
    std::map<std::string, int> m_variants; // by cell
    std::set<std::int64_t> m_ofJobs;       // runs that m_stored leaves out
    std::vector<QueueGroup> m_stored;
};

// Names come from files: one line, without control characters and without turns of the writing direction.
QString cleanText(const std::string& text);

QString layersWords(const std::string& taps); // "layers 8-12", "layer 6"
// "LEVI, layers 8-12"; of a run that a study knows by another name, that name
QString settingTitle(const RunSummary& run);

} // namespace levi
