// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/line_socket.h"

#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace levi {
namespace {

std::optional<std::string> takeLine(std::string& received) {
    const auto end = received.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = received.substr(0, end);
    received.erase(0, end + 1);
    return line;
}

} // namespace

LineSocket::~LineSocket() {
    ::close(m_descriptor);
}

void LineSocket::send(std::string_view line) {
    std::string rest(line);
    rest += '\n';
    while (!rest.empty()) {
        const auto sent = ::send(m_descriptor, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent > 0) rest.erase(0, static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EINTR) return;
    }
}

std::optional<std::string> LineSocket::next(std::chrono::milliseconds atMost) {
    if (auto line = takeLine(m_received)) return line;
    pollfd wait{.fd = m_descriptor, .events = POLLIN, .revents = 0};
    if (m_hasEnded || ::poll(&wait, 1, static_cast<int>(atMost.count())) <= 0) return std::nullopt;
    std::array<char, 65'536> piece;
    const auto count = ::recv(m_descriptor, piece.data(), piece.size(), 0);
    if (count > 0) m_received.append(piece.data(), static_cast<std::size_t>(count));
    m_hasEnded = count == 0 || (count < 0 && errno != EINTR);
    return takeLine(m_received);
}

} // namespace levi
