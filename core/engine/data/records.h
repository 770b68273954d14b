// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace levi {

// A row of a file: the values of the columns that were asked for, in their order; "" where it has none.
struct Record {
    std::size_t line = 0; // from 1, where it begins
    std::vector<std::string> values;
    std::string problem; // why it is no row; then its values mean nothing
};

// The rows of a file, one after the other: CSV or TSV with a head (see SeparatedRows), or JSON lines (what begins with
// '{'); each also as .gz. Holds no more than a row, and the lines that are read again behind a bad one.
class Records {
public:
    virtual ~Records() = default;

    // False at the end. Throws Error where the file cannot be read on; what is wrong with one row is told there.
    virtual bool next(Record& record) = 0;
    virtual double share() const = 0; // of the file that has been read

    // Once all were read: columns that no row had, and those that there are; JSON lines name theirs row by row.
    virtual std::vector<std::string> missing() const { return {}; }
    virtual std::vector<std::string> found() const { return {}; }

    virtual std::vector<std::string> notes() const { return {}; } // what is odd, once all were read
};

// Throws Error where it cannot be opened, or a head lacks one of the columns.
std::unique_ptr<Records> openRecords(const std::filesystem::path& file, std::vector<std::string> columns);

} // namespace levi
