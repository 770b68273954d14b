// SPDX-License-Identifier: Apache-2.0
#include "core/report/escape.h"
#include "core/report/table.h"
#include "core/report/table_check.h"

namespace levi {
namespace {

std::string classAttribute(bool number, bool muted) {
    if (!number && !muted) return {};
    return std::string(" class=\"") + (number ? "number" : "") + (number && muted ? " " : "") + (muted ? "muted" : "") +
           "\"";
}

std::string cellHtml(const Cell& cell, const Column& column, bool namesRow) {
    std::string text = escapeHtml(cell.text);
    if (cell.tied) text = "<u>" + text + "</u>";
    if (cell.bold) text = "<strong>" + text + "</strong>";
    const std::string attributes = classAttribute(column.align == Align::Right, cell.muted);
    if (namesRow) return "<th scope=\"row\"" + attributes + ">" + text + "</th>";
    return "<td" + attributes + ">" + text + "</td>";
}

std::string captionHtml(const Table& table) {
    if (table.caption.empty() && table.notes.empty()) return {};
    std::string text = "<caption>" + escapeHtml(table.caption);
    for (const std::string& note : table.notes)
        text += " <small>" + escapeHtml(note) + "</small>";
    return text + "</caption>\n";
}

} // namespace

std::string toHtml(const Table& table) {
    checkTable(table);
    std::string text = "<table>\n" + captionHtml(table) + "<thead>\n<tr>";
    for (const Column& column : table.columns)
        text += "<th scope=\"col\"" + classAttribute(column.align == Align::Right, false) + ">" +
                escapeHtml(headText(column)) + "</th>";
    text += "</tr>\n</thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
        text += "<tr>";
        for (std::size_t i = 0; i < row.size(); ++i)
            text += cellHtml(row[i], table.columns[i], i == 0);
        text += "</tr>\n";
    }
    return text + "</tbody>\n</table>\n";
}

} // namespace levi
