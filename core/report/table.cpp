// SPDX-License-Identifier: Apache-2.0
#include "core/report/table.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/report/escape.h"
#include "core/report/table_check.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::optional<double> finite(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string rawField(const std::optional<double>& value) {
    const auto number = finite(value);
    return number ? fullPrecision(*number) : std::string();
}

OrderedJson orNull(const std::optional<double>& value) {
    const auto number = finite(value);
    return number ? OrderedJson(*number) : OrderedJson(nullptr);
}

// The details that any cell of the column has, in order of appearance.
std::vector<std::string> detailNames(const Table& table, std::size_t column) {
    std::vector<std::string> names;
    for (const auto& row : table.rows)
        for (const auto& [name, value] : row[column].details)
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
}

std::optional<double> detailOf(const Cell& cell, const std::string& name) {
    for (const auto& [key, value] : cell.details)
        if (key == name) return value;
    return std::nullopt;
}

OrderedJson cellJson(const Cell& cell) {
    OrderedJson json = {{"text", cleanLine(cell.text)}};
    if (cell.numeric) json["value"] = orNull(cell.value);
    for (const auto& [name, value] : cell.details)
        json[cleanLine(name)] = orNull(value);
    if (cell.sealed) json["sealed"] = true;
    if (cell.bold) json["best"] = true;
    if (cell.tied) json["tied"] = true;
    return json;
}

std::string markdownCell(const Cell& cell) {
    std::string text = escapeMarkdown(cell.text);
    if (text.find_first_not_of(' ') == std::string::npos) return text;
    if (cell.tied) text = "<ins>" + text + "</ins>";
    if (cell.bold) text = "**" + text + "**";
    return text;
}

std::string markdownRow(const std::vector<std::string>& cells) {
    std::string line = "|";
    for (const std::string& cell : cells)
        line += " " + cell + " |";
    return line + "\n";
}

} // namespace

void checkTable(const Table& table) {
    if (table.columns.empty()) throw Error("table '{}': no column", table.caption);
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        if (table.rows[row].size() != table.columns.size())
            throw Error("table '{}': row {} has {} cells, expected {}", table.caption, row, table.rows[row].size(),
                        table.columns.size());
}

Cell textCell(std::string text) {
    Cell cell;
    cell.text = std::move(text);
    return cell;
}

Cell numberCell(std::string text, double value) {
    Cell cell = textCell(std::move(text));
    cell.numeric = true;
    cell.value = value;
    return cell;
}

Cell integerCell(std::int64_t value) {
    return numberCell(std::to_string(value), static_cast<double>(value));
}

Cell sealedCell() {
    Cell cell = textCell(std::string(kSealed));
    cell.numeric = cell.sealed = true;
    return cell;
}

Cell missingCell() {
    Cell cell = textCell(std::string(kMissing));
    cell.numeric = true;
    return cell;
}

std::string headText(const Column& column) {
    std::string text = column.title;
    if (!column.unit.empty()) text += " (" + column.unit + ")";
    return column.lowerIsBetter ? text + " ↓" : text;
}

TableFormat tableFormatNamed(std::string_view name) {
    static constexpr std::pair<std::string_view, TableFormat> kNames[] = {
        {"plain", TableFormat::Plain}, {"text", TableFormat::Plain},        {"txt", TableFormat::Plain},
        {"csv", TableFormat::Csv},     {"markdown", TableFormat::Markdown}, {"md", TableFormat::Markdown},
        {"latex", TableFormat::Latex}, {"tex", TableFormat::Latex},         {"json", TableFormat::JsonObject},
        {"html", TableFormat::Html}};
    for (const auto& [known, format] : kNames)
        if (known == name) return format;
    throw Error("table format '{}': expected plain, csv, markdown, latex, json or html", name);
}

std::string writeTable(const Table& table, TableFormat format) {
    switch (format) {
    case TableFormat::Plain:
        return toPlainText(table);
    case TableFormat::Csv:
        return toCsv(table);
    case TableFormat::Markdown:
        return toMarkdown(table);
    case TableFormat::Latex:
        return toLatex(table);
    case TableFormat::JsonObject:
        return toJson(table);
    case TableFormat::Html:
        return toHtml(table);
    }
    throw Error("table format {}: unknown", static_cast<int>(format));
}

std::string writeTables(std::span<const Table> tables, TableFormat format) {
    const bool isJson = format == TableFormat::JsonObject;
    std::string text;
    for (const Table& table : tables) {
        if (!text.empty()) text += isJson ? "," : format == TableFormat::Csv ? "\r\n" : "\n";
        text += writeTable(table, format);
    }
    return isJson ? "[" + text + "]\n" : text;
}

std::string toCsv(const Table& table) {
    checkTable(table);
    std::vector<std::vector<std::string>> details;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
        details.push_back(detailNames(table, column));
    std::string text;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        text += (column ? "," : "") + csvField(table.columns[column].title);
        for (const auto& name : details[column])
            text += "," + csvField(table.columns[column].title + " " + name);
    }
    text += "\r\n";
    for (const auto& row : table.rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            const Cell& cell = row[column];
            const bool isNumber = cell.numeric && !cell.sealed;
            text += (column ? "," : "") + (isNumber ? rawField(cell.value) : csvField(cell.text));
            for (const auto& name : details[column])
                text += "," + rawField(detailOf(cell, name));
        }
        text += "\r\n";
    }
    return text;
}

std::string toMarkdown(const Table& table) {
    checkTable(table);
    std::string text = table.caption.empty() ? std::string() : "**" + escapeMarkdown(table.caption) + "**\n\n";
    std::vector<std::string> heads, rule;
    for (const Column& column : table.columns) {
        heads.push_back(escapeMarkdown(headText(column)));
        rule.emplace_back(column.align == Align::Right ? "---:" : ":---");
    }
    text += markdownRow(heads) + markdownRow(rule);
    for (const auto& row : table.rows) {
        std::vector<std::string> cells;
        for (const Cell& cell : row)
            cells.push_back(markdownCell(cell));
        text += markdownRow(cells);
    }
    for (const std::string& note : table.notes)
        text += "\n" + escapeMarkdown(note) + "\n";
    return text;
}

std::string toJson(const Table& table) {
    checkTable(table);
    OrderedJson json = {{"caption", cleanLine(table.caption)},
                        {"notes", OrderedJson::array()},
                        {"columns", OrderedJson::array()},
                        {"rows", OrderedJson::array()}};
    for (const std::string& note : table.notes)
        json["notes"].push_back(cleanLine(note));
    for (const Column& column : table.columns)
        json["columns"].push_back({{"title", cleanLine(column.title)},
                                   {"unit", cleanLine(column.unit)},
                                   {"lower_is_better", column.lowerIsBetter}});
    for (const auto& row : table.rows) {
        OrderedJson cells = OrderedJson::array();
        for (const Cell& cell : row)
            cells.push_back(cellJson(cell));
        json["rows"].push_back(std::move(cells));
    }
    return json.dump(2) + "\n";
}

} // namespace levi
