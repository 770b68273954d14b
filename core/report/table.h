// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace levi {

enum class Align { Left, Right };

struct Column {
    std::string title;
    Align align = Align::Left;
    std::string unit;           // of the text, such as "%"; raw values are always plain (a share is 0 to 1)
    bool lowerIsBetter = false; // an arrow in the head
};

// What people read (text) beside what programs read (value, details).
struct Cell {
    std::string text;
    bool numeric = false;
    std::optional<double> value; // of a numeric cell; absent where undefined, never 0 instead
    std::vector<std::pair<std::string, std::optional<double>>> details; // "low", "high", "n": raw, for CSV and JSON
    bool bold = false;                                                  // the best of its column
    bool tied = false;                                                  // underlined: not told apart from the best
    bool muted = false;                                                 // there, but not the point
    bool sealed = false; // there, and hidden by the seal of a study; never with a value
};

struct Table {
    std::string caption;
    std::vector<std::string> notes; // what the numbers mean: sentences that belong to the caption
    std::vector<Column> columns;    // the first one names the rows
    std::vector<std::vector<Cell>> rows;
};

inline constexpr std::string_view kMissing = "–", kSealed = "sealed";

Cell textCell(std::string text);
Cell numberCell(std::string text, double value);
Cell integerCell(std::int64_t value);
Cell missingCell(); // numeric, an en dash
Cell sealedCell();  // numeric, "sealed"

// "ID test (%) ↓", not escaped.
std::string headText(const Column& column);

enum class TableFormat { Plain, Csv, Markdown, Latex, JsonObject, Html };
// By the name that people type: plain csv markdown latex json html (and md, tex, txt). Throws Error listing them.
TableFormat tableFormatNamed(std::string_view name);

// All writers escape every text and throw Error for a row whose number of cells is not that of the columns.
std::string writeTable(const Table& table, TableFormat format);

// Several, one after another with an empty line between; of JSON an array.
std::string writeTables(std::span<const Table> tables, TableFormat format);

// One record a line, raw values in full precision, an undefined one empty, a sealed one "sealed"; a detail gets a
// column of its own ("sketch low"). Captions and notes are left out, so that any program reads it.
std::string toCsv(const Table& table);
std::string toMarkdown(const Table& table);
// A table environment with booktabs rules: the preamble needs \usepackage{booktabs}.
std::string toLatex(const Table& table);
// {"caption", "notes", "columns": [..], "rows": [[{"text", "value", "low", ..}]]}: an undefined value is null, a sealed
// one too, with "sealed": true.
std::string toJson(const Table& table);
// A <table> without style: strong is best, u is tied; class names number and muted.
std::string toHtml(const Table& table);

struct PlainStyle {
    bool ansi = false; // bold, underlined and dim by escape sequences; otherwise best and tied carry a mark, * and =
};
// For terminals: columns aligned by the width that characters take there.
std::string toPlainText(const Table& table, const PlainStyle& style = {});

} // namespace levi
