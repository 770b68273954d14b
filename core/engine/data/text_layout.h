// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/sample_source.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// Columns that are asked for, each once.
class ColumnList {
public:
    std::size_t place(const std::string& column);
    const std::vector<std::string>& names() const { return m_names; }

private:
    std::vector<std::string> m_names;
};

// "body" names a column; "{title}. {body}" is a text with columns in braces.
class TextTemplate {
public:
    // `field`: of the spec, which errors name.
    TextTemplate(const std::string& text, const char* field, ColumnList& columns);

    std::string of(const std::vector<std::string>& values) const;
    bool isBlank(const std::vector<std::string>& values) const; // none of its columns says anything

private:
    struct Piece {
        std::string text; // before the column
        std::size_t place;
    };
    std::vector<Piece> m_pieces;
    std::string m_end;
};

// What of a record is its text, and what its fields.
struct NamedColumn {
    std::string name, column;
};
struct TextLayout {
    std::string text, pair; // see TextTemplate; "": none
    std::vector<NamedColumn> numeric, categorical;
};

// Reads records so.
class LayoutReader {
public:
    LayoutReader(const TextLayout& layout, ColumnList& columns); // throws Error naming the field

    FieldNames names() const;
    bool hasText(const std::vector<std::string>& values) const; // where the layout has texts
    SampleText text(const std::vector<std::string>& values) const;
    SampleFields fields(const std::vector<std::string>& values) const; // throws Error

private:
    struct Field {
        NamedColumn of;
        std::size_t place;
    };
    std::optional<TextTemplate> m_text, m_pair;
    std::vector<Field> m_numeric, m_categorical;
};

} // namespace levi
