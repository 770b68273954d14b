// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace levi::test {

// Measures, from a second thread, how long the thread that made it takes to answer a posted event. Time that this
// thread spent waiting for a core (/proc/self/task/<tid>/schedstat) does not count: only what it did itself does.
class StallWatchdog : public QObject {
    Q_OBJECT

public:
    using Milliseconds = std::chrono::duration<double, std::milli>;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    static constexpr Milliseconds kLimit{1000}; // sanitizers slow everything down
#else
    static constexpr Milliseconds kLimit{50};
#endif

    explicit StallWatchdog(Milliseconds limit = kLimit);
    ~StallWatchdog() override;

    // What the thread does while one of these lives is the test's own, not the program's.
    class Pause {
    public:
        explicit Pause(StallWatchdog& watchdog) : m_watchdog(watchdog) { ++m_watchdog.m_pauses; }
        ~Pause();
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

    private:
        StallWatchdog& m_watchdog;
    };

    Milliseconds longest() const;
    std::vector<Milliseconds> stalls() const; // those beyond the limit
    void reset();

private:
    void watch(std::stop_token stop);
    void answer(std::uint64_t question); // on the watched thread
    void keep(Milliseconds took);

    const Milliseconds m_limit;
    const std::string m_schedstat;             // of the watched thread
    std::atomic<std::uint64_t> m_answered = 0; // published after the two below
    std::chrono::steady_clock::time_point m_answeredAt;
    std::chrono::nanoseconds m_waitedAtAnswer{0};
    std::atomic<int> m_pauses = 0;
    std::atomic<std::uint64_t> m_epoch = 0; // raised at the end of a pause: a measurement that spans one is dropped
    mutable std::mutex m_mutex;             // guards the two below
    Milliseconds m_longest{0};
    std::vector<Milliseconds> m_stalls;
    std::jthread m_thread; // last: joined first
};

// Each try returns the longest that its watchdog saw. One that stalled is made again, twice at most, and the shortest
// counts: a stall of the program comes again, one of the machine (its disk, what hosts it) does not.
StallWatchdog::Milliseconds shortestOfTries(const std::function<StallWatchdog::Milliseconds()>& tryOnce);

} // namespace levi::test
