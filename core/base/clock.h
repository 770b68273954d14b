// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace levi {

// Seconds since 1970.
inline double unixNow() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Seconds since it was made, by a clock that nobody sets.
class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_begin).count(); }

private:
    std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
};

} // namespace levi
