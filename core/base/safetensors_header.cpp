// SPDX-License-Identifier: Apache-2.0
#include "core/base/safetensors_header.h"

#include "core/base/error.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

namespace levi {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLargestHeader = 100'000'000; // bytes, the format's own limit
constexpr std::size_t kLargestRank = 32;
constexpr std::string_view kMetadata = "__metadata__";

constexpr std::array<TensorDtype, 13> kDtypes = {{{"BOOL", 1},
                                                  {"U8", 1},
                                                  {"I8", 1},
                                                  {"U16", 2},
                                                  {"I16", 2},
                                                  {"F16", 2},
                                                  {"BF16", 2},
                                                  {"U32", 4},
                                                  {"I32", 4},
                                                  {"F32", 4},
                                                  {"U64", 8},
                                                  {"I64", 8},
                                                  {"F64", 8}}};

std::string readableDtypes() {
    std::vector<std::string_view> names;
    for (const auto& dtype : kDtypes)
        names.push_back(dtype.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

// Reads the header's JSON event by event. Only the shape {"name": {"dtype": "", "shape": [], "data_offsets": []}} and
// {"__metadata__": {"": ""}} gets through, so nesting is bounded by construction.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
    HeaderReader(SafetensorsHeader& header, const std::string& file) : m_header(header), m_file(file) {}

    bool null() override { refuse("a null"); }
    bool boolean(bool) override { refuse("a boolean"); }
    bool number_integer(number_integer_t value) override {
        return number(value < 0, static_cast<std::uint64_t>(value));
    }
    bool number_unsigned(number_unsigned_t value) override { return number(false, value); }
    bool number_float(number_float_t, const string_t& text) override { refuse(fmt::format("the number {}", text)); }
    bool binary(binary_t&) override { refuse("binary data"); }

    bool string(string_t& value) override {
        if (m_depth == 2 && m_inMetadata) {
            m_header.metadata[m_field] = value;
        } else if (m_depth == 2 && m_field == "dtype") {
            m_entry.dtype = findTensorDtype(value);
            if (!m_entry.dtype)
                throw Error("{}: tensor '{}' has dtype '{}', which is not read; convert it to one of {}", m_file,
                            m_entry.name, value, readableDtypes());
        } else {
            refuse(fmt::format("the text '{}'", value));
        }
        return true;
    }

    bool start_object(std::size_t) override {
        if (m_array || m_depth > 1) refuse("a nested object");
        if (++m_depth == 2) {
            m_fields.clear();
            m_inMetadata = m_name == kMetadata;
            m_entry = {.name = m_name, .dtype = nullptr, .shape = {}, .begin = 0, .end = 0};
        }
        return true;
    }

    bool key(string_t& key) override {
        auto& seen = m_depth == 1 ? m_names : m_fields;
        (m_depth == 1 ? m_name : m_field) = key;
        if (!seen.insert(key).second)
            throw Error("{}: the safetensors header has the key '{}' twice{}", m_file, key,
                        m_depth < 2 ? "" : " in " + place());
        return true;
    }

    bool end_object() override {
        if (m_depth-- == 2 && !m_inMetadata) finishEntry();
        return true;
    }

    bool start_array(std::size_t) override {
        const bool wanted = m_depth == 2 && !m_inMetadata && (m_field == "shape" || m_field == "data_offsets");
        if (m_array || !wanted) refuse("a list");
        m_array = true;
        m_numbers.clear();
        return true;
    }

    bool end_array() override {
        m_array = false;
        if (m_field == "data_offsets") {
            if (m_numbers.size() != 2)
                throw Error("{}: data_offsets of '{}' has {} numbers, expected 2", m_file, m_name, m_numbers.size());
            m_entry.begin = m_numbers[0];
            m_entry.end = m_numbers[1];
            return true;
        }
        for (const auto extent : m_numbers) {
            if (extent > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                throw Error("{}: shape of '{}' has the extent {}, which is beyond any tensor", m_file, m_name, extent);
            m_entry.shape.push_back(static_cast<std::int64_t>(extent));
        }
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) override {
        throw Error("{}: the header is not valid JSON at byte {}: {}", m_file, kLengthBytes + position, error.what());
    }

private:
    std::string place() const {
        if (m_depth < 2) return "the header";
        return m_inMetadata ? std::string(kMetadata) : fmt::format("tensor '{}'", m_name);
    }

    [[noreturn]] void refuse(const std::string& found) const {
        const auto expected = m_inMetadata && m_depth == 2 ? "a text"
                              : m_depth < 2                ? "an object of tensors"
                                                           : "dtype (text), shape and data_offsets (whole numbers)";
        throw Error("{}: found {} in {} of the safetensors header, expected {}", m_file, found, place(), expected);
    }

    bool number(bool negative, std::uint64_t value) {
        if (!m_array) refuse("a number");
        if (negative) refuse(fmt::format("the number {}", static_cast<std::int64_t>(value)));
        if (m_numbers.size() >= kLargestRank) refuse(fmt::format("more than {} numbers in a list", kLargestRank));
        m_numbers.push_back(value);
        return true;
    }

    void finishEntry() {
        for (const auto* field : {"dtype", "shape", "data_offsets"})
            if (!m_fields.erase(field)) throw Error("{}: tensor '{}' has no '{}'", m_file, m_name, field);
        if (!m_fields.empty())
            throw Error("{}: tensor '{}' has the unknown field '{}'", m_file, m_name, *m_fields.begin());
        m_header.tensors.push_back(std::move(m_entry));
    }

    SafetensorsHeader& m_header;
    const std::string& m_file;
    int m_depth = 0;
    bool m_array = false;
    bool m_inMetadata = false;
    std::string m_name, m_field;
    std::set<std::string> m_names, m_fields;
    std::vector<std::uint64_t> m_numbers;
    TensorEntry m_entry;
};

std::uint64_t headerLength(std::span<const std::byte> bytes, const std::string& file) {
    if (bytes.size() < kLengthBytes)
        throw Error("{}: found {} bytes, a safetensors file has at least {}", file, bytes.size(), kLengthBytes);
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        length |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    if (length > kLargestHeader)
        throw Error("{}: the header claims {} bytes, at most {} are allowed", file, length, kLargestHeader);
    if (length > bytes.size() - kLengthBytes)
        throw Error("{}: the header claims {} bytes, only {} follow: the file is cut off", file, length,
                    bytes.size() - kLengthBytes);
    return length;
}

// Bytes of a tensor of that shape; nothing where the number does not fit.
std::optional<std::uint64_t> shapeBytes(const TensorEntry& entry) {
    std::uint64_t bytes = entry.dtype->sizeBytes;
    bool empty = false;
    for (const auto extent : entry.shape) {
        empty = empty || extent == 0;
        // Empty tensors must not hide an extent that overflows strides.
        if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(std::max<std::int64_t>(extent, 1)), &bytes))
            return {};
    }
    if (bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return {};
    return empty ? 0 : bytes;
}

void checkSize(const TensorEntry& entry, const std::string& file) {
    if (entry.end < entry.begin)
        throw Error("{}: tensor '{}' ends at byte {}, before its begin {}", file, entry.name, entry.end, entry.begin);
    const auto expected = shapeBytes(entry);
    if (!expected) throw Error("{}: the size of tensor '{}' {} overflows", file, entry.name, shapeText(entry.shape));
    if (entry.end - entry.begin != *expected)
        throw Error("{}: tensor '{}' has {} bytes, its shape {} of {} needs {}", file, entry.name,
                    entry.end - entry.begin, shapeText(entry.shape), entry.dtype->name, *expected);
}

void checkLayout(const SafetensorsHeader& header, std::uint64_t dataBytes, const std::string& file) {
    std::uint64_t end = 0;
    for (const auto& entry : header.tensors) {
        checkSize(entry, file);
        if (entry.begin != end)
            throw Error("{}: tensor '{}' begins at byte {}, expected {}: the file has {}", file, entry.name,
                        entry.begin, end, entry.begin > end ? "a hole" : "overlapping tensors");
        end = entry.end;
    }
    if (end != dataBytes)
        throw Error("{}: the tensors end at byte {}, the file holds {} bytes of them: {}", file, end, dataBytes,
                    end > dataBytes ? "it is cut off" : "there are trailing bytes");
}

} // namespace

const TensorDtype* findTensorDtype(std::string_view name) {
    const auto found = std::ranges::find(kDtypes, name, &TensorDtype::name);
    return found == kDtypes.end() ? nullptr : &*found;
}

std::string shapeText(std::span<const std::int64_t> shape) {
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

SafetensorsHeader parseSafetensorsHeader(std::span<const std::byte> bytes, const std::string& file) {
    const std::uint64_t length = headerLength(bytes, file);
    std::string_view json(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length);
    while (json.ends_with(' '))
        json.remove_suffix(1); // padding
    if (!json.starts_with('{') || !json.ends_with('}'))
        throw Error("{}: the safetensors header is not one JSON object padded with spaces", file);
    SafetensorsHeader header;
    header.dataOffset = kLengthBytes + length;
    HeaderReader reader(header, file);
    nlohmann::json::sax_parse(json, &reader);
    std::ranges::sort(header.tensors, [](const TensorEntry& a, const TensorEntry& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    checkLayout(header, bytes.size() - header.dataOffset, file);
    return header;
}

} // namespace levi
