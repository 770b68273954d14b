// SPDX-License-Identifier: Apache-2.0
#include "core/report/escape.h"
#include "core/report/table.h"
#include "core/report/table_check.h"

#include <algorithm>

namespace levi {
namespace {

struct Layout {
    std::vector<std::size_t> widths;
    std::vector<bool> marked; // the column keeps a place for the mark of a best or tied cell
};

// Trailing blanks are dropped: a terminal that is copied from should give clean lines.
std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string padded(const std::string& text, std::size_t width, Align align) {
    const std::size_t own = displayWidth(text);
    const std::string blanks(width > own ? width - own : 0, ' ');
    return align == Align::Right ? blanks + text : text + blanks;
}

std::string markedText(const Cell& cell, bool marked) {
    const std::string text = cleanLine(cell.text);
    if (!marked) return text;
    return text + (cell.bold ? "*" : cell.tied ? "=" : " ");
}

std::string styled(const std::string& text, const Cell& cell) {
    const char* code = cell.bold ? "\x1b[1m" : cell.tied ? "\x1b[4m" : cell.muted ? "\x1b[2m" : nullptr;
    return code ? code + text + "\x1b[0m" : text;
}

Layout layoutOf(const Table& table, const PlainStyle& style) {
    Layout layout;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        bool marked = false;
        for (const auto& row : table.rows)
            marked = marked || row[column].bold || row[column].tied;
        marked = marked && !style.ansi;
        std::size_t width = displayWidth(cleanLine(headText(table.columns[column]))) + marked;
        for (const auto& row : table.rows)
            width = std::max(width, displayWidth(markedText(row[column], marked)));
        layout.widths.push_back(width);
        layout.marked.push_back(marked);
    }
    return layout;
}

std::string headLine(const Table& table, const Layout& layout) {
    std::string line;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string text = cleanLine(headText(table.columns[i])) + (layout.marked[i] ? " " : "");
        line += (i ? "  " : "") + padded(text, layout.widths[i], table.columns[i].align);
    }
    return trimmed(line);
}

std::string ruleLine(const Layout& layout) {
    std::size_t total = 2 * (layout.widths.size() - 1);
    for (const std::size_t width : layout.widths)
        total += width;
    std::string line;
    for (std::size_t i = 0; i < total; ++i)
        line += "─";
    return line + "\n";
}

// The style wraps the text alone, so that an underline does not run through the padding.
std::string cellText(const Cell& cell, const Column& column, std::size_t width) {
    const std::string text = cleanLine(cell.text);
    std::string line = padded(text, width, column.align);
    const std::size_t at = column.align == Align::Right ? line.size() - text.size() : 0;
    return line.replace(at, text.size(), styled(text, cell));
}

} // namespace

std::string toPlainText(const Table& table, const PlainStyle& style) {
    checkTable(table);
    const Layout layout = layoutOf(table, style);
    std::string text = table.caption.empty() ? std::string() : cleanLine(table.caption) + "\n";
    text += headLine(table, layout) + ruleLine(layout);
    for (const auto& row : table.rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += (i ? "  " : "") + (style.ansi ? cellText(row[i], table.columns[i], layout.widths[i])
                                                  : padded(markedText(row[i], layout.marked[i]), layout.widths[i],
                                                           table.columns[i].align));
        text += trimmed(line);
    }
    if (std::find(layout.marked.begin(), layout.marked.end(), true) != layout.marked.end())
        text += "* best   = not told apart from the best\n";
    for (const std::string& note : table.notes)
        text += cleanLine(note) + "\n";
    return text;
}

} // namespace levi
