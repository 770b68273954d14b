// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace levi {

// A table of comma-separated values with a head (RFC 4180: quotes around a field, doubled inside it; LF or CRLF).
class CsvTable {
public:
    // `name` is what errors call it. Throws Error for a quote that does not end, a row of another length than the head,
    // or no head at all.
    CsvTable(std::string_view text, std::string name);

    const std::vector<std::string>& head() const { return m_head; }
    const std::vector<std::vector<std::string>>& rows() const { return m_rows; }
    std::size_t column(const std::string& title) const; // throws Error naming those that are there

private:
    std::string m_name;
    std::vector<std::string> m_head;
    std::vector<std::vector<std::string>> m_rows;
};

} // namespace levi
