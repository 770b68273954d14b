// SPDX-License-Identifier: Apache-2.0
#include "app/table_output.h"

#include "app/checked_by.h"
#include "core/base/files.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace levi {

TableFormat TableOutput::tableFormat() const {
    if (json) return TableFormat::JsonObject;
    if (!format.empty()) return tableFormatNamed(format);
    return tableFormatNamed(file.has_extension() ? file.extension().string().substr(1) : "plain");
}

void addTableOutput(CLI::App& verb, TableOutput& output) {
    auto* format = verb.add_option("--format", output.format, "plain, csv, markdown, latex, json or html");
    format->check(checkedBy(tableFormatNamed));
    verb.add_option("--out", output.file, "Write into this file; its ending says the format");
    verb.add_flag("--json", output.json, "The same as --format json")->excludes(format);
}

std::string tablesText(const std::vector<Table>& tables, const TableOutput& output) {
    const TableFormat format = output.tableFormat();
    const bool ansi = format == TableFormat::Plain && output.file.empty() && ::isatty(STDOUT_FILENO) == 1;
    std::string text;
    for (const Table& table : tables) {
        if (!text.empty()) text += format == TableFormat::Csv ? "\r\n" : "\n";
        text += ansi ? toPlainText(table, {.ansi = true}) : writeTable(table, format);
    }
    return text;
}

void give(const std::string& text, const TableOutput& output) {
    if (output.file.empty())
        fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
    else
        writeFileAtomically(output.file, text);
}

} // namespace levi
