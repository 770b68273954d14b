// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/text_rows.h"

#include "core/engine/data/field_print.h"

#include <algorithm>

namespace levi {
namespace {

// A row without a text is known by its fields and by its target: columns of few values are alike by chance.
std::string contentOf(const SampleText& text, const SampleFields& fields, const std::string& target) {
    Fingerprinter print;
    print.add("text").add(text.first);
    if (text.second) print.add(*text.second);
    if (text.first.empty()) {
        addFields(print, fields);
        print.add(target);
    }
    return print.hex();
}

template<typename T>
std::vector<T> partOf(const std::vector<T>& values, std::size_t record, std::size_t width) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(record * width);
    return {begin, begin + static_cast<std::ptrdiff_t>(width)};
}

} // namespace

TextRows::TextRows(FieldNames names) : m_names(std::move(names)), m_pools(m_names.categories.size()) {}

std::size_t TextRows::add(const SampleText& text, const SampleFields& fields, const std::string& target) {
    Content content{};
    std::ranges::copy(contentOf(text, fields, target), content.begin());
    m_contents.push_back(content);
    m_places.push_back(m_texts.add(text));
    m_numbers.insert(m_numbers.end(), fields.numbers.begin(), fields.numbers.end());
    m_flags.insert(m_flags.end(), fields.flags.begin(), fields.flags.end());
    for (std::size_t i = 0; i < m_pools.size(); ++i) {
        Categories& pool = m_pools[i];
        const auto next = static_cast<std::int32_t>(pool.names.size());
        const auto [place, isNew] = pool.places.emplace(fields.categories[i], next);
        if (isNew) pool.names.push_back(fields.categories[i]);
        m_categories.push_back(place->second);
    }
    return m_places.size() - 1;
}

void TextRows::finish(const std::vector<TableRow>& rows) {
    m_texts.close();
    for (Categories& pool : m_pools)
        pool.places = {};
    m_records.clear();
    for (const TableRow& row : rows)
        m_records.push_back(row.file);
}

SampleText TextRows::text(std::int64_t row) const {
    return m_texts.read(m_places[recordOf(row)]);
}

SampleFields TextRows::fields(std::int64_t row) const {
    const std::size_t record = recordOf(row);
    SampleFields fields{.numbers = partOf(m_numbers, record, m_names.numbers.size()),
                        .categories = {},
                        .flags = partOf(m_flags, record, m_names.flags.size())};
    for (std::size_t i = 0; i < m_pools.size(); ++i)
        fields.categories.push_back(
            m_pools[i].names[static_cast<std::size_t>(m_categories[record * m_pools.size() + i])]);
    return fields;
}

std::string TextRows::content(std::int64_t row) const {
    const Content& content = m_contents[recordOf(row)];
    return {content.begin(), content.end()};
}

} // namespace levi
