// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/text_layout.h"

#include "core/base/beginning.h"
#include "core/base/error.h"
#include "core/base/read_number.h"
#include "core/engine/data/table_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace levi {
namespace {

constexpr std::size_t kToldBytes = 60; // of a value

// NaN: nothing is said.
double numberOf(const std::string& text, const std::string& column) {
    if (text.find_first_not_of(' ') == text.npos) return std::numeric_limits<double>::quiet_NaN();
    const auto value = readNumber(text);
    if (!value) throw Error("'{}' is '{}', expected a number", column, beginningOf(text, kToldBytes));
    if (std::abs(*value) > kLargestNumber)
        throw Error("'{}' is '{}', expected a number from {:g} to {:g}; choose another unit", column,
                    beginningOf(text, kToldBytes), -kLargestNumber, kLargestNumber);
    return *value;
}

} // namespace

std::size_t ColumnList::place(const std::string& column) {
    const auto found = std::ranges::find(m_names, column);
    const auto at = static_cast<std::size_t>(found - m_names.begin());
    if (found == m_names.end()) m_names.push_back(column);
    return at;
}

TextTemplate::TextTemplate(const std::string& text, const char* field, ColumnList& columns) {
    if (text.find('{') == text.npos) {
        m_pieces.push_back({.text = {}, .place = columns.place(text)});
        return;
    }
    std::size_t begin = 0;
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', begin)) {
        const auto close = text.find('}', open);
        if (close == text.npos) throw Error("{}: a brace in '{}' does not close", field, text);
        const std::string column = text.substr(open + 1, close - open - 1);
        m_pieces.push_back({.text = text.substr(begin, open - begin), .place = columns.place(column)});
        begin = close + 1;
    }
    m_end = text.substr(begin);
}

std::string TextTemplate::of(const std::vector<std::string>& values) const {
    std::string made;
    for (const Piece& piece : m_pieces)
        made += piece.text + values[piece.place];
    return made + m_end;
}

bool TextTemplate::isBlank(const std::vector<std::string>& values) const {
    return std::ranges::all_of(m_pieces, [&values](const Piece& piece) {
        return values[piece.place].find_first_not_of(" \t\r\n") == std::string::npos;
    });
}

LayoutReader::LayoutReader(const TextLayout& layout, ColumnList& columns) {
    if (!layout.text.empty()) m_text.emplace(layout.text, "data.text", columns);
    if (!layout.pair.empty()) m_pair.emplace(layout.pair, "data.text_pair", columns);
    for (const NamedColumn& column : layout.numeric)
        m_numeric.push_back({column, columns.place(column.column)});
    for (const NamedColumn& column : layout.categorical)
        m_categorical.push_back({column, columns.place(column.column)});
}

FieldNames LayoutReader::names() const {
    FieldNames names;
    for (const Field& field : m_numeric)
        names.numbers.push_back(field.of.name);
    for (const Field& field : m_categorical)
        names.categories.push_back(field.of.name);
    return names;
}

bool LayoutReader::hasText(const std::vector<std::string>& values) const {
    return !m_text || !m_text->isBlank(values);
}

SampleText LayoutReader::text(const std::vector<std::string>& values) const {
    SampleText text;
    if (m_text) text.first = m_text->of(values);
    if (m_pair) text.second = m_pair->of(values);
    return text;
}

SampleFields LayoutReader::fields(const std::vector<std::string>& values) const {
    SampleFields fields;
    for (const Field& field : m_numeric)
        fields.numbers.push_back(numberOf(values[field.place], field.of.column));
    for (const Field& field : m_categorical)
        fields.categories.push_back(values[field.place]);
    return fields;
}

} // namespace levi
