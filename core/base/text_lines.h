// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace levi {

// The lines of a text file, plain or gzip, one after the other: no more of it is held than a line and a buffer. Neither
// is a line longer than 16 MiB read, nor more than 256 GiB altogether, whatever a compressed file grows to.
class TextLines {
public:
    explicit TextLines(const std::filesystem::path& file); // throws Error where it cannot be opened
    ~TextLines();
    TextLines(const TextLines&) = delete;
    TextLines& operator=(const TextLines&) = delete;

    // Without its end; false at the end of the file. Throws Error where the file is damaged or beyond the limits.
    bool next(std::string& line);

    const std::string& name() const { return m_name; }
    std::size_t number() const { return m_number; } // of the last line, from 1
    double share() const;                           // of the file that has been read

private:
    bool fill();

    struct Stream;
    std::string m_name;
    Stream* m_stream;
    std::string m_buffer;
    std::string_view m_rest; // of the buffer
    std::size_t m_number = 0;
    std::uint64_t m_sizeBytes = 0, m_readBytes = 0; // of the file; of what it holds
};

} // namespace levi
