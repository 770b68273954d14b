// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/csv.h"
#include "core/spec/data/table_options.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace levi {

inline constexpr double kLargestNumber = 1e30; // of a column: sums and products of larger ones overflow

// A row of a table as its columns describe it.
struct TableRow {
    std::size_t line = 0;            // of the table, from 1
    std::size_t file = 0;            // what it points to, as the kind of data numbers it
    std::string id;                  // set by the kind of data
    std::string className;           // of classes
    double number = 0;               // of numbers
    std::string role;                // of its split column; "" without one
    std::string domain = "all";      // several columns: "place:0 y:1"
    std::vector<std::string> groups; // a value of each group column
    std::string user;
};

// The role of rows with this value in a split column, kUnusedRole where they have none. Nothing: a value nobody knows.
std::optional<std::string> roleOfSplit(const std::string& value, const TableOptions& options);

// Reads the columns that the options name.
class TableColumns {
public:
    TableColumns(const TableOptions& options, const CsvTable& table); // throws Error for a column that is not there

    // Of a row that is not used, nothing but that. Throws Error: what is wrong with it, without saying where.
    TableRow read(std::size_t row) const;

private:
    struct Named {
        std::string name;
        std::size_t place = 0;
    };
    Named named(const std::string& title) const;
    const std::string& at(std::size_t row, const Named& column) const;
    void readTarget(TableRow& made, std::size_t row) const;
    void readRole(TableRow& made, std::size_t row) const;
    std::string domainOf(std::size_t row) const;

    const TableOptions& m_options;
    const CsvTable& m_table;
    Named m_target;
    std::optional<Named> m_split, m_user;
    std::vector<Named> m_domain, m_groups;
};

// "image" names a column; "train/{image}.jpeg" is a text with columns in braces, {#} the row's number from 0.
class RowText {
public:
    RowText(const std::string& text, const CsvTable& table); // throws Error for a column that is not there

    std::string of(std::size_t row) const;

private:
    struct Piece {
        std::string text;                  // before the column
        std::optional<std::size_t> column; // absent: the row's number
    };
    const CsvTable& m_table;
    std::vector<Piece> m_pieces;
    std::string m_end;
};

} // namespace levi
