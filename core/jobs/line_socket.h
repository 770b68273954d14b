// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace levi {

// Lines between two processes. Owns its end of the connection.
class LineSocket {
public:
    explicit LineSocket(int descriptor) : m_descriptor(descriptor) {}
    ~LineSocket();
    LineSocket(const LineSocket&) = delete;
    LineSocket& operator=(const LineSocket&) = delete;

    void send(std::string_view line);                                  // nothing happens where the other side is gone
    std::optional<std::string> next(std::chrono::milliseconds atMost); // without its end; none: nothing came in time
    bool hasEnded() const { return m_hasEnded; }                       // the other side is gone, and nothing is left

private:
    int m_descriptor;
    std::string m_received;
    bool m_hasEnded = false;
};

} // namespace levi
