// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTemporaryDir>
#include <QTest>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace levi::test {

inline void writeText(const std::filesystem::path& file, std::string_view text) {
    std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

// A safetensors file as it lies: the length (that of `header` unless given), the header, `dataBytes` zeros.
inline std::string rawSafetensors(std::string_view header, std::size_t dataBytes, std::uint64_t length = UINT64_MAX) {
    if (length == UINT64_MAX) length = header.size();
    std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
    return bytes.append(header).append(dataBytes, '\0');
}

struct Folder {
    QTemporaryDir temporary;
    std::filesystem::path path = temporary.path().toStdString();
    std::filesystem::path operator/(const char* name) const { return path / name; }
};

} // namespace levi::test
