// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stop_token>

namespace levi {

// From here on the first Ctrl-C (or SIGTERM) is counted, the second ends the program at once with code 130.
void catchInterrupts();
int interrupts();

// Requests a stop soon after the first interrupt: for work on this thread that takes a stop token.
class StopOnInterrupt {
public:
    StopOnInterrupt();
    ~StopOnInterrupt();
    StopOnInterrupt(const StopOnInterrupt&) = delete;
    StopOnInterrupt& operator=(const StopOnInterrupt&) = delete;
    std::stop_token token() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace levi
