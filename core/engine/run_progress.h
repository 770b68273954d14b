// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_events.h"

#include <chrono>
#include <string>

namespace levi {

// Tells an observer how far a job is, phase by phase. A phase covers a part of the whole; what is left of it is guessed
// from its own pace.
class RunProgress {
public:
    using Clock = std::chrono::steady_clock;

    explicit RunProgress(RunObserver& observer) : m_observer(observer) {}

    void begin(std::string phase, std::string unit, double shareBegin, double shareEnd);
    // Where the phase ends, once that is known: what follows it takes time in proportion, so that the time left is that
    // of all of it.
    void endsAt(double shareEnd);
    void at(std::int64_t done, std::int64_t total);
    // The same where the units of work are coarse: `part` of the phase is over, 0 to 1.
    void at(std::int64_t done, std::int64_t total, double part);

    double seconds() const { return std::chrono::duration<double>(Clock::now() - m_began).count(); }
    Clock::time_point began() const { return m_began; }

    void logged(const std::string& level, const std::string& text);

private:
    RunObserver& m_observer;
    Clock::time_point m_began = Clock::now();
    Clock::time_point m_phaseBegan = m_began;
    Progress m_progress;
    double m_shareBegin = 0, m_shareEnd = 1;
    bool m_isProportional = false; // the phase to what follows it
};

} // namespace levi
