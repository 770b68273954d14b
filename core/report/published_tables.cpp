// SPDX-License-Identifier: Apache-2.0
#include "core/report/published_tables.h"

#include "core/base/error.h"

#include <algorithm>
#include <filesystem>

namespace levi {
namespace {

constexpr std::string_view kBegin = "<!-- levi table ", kEnd = "<!-- levi end -->", kClose = "-->";

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string> linesOf(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// Words by blanks; a part in double quotes keeps its blanks.
std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool inQuotes = false;
    for (const char c : text) {
        if (c == '"') inQuotes = !inQuotes;
        if (c == '"') continue;
        if (c != ' ' || inQuotes) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

bool isTableLine(const std::string& line) {
    return trimmed(line).starts_with('|');
}

// A row's cells: at bars that no backslash escapes.
std::vector<std::string> cellsOf(const std::string& line) {
    std::vector<std::string> cells;
    std::string cell;
    const std::string_view text = trimmed(line).substr(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            cell.append(text, i++, 2);
        } else if (text[i] == '|') {
            cells.emplace_back(trimmed(cell));
            cell.clear();
        } else {
            cell += text[i];
        }
    }
    return cells;
}

bool isRule(const std::vector<std::string>& cells) {
    return std::ranges::all_of(cells, [](const std::string& cell) {
        return cell.find('-') != std::string::npos && cell.find_first_not_of(":-") == std::string::npos;
    });
}

struct Row {
    int line = 0; // from 1
    bool isHead = false;
    std::vector<std::string> cells;
};

// All rows of all tables, without the rules below the heads.
std::vector<Row> rowsOf(const std::vector<std::string>& lines, std::size_t begin, std::size_t end) {
    std::vector<Row> rows;
    for (std::size_t i = begin; i < end; ++i) {
        if (!isTableLine(lines[i])) continue;
        Row row{.line = static_cast<int>(i) + 1,
                .isHead = i == begin || !isTableLine(lines[i - 1]),
                .cells = cellsOf(lines[i])};
        if (!isRule(row.cells)) rows.push_back(std::move(row));
    }
    return rows;
}

// What is no row of a table, without blank lines.
std::vector<Row> wordsAround(const std::vector<std::string>& lines, std::size_t begin, std::size_t end) {
    std::vector<Row> words;
    for (std::size_t i = begin; i < end; ++i)
        if (!isTableLine(lines[i]) && !trimmed(lines[i]).empty())
            words.push_back({.line = static_cast<int>(i) + 1, .cells = {std::string(trimmed(lines[i]))}});
    return words;
}

class PageReader {
public:
    PageReader(std::string_view text, const std::string& name) { m_page = {name, linesOf(text), {}, {}}; }

    Page read() {
        bool inCode = false;
        for (std::size_t i = 0; i < m_page.lines.size(); ++i) {
            const auto line = trimmed(m_page.lines[i]);
            if (line.starts_with("```")) inCode = !inCode;
            if (inCode) continue;
            if (line.starts_with(kBegin))
                i = readTable(i);
            else if (line == kEnd)
                fail(i, "ends a table that no comment begins");
            else if (isTableLine(m_page.lines[i]) && (i == 0 || !isTableLine(m_page.lines[i - 1])))
                m_page.unmarked.push_back(static_cast<int>(i) + 1);
        }
        return std::move(m_page);
    }

private:
    [[noreturn]] void fail(std::size_t line, const std::string& what) const {
        throw Error("{}:{}: {}", m_page.name, line + 1, what);
    }

    // The line of the closing comment.
    std::size_t readTable(std::size_t at) {
        std::string_view words = trimmed(m_page.lines[at]);
        if (!words.ends_with(kClose)) fail(at, "a comment 'levi table' ends on its own line, with -->");
        words.remove_prefix(kBegin.size());
        words.remove_suffix(std::min(kClose.size(), words.size()));
        PublishedTable table{.line = static_cast<int>(at) + 1, .bundles = {}, .options = {}, .begin = at + 1};
        for (const std::string& word : wordsOf(words)) {
            if (word.starts_with("bundle="))
                table.bundles.push_back(word.substr(7));
            else
                table.options.push_back("--" + word);
        }
        if (table.bundles.empty()) fail(at, "the comment 'levi table' names no bundle=FOLDER");
        for (const std::string& bundle : table.bundles)
            requireInside(at, bundle);
        for (std::size_t i = at + 1; i < m_page.lines.size(); ++i) {
            const auto line = trimmed(m_page.lines[i]);
            if (line.starts_with(kBegin)) break;
            if (line != kEnd) continue;
            table.end = i;
            m_page.tables.push_back(std::move(table));
            return i;
        }
        fail(at, "the comment 'levi table' has no 'levi end' after it");
    }

    void requireInside(std::size_t at, const std::string& bundle) const {
        const std::filesystem::path path(bundle);
        if (bundle.empty() || path.is_absolute() || std::ranges::find(path, "..") != path.end())
            fail(at, "bundle=" + bundle + ": expected a folder below the page's own");
    }

    Page m_page;
};

class Comparison {
public:
    Comparison(const Page& page, const PublishedTable& table, std::string_view madeAgain)
        : m_page(page), m_table(table), m_again(linesOf(madeAgain)) {}

    PageCheck run() {
        const auto found = rowsOf(m_page.lines, m_table.begin, m_table.end);
        const auto wanted = rowsOf(m_again, 0, m_again.size());
        if (found.size() != wanted.size())
            say(m_table.line, fmt::format("the page has {} rows, the bundle gives {}", found.size(), wanted.size()));
        for (std::size_t i = 0; i < std::min(found.size(), wanted.size()); ++i)
            compareRows(found[i], wanted[i]);
        compareWords();
        return std::move(m_check);
    }

private:
    void say(int line, const std::string& what) {
        m_check.differences.push_back(fmt::format("{}:{}: {}", m_page.name, line, what));
    }

    void compareWords() {
        const auto found = wordsAround(m_page.lines, m_table.begin, m_table.end);
        const auto wanted = wordsAround(m_again, 0, m_again.size());
        if (found.size() != wanted.size())
            say(m_table.line,
                fmt::format("the page has {} captions and notes, the bundle gives {}", found.size(), wanted.size()));
        for (std::size_t i = 0; i < std::min(found.size(), wanted.size()); ++i)
            if (found[i].cells != wanted[i].cells)
                say(found[i].line, fmt::format("the page has '{}', the bundle gives '{}'", found[i].cells.front(),
                                               wanted[i].cells.front()));
    }

    void compareRows(const Row& found, const Row& wanted) {
        if (wanted.isHead) m_heads = wanted.cells;
        if (found.cells.size() != wanted.cells.size())
            say(found.line,
                fmt::format("the page has {} cells, the bundle gives {}", found.cells.size(), wanted.cells.size()));
        for (std::size_t i = 0; i < std::min(found.cells.size(), wanted.cells.size()); ++i) {
            ++m_check.cells;
            if (found.cells[i] == wanted.cells[i]) continue;
            const std::string column = i < m_heads.size() ? m_heads[i] : std::to_string(i + 1);
            say(found.line, fmt::format("row '{}', column '{}': the page has '{}', the bundle gives '{}'",
                                        found.cells.front(), column, found.cells[i], wanted.cells[i]));
        }
    }

    const Page& m_page;
    const PublishedTable& m_table;
    std::vector<std::string> m_again, m_heads;
    PageCheck m_check;
};

} // namespace

Page readPage(std::string_view text, const std::string& name) {
    return PageReader(text, name).read();
}

PageCheck checkPublished(const Page& page, const PublishedTable& table, std::string_view madeAgain) {
    return Comparison(page, table, madeAgain).run();
}

std::string withTables(const Page& page, const std::vector<std::string>& madeAgain) {
    if (madeAgain.size() != page.tables.size())
        throw Error("{}: {} tables made again for {}", page.name, madeAgain.size(), page.tables.size());
    std::string text;
    std::size_t next = 0;
    for (std::size_t i = 0; i < page.tables.size(); ++i) {
        for (; next < page.tables[i].begin; ++next)
            text += page.lines[next] + "\n";
        text += madeAgain[i] + (madeAgain[i].ends_with('\n') ? "" : "\n");
        next = page.tables[i].end;
    }
    for (; next < page.lines.size(); ++next)
        text += page.lines[next] + "\n";
    return text;
}

} // namespace levi
