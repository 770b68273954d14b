// SPDX-License-Identifier: Apache-2.0
#include "tests/support/stall_watchdog.h"

#include <algorithm>
#include <fstream>

#include <unistd.h>

namespace levi::test {
namespace {

using namespace std::chrono_literals;
constexpr auto kAskEvery = 10ms;
constexpr auto kLookEvery = 1ms;
constexpr auto kAskedAtOnce = 5ms; // else the question itself was late

// Nanoseconds that a thread was ready to run and had no core: the second number of its schedstat.
std::chrono::nanoseconds waitedForCore(const std::string& schedstat) {
    std::ifstream file(schedstat);
    long long ran = 0, waited = 0;
    file >> ran >> waited;
    return std::chrono::nanoseconds(waited);
}

} // namespace

StallWatchdog::StallWatchdog(Milliseconds limit)
    : m_limit(limit), m_schedstat("/proc/self/task/" + std::to_string(::gettid()) + "/schedstat") {
    m_thread = std::jthread([this](std::stop_token stop) { watch(stop); });
}

StallWatchdog::~StallWatchdog() = default;

StallWatchdog::Pause::~Pause() {
    ++m_watchdog.m_epoch;
    --m_watchdog.m_pauses;
}

// Both ends are read on the watched thread's own time where that matters: this thread may wait for a core as well.
void StallWatchdog::watch(std::stop_token stop) {
    using Clock = std::chrono::steady_clock;
    for (std::uint64_t question = 1; !stop.stop_requested(); ++question) {
        const std::uint64_t epoch = m_epoch;
        const bool paused = m_pauses > 0;
        const auto waitedBefore = waitedForCore(m_schedstat);
        const auto asked = Clock::now();
        QMetaObject::invokeMethod(
            this, [this, question] { answer(question); }, Qt::QueuedConnection);
        const bool askedAtOnce = Clock::now() - asked < kAskedAtOnce;
        while (m_answered < question && !stop.stop_requested())
            std::this_thread::sleep_for(kLookEvery);
        if (stop.stop_requested()) return;
        const Milliseconds took = (m_answeredAt - asked) - (m_waitedAtAnswer - waitedBefore);
        if (askedAtOnce && !paused && m_pauses == 0 && epoch == m_epoch) keep(took);
        std::this_thread::sleep_for(kAskEvery);
    }
}

void StallWatchdog::answer(std::uint64_t question) {
    m_answeredAt = std::chrono::steady_clock::now();
    m_waitedAtAnswer = waitedForCore(m_schedstat);
    m_answered = question;
}

void StallWatchdog::keep(Milliseconds took) {
    const std::lock_guard lock(m_mutex);
    m_longest = std::max(m_longest, took);
    if (took > m_limit) m_stalls.push_back(took);
}

StallWatchdog::Milliseconds StallWatchdog::longest() const {
    const std::lock_guard lock(m_mutex);
    return m_longest;
}

std::vector<StallWatchdog::Milliseconds> StallWatchdog::stalls() const {
    const std::lock_guard lock(m_mutex);
    return m_stalls;
}

void StallWatchdog::reset() {
    const std::lock_guard lock(m_mutex);
    m_longest = Milliseconds(0);
    m_stalls.clear();
}

StallWatchdog::Milliseconds shortestOfTries(const std::function<StallWatchdog::Milliseconds()>& tryOnce) {
    constexpr int kTries = 3;
    auto shortest = StallWatchdog::Milliseconds::max();
    for (int i = 0; i < kTries && shortest > StallWatchdog::kLimit; ++i)
        shortest = std::min(shortest, tryOnce());
    return shortest;
}

} // namespace levi::test
