// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/table.h"
#include "core/spec/field_table.h"

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace levi {

// How a verb gives out its tables: on the terminal or into a file, in one of the formats.
struct TableOutput {
    std::string format; // "": by the file's ending, else plain
    std::filesystem::path file;
    bool json = false;

    TableFormat tableFormat() const; // throws Error for one that is none
};
void addTableOutput(CLI::App& verb, TableOutput& output); // --format --out --json

// One after the other; not for JSON, whose shape is the verb's own.
std::string tablesText(const std::vector<Table>& tables, const TableOutput& output);

void give(const std::string& text, const TableOutput& output); // to stdout, or into the file

} // namespace levi
