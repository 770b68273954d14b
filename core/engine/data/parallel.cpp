// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace levi {
namespace {

constexpr std::int64_t kProgressStep = 64;

// What the threads of one loop share.
struct Loop {
    std::int64_t count;
    const LoadOptions& options;
    const std::function<void(std::int64_t)>& action;
    std::atomic<std::int64_t> next = 0;
    std::mutex mutex;
    std::exception_ptr error; // guarded by mutex

    void run(bool reports) {
        while (!options.stop.stop_requested()) {
            const std::int64_t i = next.fetch_add(1);
            if (i >= count) return;
            try {
                action(i);
            } catch (...) {
                const std::scoped_lock lock(mutex);
                if (!error) error = std::current_exception();
                next = count;
            }
            if (reports && options.progress && i % kProgressStep == 0) options.progress(i, count);
        }
    }
};

} // namespace

void forEachInParallel(std::int64_t count, const LoadOptions& options,
                       const std::function<void(std::int64_t)>& action) {
    Loop loop{.count = count, .options = options, .action = action, .mutex = {}, .error = {}};
    {
        std::vector<std::jthread> others;
        const std::int64_t helpers = std::clamp<std::int64_t>(options.threads - 1, 0, count / kProgressStep);
        for (std::int64_t i = 0; i < helpers; ++i)
            others.emplace_back([&loop] { loop.run(false); });
        loop.run(true);
    }
    if (loop.error) std::rethrow_exception(loop.error);
    if (options.stop.stop_requested()) throw Stopped{};
    if (options.progress) options.progress(count, count);
}

} // namespace levi
