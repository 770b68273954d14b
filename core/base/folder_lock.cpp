// SPDX-License-Identifier: Apache-2.0
#include "core/base/folder_lock.h"

#include "core/base/error.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace levi {
namespace {

constexpr std::chrono::milliseconds kLook{20};

} // namespace

FolderLock::FolderLock(const std::filesystem::path& folder, const std::stop_token& stop)
    : m_descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (m_descriptor < 0) throw Error("{}: cannot open the folder: {}", folder.string(), std::strerror(errno));
    while (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || stop.stop_requested()) return;
        std::this_thread::sleep_for(kLook);
    }
}

FolderLock::~FolderLock() {
    ::close(m_descriptor);
}

} // namespace levi
