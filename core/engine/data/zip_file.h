// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
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
// compressed members, names that are absolute, leave the archive, hold control characters or stand twice, more than a
// million members, members that claim to grow more than deflate can, tables or members beyond the file's end. How large
// a member may be depends on how it is read; one that is not read may have any size. None grows beyond what it claims.
class ZipFile {
public:
    explicit ZipFile(const std::filesystem::path& file);

    const std::vector<ZipMember>& members() const { return m_members; } // folders left out, in order of name

    // The member's bytes, at most 256 MiB, their checksum tested. Throws Error naming archive and member.
    std::string read(const ZipMember& member) const;

    // The same, at most 4 GiB, in pieces of up to 1 MiB, with the share of the member that has been read then. The
    // checksum is tested behind the last piece: until then what they say is not to be trusted.
    using TakePiece = std::function<void(std::string_view piece, double share)>;
    void forEachPiece(const ZipMember& member, const TakePiece& take) const;

private:
    std::string nameOf(const ZipMember& member) const { return m_name + "!" + member.name; }

    std::string m_name;
    MappedFile m_file;
    std::vector<ZipMember> m_members;
};

} // namespace levi
