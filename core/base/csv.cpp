// SPDX-License-Identifier: Apache-2.0
#include "core/base/csv.h"

#include "core/base/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace levi {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class CsvReader {
public:
    CsvReader(std::string_view text, const std::string& name, char separator)
        : m_rest(text), m_name(name), m_ends(std::string(1, separator) + "\r\n"), m_separator(separator) {}

    // Nothing at the end.
    std::optional<std::vector<std::string>> row() {
        if (m_rest.empty()) return std::nullopt;
        ++m_number;
        m_begin = m_line;
        std::vector<std::string> fields;
        do
            fields.push_back(field());
        while (skip(m_separator));
        skip('\r');
        if (!m_rest.empty() && !skip('\n'))
            throw Error("{}: row {} goes on behind a closing quote, expected a {} or the end of the line", m_name,
                        m_number, m_separator == '\t' ? "tab" : "comma");
        ++m_line;
        return fields;
    }
    std::size_t number() const { return m_number; }
    std::size_t line() const { return m_begin; } // where the last row began

private:
    bool skip(char c) {
        if (m_rest.empty() || m_rest.front() != c) return false;
        m_rest.remove_prefix(1);
        return true;
    }

    std::string field() {
        if (skip('"')) return quoted();
        const std::size_t end = std::min(m_rest.find_first_of(m_ends), m_rest.size());
        std::string value(m_rest.substr(0, end));
        m_rest.remove_prefix(end);
        return value;
    }

    std::string quoted() {
        std::string value;
        for (;;) {
            const std::size_t end = m_rest.find('"');
            if (end == std::string_view::npos) throw Error("{}: a quote in row {} does not end", m_name, m_number);
            value += m_rest.substr(0, end);
            m_line += static_cast<std::size_t>(std::ranges::count(m_rest.substr(0, end), '\n'));
            m_rest.remove_prefix(end + 1);
            if (!skip('"')) return value;
            value += '"';
        }
    }

    std::string_view m_rest;
    const std::string& m_name;
    std::string m_ends; // of a field without quotes
    char m_separator;
    std::size_t m_number = 0, m_line = 1, m_begin = 1;
};

} // namespace

CsvTable::CsvTable(std::string_view text, std::string name, const CsvOptions& options) : m_name(std::move(name)) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    CsvReader reader(text, m_name, options.separator);
    auto head = reader.row();
    if (!head) throw Error("{}: is empty, expected a line with the names of its columns", m_name);
    m_head = std::move(*head);
    while (auto row = reader.row()) {
        if (row->size() == 1 && row->front().empty()) continue; // an empty line
        if (row->size() != m_head.size() && !options.keepsOddRows)
            throw Error("{}: row {} has {} fields, its head has {}", m_name, reader.number(), row->size(),
                        m_head.size());
        m_rows.push_back(std::move(*row));
        m_lines.push_back(reader.line());
    }
}

void CsvTable::setOnlyRow(std::vector<std::string> fields, std::size_t line) {
    m_rows.resize(1);
    m_rows.front() = std::move(fields);
    m_lines.assign(1, line);
}

std::size_t CsvTable::column(const std::string& title) const {
    const auto found = std::ranges::find(m_head, title);
    if (found == m_head.end()) throw Error("{}: has no column '{}'; it has {}", m_name, title, fmt::join(m_head, ", "));
    if (std::find(found + 1, m_head.end(), title) != m_head.end())
        throw Error("{}: has the column '{}' twice; call one of them something else", m_name, title);
    return static_cast<std::size_t>(found - m_head.begin());
}

char separatorOf(std::string_view text) {
    const std::string_view head = text.substr(0, text.find('\n'));
    return head.find('\t') != head.npos && head.find(',') == head.npos ? '\t' : ',';
}

} // namespace levi
