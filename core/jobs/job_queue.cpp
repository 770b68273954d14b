// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_queue.h"

#include "core/base/log.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace levi {
namespace {

bool hasEnded(JobState state) {
    return state == JobState::Done || state == JobState::Cancelled || state == JobState::Failed;
}

struct Entry {
    JobView view;
    std::unique_ptr<Job> job; // until it has ended
    std::shared_ptr<Mailbox> mailbox;
    std::stop_source stop;
};

// The top of a job: what it throws ends here.
JobOutcome outcomeOf(Entry& entry) {
    try {
        return entry.job->run(*entry.mailbox, entry.stop.get_token());
    } catch (const std::exception& error) {
        return {JobState::Failed, error.what()};
    } catch (...) {
        return {JobState::Failed, "It ended with an exception of unknown type."};
    }
}

} // namespace

struct JobQueue::Impl {
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    std::vector<std::shared_ptr<Entry>> entries; // in order of submission
    std::map<std::string, std::vector<std::thread>> lanes;
    int atOncePerLane = 1;
    JobId lastId = 0;
    bool closing = false;

    // With the mutex held.
    std::shared_ptr<Entry> nextOf(const std::string& lane) const {
        const auto found = std::ranges::find_if(entries, [&](const auto& entry) {
            return entry->view.lane == lane && entry->view.state == JobState::Queued;
        });
        return found == entries.end() ? nullptr : *found;
    }

    bool isIdle() const {
        return std::ranges::all_of(entries, [](const auto& entry) { return hasEnded(entry->view.state); });
    }

    void end(Entry& entry, JobOutcome outcome) {
        entry.view.state = hasEnded(outcome.state) ? outcome.state : JobState::Done;
        entry.view.message = std::move(outcome.message);
        changed.notify_all();
    }

    void stop(Entry& entry) {
        if (entry.view.state == JobState::Queued) end(entry, {JobState::Cancelled, "It was stopped before it began."});
        if (entry.view.state == JobState::Running) entry.view.state = JobState::Stopping;
        entry.stop.request_stop();
        changed.notify_all();
    }

    void serve(const std::string& lane) {
        std::unique_lock lock(mutex);
        while (true) {
            std::shared_ptr<Entry> entry;
            changed.wait(lock, [&] { return closing || (entry = nextOf(lane)); });
            if (closing) return;
            entry->view.state = JobState::Running;
            changed.notify_all();
            lock.unlock();
            JobOutcome outcome = outcomeOf(*entry);
            entry->job.reset();
            lock.lock();
            end(*entry, std::move(outcome));
        }
    }
};

JobQueue::JobQueue(int atOncePerLane) : m_impl(std::make_unique<Impl>()) {
    m_impl->atOncePerLane = std::max(1, atOncePerLane);
}

JobQueue::~JobQueue() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->closing = true;
        for (const auto& entry : m_impl->entries)
            m_impl->stop(*entry);
    }
    m_impl->changed.notify_all();
    for (auto& [lane, threads] : m_impl->lanes)
        for (std::thread& thread : threads)
            thread.join();
}

JobId JobQueue::submit(std::unique_ptr<Job> job) {
    auto entry = std::make_shared<Entry>();
    entry->mailbox = std::make_shared<Mailbox>();
    entry->view = {.title = job->title(), .group = job->group(), .lane = job->lane(), .mailbox = entry->mailbox};
    entry->job = std::move(job);
    const std::lock_guard lock(m_impl->mutex);
    const JobId id = entry->view.id = ++m_impl->lastId;
    const std::string lane = entry->view.lane;
    m_impl->entries.push_back(std::move(entry));
    if (auto& threads = m_impl->lanes[lane]; std::cmp_less(threads.size(), m_impl->atOncePerLane))
        threads.emplace_back([impl = m_impl.get(), lane] { impl->serve(lane); });
    m_impl->changed.notify_all();
    return id;
}

void JobQueue::stop(JobId id) {
    const std::lock_guard lock(m_impl->mutex);
    for (const auto& entry : m_impl->entries)
        if (entry->view.id == id) m_impl->stop(*entry);
}

void JobQueue::stopAll() {
    const std::lock_guard lock(m_impl->mutex);
    for (const auto& entry : m_impl->entries)
        m_impl->stop(*entry);
}

std::vector<JobView> JobQueue::jobs() const {
    const std::lock_guard lock(m_impl->mutex);
    std::vector<JobView> views;
    for (const auto& entry : m_impl->entries)
        views.push_back(entry->view);
    return views;
}

bool JobQueue::isIdle() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->isIdle();
}

bool JobQueue::waitIdle(std::chrono::milliseconds atMost) const {
    std::unique_lock lock(m_impl->mutex);
    return m_impl->changed.wait_for(lock, atMost, [&] { return m_impl->isIdle(); });
}

void JobQueue::forgetEnded() {
    const std::lock_guard lock(m_impl->mutex);
    std::erase_if(m_impl->entries, [](const auto& entry) { return hasEnded(entry->view.state); });
}

} // namespace levi
