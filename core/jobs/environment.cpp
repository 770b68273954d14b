// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/environment.h"

#include <fmt/chrono.h>

#include <ctime>
#include <string>
#include <thread>

#include <sys/utsname.h>

namespace levi {
namespace {

std::string systemText() {
    utsname names{};
    if (::uname(&names) != 0) return "unknown";
    return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

std::string hostText() {
    utsname names{};
    return ::uname(&names) == 0 ? names.nodename : "unknown";
}

} // namespace

std::vector<NamedText> programEnvironment() {
    return {{"levi_version", LEVI_VERSION},
            {"git_revision", LEVI_GIT_REVISION},
            {std::string(kNumericsName), std::to_string(kNumericsVersion)},
            {"compiler", LEVI_COMPILER},
            {"system", systemText()},
            {"host", hostText()},
            {"cores", std::to_string(std::thread::hardware_concurrency())},
            {"started_utc", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}};
}

} // namespace levi
