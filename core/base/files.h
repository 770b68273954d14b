// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace levi {

// The whole file. Throws Error naming the file where it cannot be read, is larger than `sizeLimitBytes`, or is a pipe
// or device; /dev/stdin and the like, and devices by their names, are read until they end.
std::string readFile(const std::filesystem::path& file, std::uint64_t sizeLimitBytes = std::uint64_t{1} << 30);

// All or nothing: writes beside the target, syncs, then renames over it. Creates the folder. Throws Error.
void writeFileAtomically(const std::filesystem::path& file, std::string_view content);

// A file mapped read-only into memory for as long as this lives. Move-only. An empty file maps to an empty span.
class MappedFile {
public:
    MappedFile() = default;
    explicit MappedFile(const std::filesystem::path& file);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;

    std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(m_address), m_sizeBytes}; }

private:
    void* m_address = nullptr;
    std::size_t m_sizeBytes = 0;
};

// $XDG_DATA_HOME/levi, $XDG_CACHE_HOME/levi, with the defaults of the XDG base directory specification. Not created
// here.
std::filesystem::path dataHome();
std::filesystem::path cacheHome();

// The folder of the running program's read-only resources (demo backbone, example specs): LEVI_RESOURCES, else beside
// the program's own file (../../../resources in a build tree, ../share/levi when installed). Throws Error where none is
// there.
std::filesystem::path resourceHome();

} // namespace levi
