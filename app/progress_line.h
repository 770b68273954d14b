// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.h"

#include <string>

namespace levi {

// How far the work is, on stderr. On a terminal one line that is drawn over; elsewhere a plain line when the work
// enters another phase, and every 10 s.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine(); // leaves no half line behind

    struct State {
        std::string what;        // "LEVI, seed 3 (4 of 42): training, epoch 12 of 40"
        std::string phase;       // what a plain line is written for
        double share = 0;        // of all, 0 to 1
        double secondsLeft = -1; // negative: reckoned from the time that the share so far took
    };
    void show(const State& state);
    void clear(); // before another line is printed

private:
    std::string text(const State& state) const;

    bool m_isTerminal;
    Stopwatch m_sinceStart, m_sinceLine;
    std::string m_phase;
    bool m_isDrawn = false;
};

} // namespace levi
