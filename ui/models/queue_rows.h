// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"
#include "core/store/run_records.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace levi {

struct JobStatus;

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
};

// Runs launched together from this window, or the runs of a setting that the store holds.
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

// Names come from files: one line, without control characters and without turns of the writing direction.
QString cleanText(const std::string& text);

// "LEVI, layers 8-12"
QString settingTitle(const RunSummary& run);

} // namespace levi
