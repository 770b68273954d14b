// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <stop_token>

namespace levi {

// Keeps other holders of a lock on the same folder away for as long as it lives, in this process and in others. An
// advisory lock: the kernel lets go of it when its process dies.
class FolderLock {
public:
    // Waits for whoever holds it, until a stop is asked for. Where the file system has no such locks we go on without.
    // Throws Error where the folder cannot be opened.
    explicit FolderLock(const std::filesystem::path& folder, const std::stop_token& stop = {});
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int m_descriptor = -1;
};

} // namespace levi
