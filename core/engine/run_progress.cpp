// SPDX-License-Identifier: Apache-2.0
#include "core/engine/run_progress.h"

#include "core/base/log.h"

namespace levi {

void RunProgress::begin(std::string phase, std::string unit, double shareBegin, double shareEnd) {
    m_progress.phase = std::move(phase);
    m_progress.unit = std::move(unit);
    m_shareBegin = shareBegin;
    m_shareEnd = shareEnd;
    m_isProportional = false;
    m_phaseBegan = Clock::now();
    at(0, 0);
}

void RunProgress::endsAt(double shareEnd) {
    m_shareEnd = shareEnd;
    m_isProportional = shareEnd > m_shareBegin;
}

void RunProgress::at(std::int64_t done, std::int64_t total) {
    at(done, total, total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0);
}

void RunProgress::at(std::int64_t done, std::int64_t total, double part) {
    const double inPhase = std::chrono::duration<double>(Clock::now() - m_phaseBegan).count();
    m_progress.done = done;
    m_progress.total = total;
    m_progress.share = m_shareBegin + (m_shareEnd - m_shareBegin) * part;
    m_progress.secondsElapsed = seconds();
    m_progress.secondsLeft = -1;
    if (part > 0) {
        const double whole = inPhase / part;
        m_progress.secondsLeft = whole * (1 - part);
        if (m_isProportional) m_progress.secondsLeft += whole * (1 - m_shareEnd) / (m_shareEnd - m_shareBegin);
    }
    m_observer.progressed(m_progress);
}

void RunProgress::logged(const std::string& level, const std::string& text) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    m_observer.logged({.unixSeconds = std::chrono::duration<double>(now).count(), .level = level, .text = text});
    log().log(level == "warn" ? spdlog::level::warn : spdlog::level::info, "{}", text);
}

} // namespace levi
