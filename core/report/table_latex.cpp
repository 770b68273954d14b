// SPDX-License-Identifier: Apache-2.0
#include "core/report/escape.h"
#include "core/report/table.h"
#include "core/report/table_check.h"

namespace levi {
namespace {

std::string latexCell(const Cell& cell) {
    std::string text = escapeLatex(cell.text);
    if (cell.tied) text = "\\underline{" + text + "}";
    if (cell.bold) text = "\\textbf{" + text + "}";
    return text;
}

std::string captionText(const Table& table) {
    std::string text = escapeLatex(table.caption);
    if (!text.empty() && !table.notes.empty() && text.back() != '.') text += '.';
    for (const std::string& note : table.notes)
        text += (text.empty() ? "" : " ") + escapeLatex(note);
    return text;
}

} // namespace

std::string toLatex(const Table& table) {
    checkTable(table);
    std::string text = "% needs \\usepackage{booktabs}\n\\begin{table}\n\\centering\n";
    if (const std::string caption = captionText(table); !caption.empty()) text += "\\caption{" + caption + "}\n";
    text += "\\begin{tabular}{";
    for (const Column& column : table.columns)
        text += column.align == Align::Right ? 'r' : 'l';
    text += "}\n\\toprule\n";
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        text += (i ? " & " : "") + escapeLatex(headText(table.columns[i]));
    text += " \\\\\n\\midrule\n";
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i ? " & " : "") + latexCell(row[i]);
        text += " \\\\\n";
    }
    return text + "\\bottomrule\n\\end{tabular}\n\\end{table}\n";
}

} // namespace levi
