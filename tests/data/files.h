// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/image/picture.h"
#include "tests/image/encoders.h"

#include <QTemporaryDir>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <zlib.h>

// Files as users and attackers write them.
namespace levi::test {

inline std::string errorOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

inline std::string little(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

inline std::string bigEndian32(std::uint32_t value) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift);
    return text;
}

inline std::string deflated(const std::string& bytes, int windowBits) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, bytes.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}
inline std::string gzipped(const std::string& bytes) {
    return deflated(bytes, MAX_WBITS + 16);
}

// A zip file whose every claim can be made wrong.
class ZipWriter {
public:
    struct Claims {
        bool deflate = false;
        std::int64_t size = -1; // claimed; -1: the true one
        int flags = 0;
        int method = -1;
        std::int64_t crc = -1;
    };

    void add(const std::string& name, const std::string& bytes) { add(name, bytes, Claims{}); }
    void add(const std::string& name, const std::string& bytes, const Claims& claims) {
        const std::string stored = claims.deflate ? deflated(bytes, -MAX_WBITS) : bytes;
        const auto crc =
            claims.crc >= 0 ? static_cast<std::uint64_t>(claims.crc)
                            : ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
        const int method = claims.method >= 0 ? claims.method : claims.deflate ? 8 : 0;
        const auto size = claims.size >= 0 ? static_cast<std::uint64_t>(claims.size) : bytes.size();
        const std::string common = little(20, 2) + little(static_cast<std::uint64_t>(claims.flags), 2) +
                                   little(static_cast<std::uint64_t>(method), 2) + little(0, 4) + little(crc, 4) +
                                   little(stored.size(), 4) + little(size, 4) + little(name.size(), 2) + little(0, 2);
        m_directory += little(0x02014b50, 4) + little(20, 2) + common + little(0, 2) + little(0, 4) + little(0, 4) +
                       little(m_bytes.size(), 4) + name;
        m_bytes += little(0x04034b50, 4) + common + name + stored;
        ++m_count;
    }
    void claimMembers(std::uint64_t count) { m_claimed = count; }

    std::string bytes() const {
        const std::uint64_t count = m_claimed ? m_claimed : m_count;
        return m_bytes + m_directory + little(0x06054b50, 4) + little(0, 4) + little(count, 2) + little(count, 2) +
               little(m_directory.size(), 4) + little(m_bytes.size(), 4) + little(0, 2);
    }

private:
    std::string m_bytes, m_directory;
    std::uint64_t m_count = 0, m_claimed = 0;
};

inline std::string idxPictures(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
    std::string bytes = bigEndian32(0x803) + bigEndian32(count) + bigEndian32(height) + bigEndian32(width);
    for (std::uint32_t i = 0; i < count * height * width; ++i)
        bytes += static_cast<char>(i * 37);
    return bytes;
}
inline std::string idxLabels(std::uint32_t count, std::uint32_t classes) {
    std::string bytes = bigEndian32(0x801) + bigEndian32(count);
    for (std::uint32_t i = 0; i < count; ++i)
        bytes += static_cast<char>(i % classes);
    return bytes;
}

// Without the sync of writeFileAtomically, which would cost most of the tests' time.
inline void writeQuickly(const std::filesystem::path& file, const std::string& bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
}

// domain/class/N.png, `perClass` pictures each, all different.
inline void writePictureFolder(const std::filesystem::path& root, const std::vector<std::string>& domains,
                               const std::vector<std::string>& classes, int perClass) {
    std::uint8_t shade = 0;
    for (const auto& domain : domains)
        for (const auto& name : classes)
            for (int i = 0; i < perClass; ++i) {
                Picture picture = gradient(12, 16);
                picture.rgb[0] = shade++;
                writeQuickly(root / domain / name / (std::to_string(i) + ".png"), pngOf(picture));
            }
}

class TemporaryFolder {
public:
    std::filesystem::path operator/(const std::string& name) const { return path() / name; }
    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        writeQuickly(path() / name, bytes);
        return path() / name;
    }

private:
    QTemporaryDir m_folder;
};

} // namespace levi::test
