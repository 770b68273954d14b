// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"

#include "core/base/error.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace levi {
namespace {

namespace fs = std::filesystem;

std::string lastError() {
    return std::strerror(errno);
}

class Descriptor {
public:
    Descriptor(const fs::path& file, int flags, mode_t mode = 0)
        : m_fd(::open(file.c_str(), flags | O_CLOEXEC, mode)) {}
    ~Descriptor() {
        if (m_fd >= 0) ::close(m_fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_fd; }

private:
    int m_fd;
};

fs::path xdgFolder(const char* variable, const char* underHome) {
    const char* value = std::getenv(variable);
    if (value && fs::path(value).is_absolute()) return fs::path(value) / "levi";
    const char* home = std::getenv("HOME");
    return fs::path(home && *home ? home : "/tmp") / underHome / "levi";
}

void writeAll(int fd, std::string_view content, const fs::path& file) {
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw Error("{}: cannot write: {}", file.string(), lastError());
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

// What the caller has opened for us, /dev/stdin or a shell's <(...), or names as a device.
bool mayBeAStream(const fs::path& file, mode_t mode) {
    const std::string name = file.lexically_normal().string();
    const bool isOpen = name == "/dev/stdin" || name.starts_with("/dev/fd/") || name.starts_with("/proc/");
    return isOpen || (S_ISCHR(mode) && name.starts_with("/dev/"));
}

struct ReadSizes {
    std::uint64_t expectedBytes = 0; // files of /proc say 0 and have some
    std::uint64_t mostBytes = 0;
};

std::string readAll(int fd, const fs::path& file, const ReadSizes& sizes) {
    constexpr std::uint64_t kLeastBytes = 4096;
    const auto room = [&](std::uint64_t bytes) {
        return std::min(bytes, sizes.mostBytes) + 1;
    }; // one more to see the end
    std::string content(room(std::max(sizes.expectedBytes, kLeastBytes)), '\0');
    std::size_t filled = 0;
    while (true) {
        const ssize_t count = ::read(fd, content.data() + filled, content.size() - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw Error("{}: cannot read: {}", file.string(), lastError());
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
        if (filled > sizes.mostBytes)
            throw Error("{}: has more than {} bytes, which is the most that is expected here", file.string(),
                        sizes.mostBytes);
        if (filled == content.size()) content.resize(room(2 * filled));
    }
    content.resize(filled);
    return content;
}

} // namespace

std::string readFile(const fs::path& file, std::uint64_t sizeLimitBytes) {
    const Descriptor in(file, O_RDONLY | O_NONBLOCK); // a pipe without a writer would hang here
    if (in.get() < 0) throw Error("{}: cannot read: {}", file.string(), lastError());
    struct stat status {};
    if (::fstat(in.get(), &status) != 0) throw Error("{}: cannot read: {}", file.string(), lastError());
    if (S_ISDIR(status.st_mode)) throw Error("{}: expected a file, found a folder", file.string());
    if (!S_ISREG(status.st_mode) && !mayBeAStream(file, status.st_mode))
        throw Error("{}: expected a regular file, found {}", file.string(),
                    S_ISFIFO(status.st_mode) ? "a named pipe" : "a device");
    const auto size = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (size > sizeLimitBytes)
        throw Error("{}: has {} bytes, at most {} are expected here", file.string(), size, sizeLimitBytes);
    ::fcntl(in.get(), F_SETFL, 0); // what may be a stream is waited for
    return readAll(in.get(), file, {.expectedBytes = size, .mostBytes = sizeLimitBytes});
}

void writeFileAtomically(const fs::path& file, std::string_view content) {
    if (file.has_parent_path()) fs::create_directories(file.parent_path());
    fs::path beside = file;
    static std::atomic<unsigned> s_count{0}; // two threads may write the same file
    beside += ".part" + std::to_string(::getpid()) + "-" + std::to_string(s_count++);
    try {
        const Descriptor out(beside, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (out.get() < 0) throw Error("{}: cannot write: {}", file.string(), lastError());
        writeAll(out.get(), content, file);
        if (::fsync(out.get()) != 0) throw Error("{}: cannot write to disk: {}", file.string(), lastError());
        fs::rename(beside, file);
    } catch (...) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        throw;
    }
}

MappedFile::MappedFile(const fs::path& file) {
    const Descriptor in(file, O_RDONLY | O_NONBLOCK); // a pipe without a writer would hang here
    if (in.get() < 0) throw Error("{}: cannot open: {}", file.string(), lastError());
    struct stat status {};
    if (::fstat(in.get(), &status) != 0) throw Error("{}: cannot read: {}", file.string(), lastError());
    if (!S_ISREG(status.st_mode)) throw Error("{}: expected a regular file", file.string());
    if (status.st_size == 0) return;
    m_sizeBytes = static_cast<std::size_t>(status.st_size);
    m_address = ::mmap(nullptr, m_sizeBytes, PROT_READ, MAP_PRIVATE, in.get(), 0);
    if (m_address == MAP_FAILED) {
        m_address = nullptr;
        throw Error("{}: cannot map {} bytes: {}", file.string(), m_sizeBytes, lastError());
    }
}

MappedFile::~MappedFile() {
    if (m_address) ::munmap(m_address, m_sizeBytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_address(std::exchange(other.m_address, nullptr)), m_sizeBytes(std::exchange(other.m_sizeBytes, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_address, other.m_address);
    std::swap(m_sizeBytes, other.m_sizeBytes);
    return *this;
}

fs::path dataHome() {
    return xdgFolder("XDG_DATA_HOME", ".local/share");
}

fs::path cacheHome() {
    return xdgFolder("XDG_CACHE_HOME", ".cache");
}

fs::path resourceHome() {
    if (const char* given = std::getenv("LEVI_RESOURCES")) return given;
    std::error_code code;
    const fs::path program = fs::read_symlink("/proc/self/exe", code);
    const fs::path folder = program.parent_path();
    for (const fs::path& candidate : {folder / "../share/levi", folder / "../../../resources"})
        if (fs::is_directory(candidate, code)) return fs::weakly_canonical(candidate);
    throw Error("No resources beside {}: set LEVI_RESOURCES to the folder `resources` of the source tree",
                program.string());
}

} // namespace levi
