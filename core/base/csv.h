// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace levi {

struct CsvOptions {
    char separator = ',';
    bool keepsOddRows = false; // rows of another length than the head are kept, for the caller to name
};

// A table of separated values with a head (RFC 4180: quotes around a field, doubled inside it; LF or CRLF; a byte order
// mark before it is passed over). Empty lines are no rows.
class CsvTable {
public:
    // `name` is what errors call it. Throws Error for a quote that does not end, a row of another length than the head
    // (unless they are kept), or no head at all.
    CsvTable(std::string_view text, std::string name, const CsvOptions& options = {});

    const std::string& name() const { return m_name; }
    const std::vector<std::string>& head() const { return m_head; }
    const std::vector<std::vector<std::string>>& rows() const { return m_rows; }
    std::size_t line(std::size_t row) const { return m_lines[row]; } // of the text, from 1, where the row begins
    std::size_t column(const std::string& title) const;              // throws Error naming those that are there

    // Of a table that is read row by row: none at first.
    CsvTable(std::vector<std::string> head, std::string name) : m_name(std::move(name)), m_head(std::move(head)) {}
    void setOnlyRow(std::vector<std::string> fields, std::size_t line); // in the place of all others

private:
    std::string m_name;
    std::vector<std::string> m_head;
    std::vector<std::vector<std::string>> m_rows;
    std::vector<std::size_t> m_lines;
};

// A tab where the head has tabs and no comma, else a comma.
char separatorOf(std::string_view text);

} // namespace levi
