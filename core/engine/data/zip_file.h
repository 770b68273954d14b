// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

struct ZipMember {
    std::string name; // relative, '/' between folders, without '..'
    std::uint64_t sizeBytes = 0;
    std::uint64_t storedBytes = 0; // compressed
    std::uint32_t crc32 = 0;
    bool deflated = false;
    std::uint64_t headerOffset = 0;
};

// The files of a zip archive, read in any order from a mapped file; immutable and thread-safe after construction.
// Stored and deflated members, zip64 included. Refused, with an Error naming the archive: encrypted or otherwise
// compressed members, names that are absolute, leave the
// archive, hold control characters or stand twice, more than a million members, members
// above 256 MiB or that claim to grow more than deflate can, tables or members beyond the file's end.
class ZipFile {
public:
    explicit ZipFile(const std::filesystem::path& file);

    const std::vector<ZipMember>& members() const { return m_members; } // folders left out, in order of name

    // The member's bytes, their checksum tested. Throws Error naming archive and member.
    std::string read(const ZipMember& member) const;

private:
    std::string m_name;
    MappedFile m_file;
    std::vector<ZipMember> m_members;
};

} // namespace levi
