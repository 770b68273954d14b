// SPDX-License-Identifier: Apache-2.0
#include "core/base/text_lines.h"

#include "core/base/error.h"
#include "core/base/line_cutter.h"

#include <algorithm>

#include <zlib.h>

namespace levi {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} << 10;
constexpr std::size_t kLongestLine = std::size_t{16} << 20;
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 30;

} // namespace

struct TextLines::Stream {
    gzFile file;
};

TextLines::TextLines(const std::filesystem::path& file) : m_name(file.string()), m_buffer(kBufferBytes, '\0') {
    std::error_code code;
    if (!std::filesystem::is_regular_file(file, code)) // a pipe without a writer would hang
        throw Error("{}: {}", m_name,
                    std::filesystem::exists(file, code) ? "expected a file with rows" : "is not there");
    m_sizeBytes = std::filesystem::file_size(file, code);
    const gzFile opened = gzopen(file.c_str(), "rb");
    if (!opened) throw Error("{}: cannot read", m_name);
    gzbuffer(opened, static_cast<unsigned>(kBufferBytes));
    m_stream = new Stream{opened};
}

TextLines::~TextLines() {
    gzclose(m_stream->file);
    delete m_stream;
}

bool TextLines::fill() {
    const int count = gzread(m_stream->file, m_buffer.data(), static_cast<unsigned>(m_buffer.size()));
    int code = Z_OK;
    const char* message = gzerror(m_stream->file, &code);
    if (count < 0 || code < 0) throw Error("{}: is damaged or cut short ({}); fetch it again", m_name, message);
    m_rest = std::string_view(m_buffer).substr(0, static_cast<std::size_t>(count));
    m_readBytes += m_rest.size();
    if (m_readBytes > kMostBytes)
        throw Error("{}: holds more than {} GiB, expected less; divide it", m_name, kMostBytes >> 30);
    return count > 0;
}

bool TextLines::next(std::string& line) {
    line.clear();
    bool isThere = false;
    while (!m_rest.empty() || fill()) {
        isThere = true;
        const std::size_t end = m_rest.find('\n');
        line += m_rest.substr(0, end);
        if (line.size() > kLongestLine)
            throw Error("{}: line {} is longer than {} MiB; are its lines ended?", m_name, m_number + 1,
                        kLongestLine >> 20);
        m_rest.remove_prefix(std::min(m_rest.size(), end == m_rest.npos ? end : end + 1));
        if (end != std::string_view::npos) break;
    }
    if (!isThere) return false;
    if (++m_number == 1) takeByteOrderMark(line, m_name);
    if (line.ends_with('\r')) line.pop_back();
    return true;
}

double TextLines::share() const {
    if (m_sizeBytes == 0) return 1;
    return std::min(1.0, static_cast<double>(gzoffset(m_stream->file)) / static_cast<double>(m_sizeBytes));
}

} // namespace levi
