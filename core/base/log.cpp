// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>

namespace levi {

spdlog::logger& log() {
    static const auto logger = [] {
        auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        auto made = std::make_shared<spdlog::logger>("levi", std::move(sink));
        made->set_pattern("%H:%M:%S %^%l%$ %v");
        return made;
    }();
    return *logger;
}

} // namespace levi
