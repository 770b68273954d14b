// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/text_store.h"

#include "core/base/error.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace levi {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{64} << 20, kPieceBytes = std::size_t{1} << 20;

std::string lastError() {
    return std::strerror(errno);
}

} // namespace

TextStore::~TextStore() {
    if (m_file >= 0) ::close(m_file);
}

TextStore::Place TextStore::add(const SampleText& text) {
    Place place{.begin = m_fileBytes + m_memory.size(), .first = static_cast<std::uint32_t>(text.first.size())};
    m_memory += text.first;
    if (text.second) {
        m_memory += *text.second;
        place.second = static_cast<std::int32_t>(text.second->size());
    }
    if (m_memory.size() > (m_file < 0 ? kMemoryBytes : kPieceBytes)) flush();
    return place;
}

void TextStore::close() {
    if (m_file >= 0) flush();
    m_memory.shrink_to_fit();
}

void TextStore::openFile() {
    const auto folder = std::filesystem::temp_directory_path();
    std::string name = (folder / "levi-texts-XXXXXX").string();
    m_file = ::mkostemp(name.data(), O_CLOEXEC);
    if (m_file < 0)
        throw Error("{}: cannot keep texts there: {}; set TMPDIR to another folder", folder.string(), lastError());
    ::unlink(name.c_str());
}

void TextStore::flush() {
    if (m_file < 0) openFile();
    for (std::string_view rest = m_memory; !rest.empty();) {
        const ssize_t written = ::pwrite(m_file, rest.data(), rest.size(), static_cast<off_t>(m_fileBytes));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            throw Error("{}: cannot keep texts there: {}; set TMPDIR to another folder",
                        std::filesystem::temp_directory_path().string(), lastError());
        m_fileBytes += static_cast<std::uint64_t>(written);
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    m_memory.clear();
}

std::string TextStore::bytes(std::uint64_t begin, std::size_t count) const {
    if (m_file < 0) return m_memory.substr(begin, count);
    std::string read(count, '\0');
    for (std::size_t done = 0; done < count;) {
        const ssize_t got = ::pread(m_file, read.data() + done, count - done, static_cast<off_t>(begin + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw Error("A text that was kept on disk cannot be read: {}", lastError());
        done += static_cast<std::size_t>(got);
    }
    return read;
}

SampleText TextStore::read(const Place& place) const {
    const std::size_t second = place.second == kNone ? 0 : static_cast<std::size_t>(place.second);
    std::string both = bytes(place.begin, place.first + second);
    if (place.second == kNone) return {.first = std::move(both), .second = {}};
    return {.first = both.substr(0, place.first), .second = both.substr(place.first)};
}

} // namespace levi
