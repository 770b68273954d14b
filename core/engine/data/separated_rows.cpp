// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/separated_rows.h"

#include "core/base/csv.h"
#include "core/base/error.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace levi {
namespace {

constexpr std::size_t kMostLines = 10'000, kMostBytes = std::size_t{16} << 20; // of a row
constexpr std::size_t kLongRow = 100;                                          // lines

std::string oddWidth(std::size_t found, std::size_t expected) {
    return fmt::format("has {} fields, the head has {}", found, expected);
}

// Divided at tabs; what stands in quotes from end to end, quotes in it doubled, loses them.
std::vector<std::string> literalFields(std::string_view line) {
    std::vector<std::string> fields;
    for (;;) {
        const auto end = line.find('\t');
        const std::string_view field = line.substr(0, end);
        QuotedRow quoted('\t');
        const bool isQuoted = field.starts_with('"') && quoted.add(field) == QuotedRow::State::Whole;
        fields.push_back(isQuoted ? std::move(quoted.fields().front()) : std::string(field));
        if (end == std::string_view::npos) return fields;
        line.remove_prefix(end + 1);
    }
}

bool endsInTheMiddle(std::string_view line) {
    const auto at = line.find('\r');
    return at != std::string_view::npos && at + 1 < line.size();
}

} // namespace

QuotedRow::QuotedRow(char separator) : m_separator(separator), m_ends(std::string(1, separator) + '\r') {}

QuotedRow::State QuotedRow::add(std::string_view line) {
    m_rest = line;
    if (m_isOpen)
        m_fields.back() += '\n';
    else
        beginField();
    for (;;) {
        if (!m_isOpen)
            readPlain();
        else if (!readQuoted())
            return State::Open;
        if (m_rest.empty() || m_rest == "\r") return State::Whole;
        if (m_rest.front() != m_separator) return State::Broken;
        m_rest.remove_prefix(1);
        beginField();
    }
}

void QuotedRow::beginField() {
    m_fields.emplace_back();
    m_goesOverLines = m_holdsSeparator = false;
    m_isOpen = m_rest.starts_with('"');
    if (m_isOpen) m_rest.remove_prefix(1);
}

bool QuotedRow::readQuoted() {
    for (;;) {
        const auto end = std::min(m_rest.find('"'), m_rest.size());
        const std::string_view piece = m_rest.substr(0, end);
        m_fields.back() += piece;
        m_holdsSeparator = m_holdsSeparator || piece.find(m_separator) != piece.npos;
        m_isOpen = end == m_rest.size();
        m_goesOverLines = m_goesOverLines || m_isOpen;
        m_isWide = m_isWide || (m_goesOverLines && m_holdsSeparator);
        if (m_isOpen) return false;
        m_rest.remove_prefix(end + 1);
        if (!m_rest.starts_with('"')) return true;
        m_fields.back() += '"';
        m_rest.remove_prefix(1);
    }
}

void QuotedRow::readPlain() {
    const auto end = std::min(m_rest.find_first_of(m_ends), m_rest.size());
    m_fields.back() += m_rest.substr(0, end);
    m_rest.remove_prefix(end);
}

std::string QuotedRow::problem() const {
    if (m_rest.starts_with('\r')) return "holds a carriage return, expected lines that end with LF or CRLF";
    return fmt::format("goes on behind a closing quote, expected a {} or the end of the line",
                       m_separator == '\t' ? "tab" : "comma");
}

SeparatedRows::SeparatedRows(const std::filesystem::path& file) : m_lines(file) {
    if (!nextLine(m_first)) throw Error("{}: is empty, expected a line with the names of its columns", m_lines.name());
    if (endsInTheMiddle(m_first.text))
        throw Error("{}: its lines end with a carriage return alone, expected LF or CRLF; convert it", m_lines.name());
    m_separator = separatorOf(m_first.text);
    readHead();
}

void SeparatedRows::readHead() {
    QuotedRow quoted(m_separator);
    std::vector<Line> more;
    const std::string problem = complete(quoted, more);
    if (problem.empty()) {
        m_head = std::move(quoted.fields());
        return;
    }
    if (m_separator != '\t') throw Error("{}, line 1: the head {}", m_lines.name(), problem);
    putBack(more);
    m_head = literalFields(m_first.text);
}

bool SeparatedRows::next(Row& row) {
    do
        if (!nextLine(m_first)) return false;
    while (m_first.text.empty());
    row = {.line = m_first.number, .fields = {}, .problem = {}};
    QuotedRow quoted(m_separator);
    std::vector<Line> more;
    row.problem = complete(quoted, more);
    const std::size_t found = quoted.fields().size();
    if (row.problem.empty() && found != m_head.size()) row.problem = oddWidth(found, m_head.size());
    if (row.problem.empty()) {
        row.fields = std::move(quoted.fields());
        noteLength(more.size() + 1);
        return true;
    }
    putBack(more);
    if (m_separator == '\t') takeLiterally(row);
    return true;
}

// What is wrong with it, "" where nothing is. `more`: lines behind the first one that were read for it.
std::string SeparatedRows::complete(QuotedRow& row, std::vector<Line>& more) {
    const auto isOddTab = [&] { return m_separator == '\t' && row.isWide(); };
    std::size_t bytes = m_first.text.size();
    auto state = row.add(m_first.text);
    while (state == QuotedRow::State::Open && !isOddTab()) {
        if (more.size() + 1 == kMostLines) return fmt::format("a quote does not end within {} lines", kMostLines);
        Line line;
        if (!nextLine(line)) return "a quote does not end before the end of the file";
        bytes += line.text.size() + 1;
        more.push_back(std::move(line));
        if (bytes > kMostBytes) return fmt::format("a quote does not end within {} MiB", kMostBytes >> 20);
        state = row.add(more.back().text);
    }
    if (isOddTab()) return "a quoted field goes over lines and holds a tab";
    return state == QuotedRow::State::Whole ? std::string() : row.problem();
}

void SeparatedRows::takeLiterally(Row& row) const {
    row.fields = literalFields(m_first.text);
    const std::size_t found = row.fields.size();
    row.problem = found == m_head.size() ? std::string() : oddWidth(found, m_head.size());
}

bool SeparatedRows::nextLine(Line& line) {
    if (m_waiting.empty()) {
        const bool isThere = m_lines.next(line.text);
        line.number = m_lines.number();
        return isThere;
    }
    line = std::move(m_waiting.front());
    m_waiting.pop_front();
    return true;
}

void SeparatedRows::putBack(std::vector<Line>& lines) {
    m_waiting.insert(m_waiting.begin(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
}

void SeparatedRows::noteLength(std::size_t lines) {
    if (lines <= kLongRow) return;
    ++m_longRows;
    if (lines <= m_longest) return;
    m_longest = lines;
    m_longestBegin = m_first.number;
}

std::vector<std::string> SeparatedRows::notes() const {
    if (m_longRows == 0) return {};
    return {fmt::format("{} rows go over more than {} lines each, the longest over {} from line {}: see that no stray "
                        "quote made them",
                        m_longRows, kLongRow, m_longest, m_longestBegin)};
}

} // namespace levi
