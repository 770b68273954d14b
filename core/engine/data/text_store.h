// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/sample_source.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace levi {

// Texts one behind the other: up to 64 MiB in memory, more in a nameless file below TMPDIR that goes with this. Filled
// by one thread; afterwards all calls are thread-safe.
class TextStore {
public:
    struct Place {
        std::uint64_t begin = 0; // byte
        std::uint32_t first = 0; // bytes
        std::int32_t second = kNone;
    };

    TextStore() = default;
    ~TextStore();
    TextStore(const TextStore&) = delete;
    TextStore& operator=(const TextStore&) = delete;

    Place add(const SampleText& text);
    void close();                              // no more are added: only then they are read
    SampleText read(const Place& place) const; // throws Error where the file cannot be read

private:
    static constexpr std::int32_t kNone = -1;

    std::string bytes(std::uint64_t begin, std::size_t count) const;
    void openFile();
    void flush();

    std::string m_memory; // all of it, or what is not in the file yet
    int m_file = -1;
    std::uint64_t m_fileBytes = 0;
};

} // namespace levi
