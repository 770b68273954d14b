// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/exif.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace levi {
namespace {

constexpr int kUpright = 1;

// Bytes that are only read where they exist: every getter says nothing beyond the end.
class Bytes {
public:
    explicit Bytes(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::size_t size() const { return m_bytes.size(); }
    bool startsWith(std::string_view magic, std::size_t at = 0) const {
        return at <= size() && size() - at >= magic.size() &&
               std::memcmp(m_bytes.data() + at, magic.data(), magic.size()) == 0;
    }
    // `count` bytes, at most 4, as one number.
    std::optional<std::uint32_t> number(std::size_t at, std::size_t count, bool bigEndian) const {
        if (at > size() || size() - at < count) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t digit = bigEndian ? i : count - 1 - i;
            value = value << 8 | std::to_integer<std::uint32_t>(m_bytes[at + digit]);
        }
        return value;
    }
    Bytes from(std::size_t at) const { return Bytes(m_bytes.subspan(std::min(at, size()))); }

private:
    std::span<const std::byte> m_bytes;
};

// A TIFF header and its first directory: 12 bytes an entry (tag, type, count, value).
int orientationOfTiff(Bytes tiff) {
    const bool bigEndian = tiff.startsWith("MM");
    if (!bigEndian && !tiff.startsWith("II")) return kUpright;
    const auto directory = tiff.number(4, 4, bigEndian);
    if (!directory) return kUpright;
    const Bytes entries = tiff.from(*directory);
    const auto count = entries.number(0, 2, bigEndian);
    for (std::uint32_t i = 0; i < count.value_or(0); ++i) {
        const std::size_t entry = 2 + std::size_t{12} * i;
        const auto tag = entries.number(entry, 2, bigEndian);
        if (!tag) return kUpright;
        const auto value = entries.number(entry + 8, 2, bigEndian); // type SHORT: left-aligned in its four bytes
        if (*tag == 274) return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : kUpright;
    }
    return kUpright;
}

int orientationOfJpeg(Bytes file) {
    std::size_t at = 2;
    while (file.number(at, 1, true) == 0xFFu) {
        const auto marker = file.number(at + 1, 1, true);
        if (marker == 0xFFu) { // fill byte
            ++at;
            continue;
        }
        const auto length = file.number(at + 2, 2, true);
        if (!marker || !length || *length < 2 || *marker == 0xDA || *marker == 0xD9) return kUpright;
        if (*marker == 0xE1 && file.startsWith(std::string_view("Exif\0\0", 6), at + 4))
            return orientationOfTiff(file.from(at + 10));
        at += 2 + *length;
    }
    return kUpright;
}

int orientationOfPng(Bytes file) {
    std::size_t at = 8;
    while (const auto length = file.number(at, 4, true)) {
        if (file.startsWith("eXIf", at + 4)) return orientationOfTiff(file.from(at + 8));
        at += std::size_t{12} + *length;
    }
    return kUpright;
}

int orientationOfWebp(Bytes file) {
    std::size_t at = 12;
    while (const auto length = file.number(at + 4, 4, false)) {
        if (file.startsWith("EXIF", at)) {
            const bool prefixed = file.startsWith(std::string_view("Exif\0\0", 6), at + 8);
            return orientationOfTiff(file.from(at + (prefixed ? 14 : 8)));
        }
        at += std::size_t{8} + *length + (*length & 1);
    }
    return kUpright;
}

} // namespace

int exifOrientation(std::span<const std::byte> encoded) {
    const Bytes file(encoded);
    if (file.startsWith("\xFF\xD8")) return orientationOfJpeg(file);
    if (file.startsWith("\x89PNG")) return orientationOfPng(file);
    if (file.startsWith("RIFF") && file.startsWith("WEBP", 8)) return orientationOfWebp(file);
    return kUpright;
}

Picture upright(Picture picture, int orientation) {
    if (orientation <= kUpright || orientation > 8) return picture;
    const bool transposed = orientation >= 5;
    Picture turned(transposed ? picture.width : picture.height, transposed ? picture.height : picture.width);
    for (std::int64_t y = 0; y < turned.height; ++y) {
        for (std::int64_t x = 0; x < turned.width; ++x) {
            std::int64_t row = transposed ? x : y;
            std::int64_t column = transposed ? y : x;
            const bool rowFlipped = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 6;
            const bool columnFlipped = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
            if (rowFlipped) row = picture.height - 1 - row;
            if (columnFlipped) column = picture.width - 1 - column;
            std::copy_n(picture.pixel(row, column), 3, turned.pixel(y, x));
        }
    }
    return turned;
}

} // namespace levi
