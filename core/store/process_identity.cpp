// SPDX-License-Identifier: Apache-2.0
#include "core/store/process_identity.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include <unistd.h>

namespace levi {
namespace {

struct ProcessStatus {
    char state = '?';
    std::int64_t startTicks = 0;
};

// proc(5): "pid (name) state ppid …"; the name may hold spaces and brackets, so fields are counted from the last one.
std::optional<ProcessStatus> statusOf(std::int64_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto bracket = text.rfind(')');
    if (bracket == std::string::npos) return std::nullopt;
    std::istringstream fields(text.substr(bracket + 1));
    ProcessStatus status;
    fields >> status.state;
    std::string skipped;
    for (int field = 4; field < 22; ++field)
        fields >> skipped;
    fields >> status.startTicks;
    return fields ? std::optional(status) : std::nullopt;
}

const std::string& bootId() {
    static const std::string id = [] {
        std::string line;
        std::ifstream file("/proc/sys/kernel/random/boot_id");
        std::getline(file, line);
        return line;
    }();
    return id;
}

} // namespace

ProcessIdentity thisProcess() {
    const auto pid = static_cast<std::int64_t>(::getpid());
    const auto status = statusOf(pid);
    return {.pid = pid, .startTicks = status ? status->startTicks : 0, .bootId = bootId()};
}

bool isAlive(const ProcessIdentity& process) {
    if (process.bootId != bootId()) return false;
    const auto status = statusOf(process.pid);
    return status && status->startTicks == process.startTicks && status->state != 'Z' && status->state != 'X';
}

} // namespace levi
