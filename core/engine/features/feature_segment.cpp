// SPDX-License-Identifier: Apache-2.0
#include "core/engine/features/feature_segment.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <bit>
#include <cstring>

namespace levi {
namespace {

constexpr std::string_view kMagic = "LEVIFEAT";
constexpr std::size_t kAlignment = 64;
static_assert(std::endian::native == std::endian::little, "the format is little-endian");

std::size_t aligned(std::size_t size) {
    return (size + kAlignment - 1) / kAlignment * kAlignment;
}

template<typename T>
void append(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Takes pieces off the front of a file; throws where it ends too early.
class Cursor {
public:
    Cursor(const std::filesystem::path& file, std::span<const std::byte> bytes) : m_file(file), m_bytes(bytes) {}

    std::string_view take(std::uint64_t size) {
        if (size > m_bytes.size() - m_at) throw Error("{}: is cut off after {} bytes", m_file.string(), m_bytes.size());
        const std::string_view piece(reinterpret_cast<const char*>(m_bytes.data()) + m_at, size);
        m_at += size;
        return piece;
    }

    template<typename T>
    T number() {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }

    std::size_t position() const { return m_at; }

private:
    const std::filesystem::path& m_file;
    std::span<const std::byte> m_bytes;
    std::size_t m_at = 0;
};

} // namespace

FeatureSegment::FeatureSegment(const std::filesystem::path& file, std::string_view key, std::uint64_t valuesPerRow,
                               Check check)
    : m_path(file), m_file(file), m_valuesPerRow(valuesPerRow) {
    const auto bytes = m_file.bytes();
    Cursor cursor(m_path, bytes);
    if (cursor.take(kMagic.size()) != kMagic) throw Error("{}: is no file of features", file.string());
    if (const auto format = cursor.number<std::uint32_t>(); format != kSegmentFormat)
        throw Error("{}: has format {}, expected {}", file.string(), format, kSegmentFormat);
    if (cursor.take(cursor.number<std::uint32_t>()) != key)
        throw Error("{}: holds features of another backbone, view or device", file.string());
    m_rows = cursor.number<std::uint64_t>();
    const auto found = cursor.number<std::uint64_t>();
    if (found != valuesPerRow) throw Error("{}: has {} values a row, expected {}", file.string(), found, valuesPerRow);
    m_contentBegin = cursor.position();
    const std::uint64_t rowBytes = kContentSize + valuesPerRow * sizeof(float);
    if (m_rows > bytes.size() / rowBytes) throw Error("{}: is cut off or damaged", file.string());
    m_valuesBegin = aligned(m_contentBegin + m_rows * kContentSize);
    const std::size_t end = m_valuesBegin + m_rows * valuesPerRow * sizeof(float);
    if (bytes.size() != end + kContentSize)
        throw Error("{}: has {} bytes, expected {}", file.string(), bytes.size(), end + kContentSize);
    if (check == Check::Head) return;
    const std::string_view written(reinterpret_cast<const char*>(bytes.data()) + end, kContentSize);
    if (fingerprint(bytes.first(end)) != written) throw Error("{}: is damaged, its fingerprint differs", file.string());
}

std::string_view FeatureSegment::content(std::uint64_t row) const {
    const auto* text = reinterpret_cast<const char*>(m_file.bytes().data());
    return {text + m_contentBegin + row * kContentSize, kContentSize};
}

const float* FeatureSegment::values(std::uint64_t row) const {
    // A mapping begins on a page and the values at a multiple of 64: aligned.
    return reinterpret_cast<const float*>(m_file.bytes().data() + m_valuesBegin) + row * m_valuesPerRow;
}

void writeFeatureSegment(const std::filesystem::path& folder, std::string_view key, const SegmentRows& rows) {
    Fingerprinter name;
    std::string out(kMagic);
    append(out, kSegmentFormat);
    append(out, static_cast<std::uint32_t>(key.size()));
    out += key;
    append(out, static_cast<std::uint64_t>(rows.contents.size()));
    append(out, static_cast<std::uint64_t>(rows.values.size() / rows.contents.size()));
    for (const std::string& content : rows.contents) {
        if (content.size() != kContentSize) throw Error("A row's content fingerprint has {} digits", content.size());
        out += content;
        name.add(content);
    }
    out.resize(aligned(out.size()));
    out.append(reinterpret_cast<const char*>(rows.values.data()), rows.values.size() * sizeof(float));
    out += fingerprint(out);
    writeFileAtomically(folder / (name.hex() + ".features"), out);
}

} // namespace levi
