// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"

#include "app/verbs.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <unistd.h>

namespace levi {
namespace {

std::atomic<int> s_interrupts = 0;
static_assert(std::atomic<int>::is_always_lock_free); // the handler may touch nothing else

void onSignal(int) {
    if (++s_interrupts > 1) ::_exit(kCancelled);
}

} // namespace

void catchInterrupts() {
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
}

int interrupts() {
    return s_interrupts;
}

struct StopOnInterrupt::Impl {
    std::stop_source stop;
    std::jthread watcher; // last, so that it is joined before the source goes

    Impl()
        : watcher([this](const std::stop_token& leave) {
              while (!leave.stop_requested() && interrupts() == 0)
                  std::this_thread::sleep_for(std::chrono::milliseconds(50));
              if (interrupts() > 0) stop.request_stop();
          }) {}
};

StopOnInterrupt::StopOnInterrupt() : m_impl(std::make_unique<Impl>()) {}
StopOnInterrupt::~StopOnInterrupt() = default;

std::stop_token StopOnInterrupt::token() const {
    return m_impl->stop.get_token();
}

} // namespace levi
