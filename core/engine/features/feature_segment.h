// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// One file of the feature cache: some rows, each named by the fingerprint of its content, and their values. Immutable;
// what a data set needs may lie in many of them. Little-endian:
//   magic "LEVIFEAT" | u32 format | u32 key size | key | u64 rows | u64 values per row | rows * 32 characters of
//   content | zeros up to a multiple of 64 | rows * values float32 | 32 characters: fingerprint of all bytes before
inline constexpr std::uint32_t kSegmentFormat = 1;
inline constexpr std::size_t kContentSize = 32; // hex digits

class FeatureSegment {
public:
    // Whole: its fingerprint is compared, for which all of it is read. Head: which rows it has, not whether their
    // values are good.
    enum class Check { Whole, Head };

    // Mapped. Throws Error saying what is wrong: truncated, damaged, of another format, or of another key than its
    // folder's.
    FeatureSegment(const std::filesystem::path& file, std::string_view key, std::uint64_t valuesPerRow,
                   Check check = Check::Whole);

    std::uint64_t rows() const { return m_rows; }
    std::string_view content(std::uint64_t row) const;
    const float* values(std::uint64_t row) const;
    const std::filesystem::path& file() const { return m_path; }

private:
    std::filesystem::path m_path;
    MappedFile m_file;
    std::uint64_t m_rows = 0;
    std::uint64_t m_valuesPerRow = 0;
    std::size_t m_contentBegin = 0; // bytes
    std::size_t m_valuesBegin = 0;
};

struct SegmentRows {
    std::vector<std::string> contents;
    std::vector<float> values; // contents.size() * values per row
};

// Atomically; the name depends on the contents alone, so two writers of the same rows leave one file. Throws Error.
void writeFeatureSegment(const std::filesystem::path& folder, std::string_view key, const SegmentRows& rows);

} // namespace levi
