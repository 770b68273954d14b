// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/zip_file.h"

#include "core/base/error.h"
#include "core/engine/data/inflate.h"

#include <algorithm>
#include <span>
#include <string_view>

#include <zlib.h>

namespace levi {
namespace {

// Layout and names of fields: PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.4.
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kMemberSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint64_t kMemberLimit = 1000000;
constexpr std::uint64_t kWholeLimitBytes = std::uint64_t{256} << 20; // of a member that is read at once
constexpr std::uint64_t kPiecesLimitBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kGrowthLimit = 1032; // what deflate can reach

// Little-endian numbers at offsets that are tested.
class Table {
public:
    Table(std::span<const std::byte> bytes, std::string_view name) : m_bytes(bytes), m_name(name) {}

    std::uint64_t size() const { return m_bytes.size(); }

    std::span<const std::byte> at(std::uint64_t offset, std::uint64_t count) const {
        if (offset > size() || size() - offset < count)
            throw Error("{}: is a damaged zip file: it refers to byte {} of {}; fetch it again", m_name, offset + count,
                        size());
        return m_bytes.subspan(offset, count);
    }
    std::uint64_t number(std::uint64_t offset, std::uint64_t count) const {
        std::uint64_t value = 0;
        const auto digits = at(offset, count);
        for (std::size_t i = digits.size(); i-- > 0;)
            value = value << 8 | std::to_integer<std::uint64_t>(digits[i]);
        return value;
    }
    std::string text(std::uint64_t offset, std::uint64_t count) const {
        const auto bytes = at(offset, count);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

private:
    std::span<const std::byte> m_bytes;
    std::string_view m_name;
};

struct Directory {
    std::uint64_t members = 0;
    std::uint64_t sizeBytes = 0;
    std::uint64_t offset = 0;
};

// The end record stands in the last 22 bytes, or before a comment of up to 65535 bytes.
std::uint64_t findEnd(const Table& zip, const std::string& name) {
    constexpr std::uint64_t kEndBytes = 22;
    const std::uint64_t searched = std::min<std::uint64_t>(zip.size(), kEndBytes + 65535);
    for (std::uint64_t back = kEndBytes; back <= searched; ++back)
        if (zip.number(zip.size() - back, 4) == kEndSignature) return zip.size() - back;
    throw Error("{}: is not a zip file, or cut short: it has no end record; fetch it again", name);
}

Directory findDirectory(const Table& zip, const std::string& name) {
    const std::uint64_t end = findEnd(zip, name);
    Directory directory{zip.number(end + 10, 2), zip.number(end + 12, 4), zip.number(end + 16, 4)};
    if (end >= 20 && zip.number(end - 20, 4) == kLocator64Signature) {
        const std::uint64_t end64 = zip.number(end - 20 + 8, 8);
        if (zip.number(end64, 4) != kEnd64Signature)
            throw Error("{}: is a damaged zip file: its zip64 record is missing; fetch it again", name);
        directory = {zip.number(end64 + 32, 8), zip.number(end64 + 40, 8), zip.number(end64 + 48, 8)};
    }
    if (directory.members > kMemberLimit)
        throw Error("{}: claims {} members, at most {} are read; split it", name, directory.members, kMemberLimit);
    zip.at(directory.offset, directory.sizeBytes);
    return directory;
}

// zip64: sizes and offset that did not fit in 32 bits stand, in this order, in the extra field of id 1.
void readZip64(ZipMember& member, const Table& extra) {
    for (std::uint64_t at = 0; at + 4 <= extra.size(); at += 4 + extra.number(at + 2, 2)) {
        if (extra.number(at, 2) != 1) continue;
        std::uint64_t field = at + 4;
        for (std::uint64_t* value : {&member.sizeBytes, &member.storedBytes, &member.headerOffset}) {
            if (*value != 0xFFFFFFFFU) continue;
            *value = extra.number(field, 8);
            field += 8;
        }
        return;
    }
}

bool isControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Control characters would reach terminals by way of messages.
std::string printable(std::string text) {
    std::ranges::replace_if(text, isControl, '?');
    return text;
}

bool leavesTheArchive(std::string_view path) {
    if (path.starts_with('/') || path.find('\\') != path.npos || std::ranges::any_of(path, isControl)) return true;
    while (true) {
        const std::size_t slash = path.find('/');
        if (path.substr(0, slash) == "..") return true;
        if (slash == path.npos) return false;
        path.remove_prefix(slash + 1);
    }
}

void checkMember(const ZipMember& member, std::uint64_t flags, std::uint64_t method, const std::string& zip) {
    if (leavesTheArchive(member.name))
        throw Error("{}: a member is called '{}', expected a plain path inside the archive; do not trust this file",
                    zip, printable(member.name));
    if (flags & 1) throw Error("{}: member '{}' is encrypted; store it without a password", zip, member.name);
    if (method != 0 && method != 8)
        throw Error("{}: member '{}' is compressed by method {}, expected stored or deflated", zip, member.name,
                    method);
    const bool grows =
        method == 8 ? member.sizeBytes / kGrowthLimit > member.storedBytes : member.sizeBytes != member.storedBytes;
    if (grows)
        throw Error("{}: member '{}' claims {} bytes from {}: no zip writer makes that; do not trust this file", zip,
                    member.name, member.sizeBytes, member.storedBytes);
}

struct Entry {
    ZipMember member;
    std::uint64_t next = 0; // where the one behind it begins
};

Entry readEntry(const Table& table, std::uint64_t at, const std::string& zip) {
    constexpr std::uint64_t kFixedBytes = 46;
    const std::uint64_t flags = table.number(at + 8, 2);
    const std::uint64_t method = table.number(at + 10, 2);
    const std::uint64_t nameBytes = table.number(at + 28, 2);
    const std::uint64_t extraBytes = table.number(at + 30, 2);
    const std::uint64_t commentBytes = table.number(at + 32, 2);
    ZipMember member{.name = table.text(at + kFixedBytes, nameBytes),
                     .sizeBytes = table.number(at + 24, 4),
                     .storedBytes = table.number(at + 20, 4),
                     .crc32 = static_cast<std::uint32_t>(table.number(at + 16, 4)),
                     .deflated = method == 8,
                     .headerOffset = table.number(at + 42, 4)};
    while (member.name.starts_with("./"))
        member.name.erase(0, 2);
    readZip64(member, Table(table.at(at + kFixedBytes + nameBytes, extraBytes), zip));
    checkMember(member, flags, method, zip);
    return {std::move(member), at + kFixedBytes + nameBytes + extraBytes + commentBytes};
}

std::vector<ZipMember> readMembers(const Table& zip, const std::string& name) {
    const Directory directory = findDirectory(zip, name);
    const Table table(zip.at(directory.offset, directory.sizeBytes), name);
    std::vector<ZipMember> members;
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < directory.members; ++i) {
        if (table.number(at, 4) != kMemberSignature)
            throw Error("{}: is a damaged zip file: entry {} of {} is missing; fetch it again", name, i + 1,
                        directory.members);
        auto [member, next] = readEntry(table, at, name);
        if (!member.name.ends_with('/')) members.push_back(std::move(member));
        at = next;
    }
    return members;
}

void checkSize(const ZipMember& member, std::uint64_t limit, const std::string& name) {
    if (member.sizeBytes > limit)
        throw Error("{}: claims {} bytes, at most {} MiB are read", name, member.sizeBytes, limit >> 20);
}

std::span<const std::byte> storedBytes(const Table& zip, const ZipMember& member, const std::string& name) {
    if (zip.number(member.headerOffset, 4) != kLocalSignature)
        throw Error("{}: its header is not where the archive says; fetch the archive again", name);
    const std::uint64_t skipped =
        30 + zip.number(member.headerOffset + 26, 2) + zip.number(member.headerOffset + 28, 2);
    return zip.at(member.headerOffset + skipped, member.storedBytes);
}

} // namespace

ZipFile::ZipFile(const std::filesystem::path& file) : m_name(file.string()), m_file(file) {
    m_members = readMembers(Table(m_file.bytes(), m_name), m_name);
    std::ranges::sort(m_members, {}, &ZipMember::name);
    const auto twice = std::ranges::adjacent_find(m_members, {}, &ZipMember::name);
    if (twice != m_members.end())
        throw Error("{}: member '{}' stands twice; zip the folder again", m_name, twice->name);
}

std::string ZipFile::read(const ZipMember& member) const {
    checkSize(member, kWholeLimitBytes, nameOf(member));
    std::string bytes;
    bytes.reserve(member.sizeBytes);
    forEachPiece(member, [&bytes](std::string_view piece, double) { bytes += piece; });
    return bytes;
}

void ZipFile::forEachPiece(const ZipMember& member, const TakePiece& take) const {
    const std::string name = nameOf(member);
    checkSize(member, kPiecesLimitBytes, name);
    const auto stored = storedBytes(Table(m_file.bytes(), name), member, name);
    auto crc = ::crc32(0, nullptr, 0);
    std::uint64_t done = 0;
    const auto pass = [&](std::string_view piece) {
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
        done += piece.size();
        take(piece, static_cast<double>(done) / static_cast<double>(member.sizeBytes));
    };
    const auto next = [&] { return std::min(kPieceBytes, member.sizeBytes - done); };
    if (member.deflated) {
        Inflater inflater(stored, Deflated::Raw, name);
        while (done < member.sizeBytes)
            pass(inflater.read(next()));
        if (!inflater.atEnd()) throw Error("{}: holds more than the {} bytes it claims", name, member.sizeBytes);
    } else {
        while (done < member.sizeBytes)
            pass({reinterpret_cast<const char*>(stored.data()) + done, next()});
    }
    if (crc != member.crc32) throw Error("{}: is damaged: its checksum is wrong; fetch the archive again", name);
}

} // namespace levi
