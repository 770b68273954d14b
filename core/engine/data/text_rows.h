// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/table_rows.h"
#include "core/engine/data/text_store.h"

#include <array>
#include <unordered_map>
#include <vector>

namespace levi {

// The texts and fields of a table's records. Memory: 48 bytes a record, 8 a number, 4 a category, 1 a flag, each
// category's names once, and what TextStore says. Filled by one thread, then immutable.
class TextRows final : public SampleSource {
public:
    explicit TextRows(FieldNames names);

    // Returns which record it is. target: as text; it tells rows without a text apart.
    std::size_t add(const SampleText& text, const SampleFields& fields, const std::string& target = {});
    void finish(const std::vector<TableRow>& rows); // row i of the table is record rows[i].file

    SampleText text(std::int64_t row) const override;
    SampleFields fields(std::int64_t row) const override;
    bool holdsPictures() const override { return false; }
    FieldNames fieldNames() const override { return m_names; }
    std::string content(std::int64_t row) const override;

private:
    using Content = std::array<char, 32>;

    struct Categories { // of one field
        std::vector<std::string> names;
        std::unordered_map<std::string, std::int32_t> places;
    };

    std::size_t recordOf(std::int64_t row) const { return m_records[static_cast<std::size_t>(row)]; }

    FieldNames m_names;
    TextStore m_texts;
    std::vector<TextStore::Place> m_places; // of each record, as the others
    std::vector<Content> m_contents;
    std::vector<double> m_numbers;
    std::vector<std::int32_t> m_categories;
    std::vector<std::uint8_t> m_flags;
    std::vector<Categories> m_pools;
    std::vector<std::size_t> m_records; // of each row
};

} // namespace levi
