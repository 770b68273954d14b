// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace levi {

// Said of a line or a field: names that differ in such a byte alone look alike.
inline constexpr const char* kNullByte = "holds a null byte, expected text; is the file damaged?";

// Takes the byte order mark off the first line of the file `name`. Throws Error where it is that of UTF-16.
void takeByteOrderMark(std::string& line, const std::string& name);

// Cuts a text that comes in pieces into lines as TextLines reads them: without their ends, a byte order mark passed
// over. Holds no more than a line, which may have 16 MiB.
class LineCutter {
public:
    using Visit = std::function<void(std::string line, std::size_t number)>; // from 1

    LineCutter(std::string name, Visit visit) : m_name(std::move(name)), m_visit(std::move(visit)) {}

    void add(std::string_view piece); // throws Error naming the text where a line is too long
    void end();                       // of the text: its last line need not end

private:
    void keep(std::string_view part);
    void tell();

    std::string m_name;
    Visit m_visit;
    std::string m_line;
    std::size_t m_number = 0;
};

} // namespace levi
