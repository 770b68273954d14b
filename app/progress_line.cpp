// SPDX-License-Identifier: Apache-2.0
#include "app/progress_line.h"

#include "core/base/numbers.h"
#include "core/report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

namespace levi {
namespace {

constexpr double kSecondsPerPlainLine = 10;
constexpr double kLeastShare = 0.02; // below it a forecast is no better than a guess
constexpr int kBarWidth = 20;

std::size_t terminalColumns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

std::string shortened(std::string text, std::size_t columns) {
    while (displayWidth(text) > columns) {
        text.pop_back();
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
            text.pop_back();
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.pop_back();
    }
    return text;
}

std::string bar(double share) {
    const int full = static_cast<int>(std::lround(share * kBarWidth));
    return "[" + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(kBarWidth - full), '.') + "]";
}

} // namespace

ProgressLine::ProgressLine() : m_isTerminal(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    clear();
}

std::string ProgressLine::text(const State& state) const {
    const double share = std::clamp(std::isfinite(state.share) ? state.share : 0.0, 0.0, 1.0);
    double left = state.secondsLeft;
    if (left < 0 && share >= kLeastShare) left = m_sinceStart.seconds() * (1 - share) / share;
    const std::string eta = left >= 0 ? " ETA " + durationText(left) : "";
    return fmt::format("{:3.0f} %{}  {}", share * 100, eta, cleanLine(state.what));
}

void ProgressLine::show(const State& state) {
    if (m_isTerminal) {
        const std::string line = bar(std::clamp(state.share, 0.0, 1.0)) + " " + text(state);
        fmt::print(stderr, "\r\x1b[K{}", shortened(line, terminalColumns() - 1));
        std::fflush(stderr);
        m_isDrawn = true;
        return;
    }
    if (state.phase == m_phase && m_sinceLine.seconds() < kSecondsPerPlainLine) return;
    fmt::print(stderr, "{}\n", text(state));
    m_phase = state.phase;
    m_sinceLine = {};
}

void ProgressLine::clear() {
    if (m_isDrawn) fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    m_isDrawn = false;
}

} // namespace levi
