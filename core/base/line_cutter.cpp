// SPDX-License-Identifier: Apache-2.0
#include "core/base/line_cutter.h"

#include "core/base/error.h"

#include <utility>

namespace levi {
namespace {

constexpr std::size_t kLongestLine = std::size_t{16} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

} // namespace

void takeByteOrderMark(std::string& line, const std::string& name) {
    if (line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
    if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF"))
        throw Error("{}: is UTF-16; convert it to UTF-8, such as by `iconv -f UTF-16 -t UTF-8`", name);
}

void LineCutter::add(std::string_view piece) {
    for (auto end = piece.find('\n'); end != piece.npos; end = piece.find('\n')) {
        keep(piece.substr(0, end));
        tell();
        piece.remove_prefix(end + 1);
    }
    keep(piece);
}

void LineCutter::end() {
    if (!m_line.empty()) tell();
}

void LineCutter::keep(std::string_view part) {
    m_line += part;
    if (m_line.size() > kLongestLine)
        throw Error("{}: line {} is longer than {} MiB; are its lines ended?", m_name, m_number + 1,
                    kLongestLine >> 20);
}

void LineCutter::tell() {
    if (++m_number == 1) takeByteOrderMark(m_line, m_name);
    if (m_line.ends_with('\r')) m_line.pop_back();
    m_visit(std::exchange(m_line, {}), m_number);
}

} // namespace levi
