// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job.h"

#include <algorithm>

namespace levi {
namespace {

constexpr std::size_t kMaxLines = 1'000;
constexpr std::size_t kMaxLosses = 20'000;

template<typename T>
void keepNewest(std::deque<T>& ring, const T& entry, std::size_t most) {
    ring.push_back(entry);
    if (ring.size() > most) ring.pop_front();
}

// Entries are numbered from 0 in order of arrival; `ring` holds the newest of `count`.
template<typename T>
std::vector<T> newerThan(const std::deque<T>& ring, std::size_t count, std::size_t position) {
    const std::size_t first = count - ring.size();
    const auto skipped = std::min(position > first ? position - first : 0, ring.size());
    return {ring.begin() + static_cast<std::ptrdiff_t>(skipped), ring.end()};
}

} // namespace

void Mailbox::post(const Progress& progress) {
    const std::lock_guard lock(m_mutex);
    m_progress = progress;
}

void Mailbox::post(const LossPoint& point) {
    const std::lock_guard lock(m_mutex);
    keepNewest(m_losses, point, kMaxLosses);
    ++m_lossCount;
}

void Mailbox::post(const LogLine& line) {
    const std::lock_guard lock(m_mutex);
    keepNewest(m_lines, line, kMaxLines);
    ++m_lineCount;
}

void Mailbox::setRun(std::int64_t run) {
    const std::lock_guard lock(m_mutex);
    m_run = run;
}

Mailbox::Contents Mailbox::look(std::size_t lossPosition, std::size_t linePosition) const {
    const std::lock_guard lock(m_mutex);
    return {.progress = m_progress,
            .run = m_run,
            .losses = newerThan(m_losses, m_lossCount, lossPosition),
            .lines = newerThan(m_lines, m_lineCount, linePosition),
            .lossPosition = m_lossCount,
            .linePosition = m_lineCount};
}

} // namespace levi
