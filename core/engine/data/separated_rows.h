// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/text_lines.h"

#include <cstddef>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// One row of separated values, line by line (RFC 4180: quotes around a field, doubled inside it; such a field may hold
// separators and line ends).
class QuotedRow {
public:
    enum class State { Whole, Open, Broken }; // Open: a quoted field goes on in the next line

    explicit QuotedRow(char separator);

    State add(std::string_view line); // without its end; after Broken no more
    std::vector<std::string>& fields() { return m_fields; }
    std::string problem() const;             // where it is broken
    bool isWide() const { return m_isWide; } // a field that goes over lines holds a separator

private:
    void beginField();
    bool readQuoted(); // false: it goes on in the next line
    void readPlain();

    char m_separator;
    std::string m_ends; // of a field without quotes
    std::string_view m_rest;
    std::vector<std::string> m_fields;
    bool m_isOpen = false, m_isWide = false;
    bool m_goesOverLines = false, m_holdsSeparator = false; // the last field
};

// The rows of a CSV or TSV file with a head; empty lines are no rows. In CSV quotes are as above. In TSV they are
// characters like any other (published sets never quote), unless taking them as above makes a row with as many fields
// as the head has, none of which holds a tab and goes over lines. What is no row costs the line that it begins on
// alone: lines behind it are read again, so that no stray quote hides them. A row has at most 10,000 lines and 16 MiB,
// and not much more is held.
class SeparatedRows {
public:
    struct Row {
        std::size_t line = 0; // from 1, where it begins
        std::vector<std::string> fields;
        std::string problem; // why it is no row; then its fields mean nothing
    };

    explicit SeparatedRows(const std::filesystem::path& file); // throws Error naming it where it has no head

    const std::vector<std::string>& head() const { return m_head; }
    bool next(Row& row); // false at the end; throws Error where the file cannot be read on
    double share() const { return m_lines.share(); }
    std::vector<std::string> notes() const; // of rows so long that a stray quote may have made them

private:
    struct Line {
        std::size_t number = 0;
        std::string text;
    };

    bool nextLine(Line& line);
    void putBack(std::vector<Line>& lines);
    std::string complete(QuotedRow& row, std::vector<Line>& more);
    void readHead();
    void takeLiterally(Row& row) const;
    void noteLength(std::size_t lines);

    TextLines m_lines;
    std::deque<Line> m_waiting; // to be read again
    Line m_first;               // of the row
    char m_separator = ',';
    std::vector<std::string> m_head;
    std::size_t m_longRows = 0, m_longest = 0, m_longestBegin = 0; // m_longest: lines
};

} // namespace levi
