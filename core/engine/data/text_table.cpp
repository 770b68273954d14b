// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/engine/data/bad_rows.h"
#include "core/engine/data/records.h"
#include "core/engine/data/table_roles.h"
#include "core/engine/data/text_files.h"
#include "core/engine/data/text_rows.h"
#include "core/spec/kinds.h"

#include <cmath>
#include <unordered_set>

#include <fmt/ranges.h>

namespace levi {
namespace {

std::vector<NamedColumn> asNamed(const std::vector<std::string>& columns) {
    std::vector<NamedColumn> named;
    for (const std::string& column : columns)
        named.push_back({.name = column, .column = column});
    return named;
}

// The columns that say what a row is, beside its text and fields.
void addTableColumns(const TextTableOptions& data, ColumnList& columns) {
    for (const std::string* column : {&data.targetColumn, &data.split, &data.user, &data.rowId})
        if (!column->empty()) columns.place(*column);
    for (const auto* list : {&data.domainColumns, &data.groups})
        for (const std::string& column : *list)
            columns.place(column);
}

class TextTableReader {
public:
    TextTableReader(const TextTableOptions& data, LoadedRows& loaded)
        : m_data(data),
          m_layout(layoutOf(data), m_columns),
          m_loaded(loaded),
          m_bad(loaded, data.table.string()),
          m_source(std::make_shared<TextRows>(m_layout.names())) {
        addTableColumns(data, m_columns);
    }

    void read(const LoadOptions& options) {
        const auto records = openRecords(m_data.table, m_columns.names());
        CsvTable row(m_columns.names(), m_data.table.string());
        const TableColumns table(m_data, row);
        RecordProgress progress(options, 0, 1);
        bool isAnyRow = false;
        for (Record record; records->next(record); progress.at(records->share()))
            try {
                if (!record.problem.empty()) throw Error("{}", record.problem);
                isAnyRow = true;
                row.setOnlyRow(record.values, record.line);
                add(table.read(0), record.values);
            } catch (const Error& error) {
                m_bad.add(record.line, error.what());
            }
        for (const std::string& note : records->notes())
            m_loaded.notes.push_back(m_data.table.string() + ": " + note);
        if (!isAnyRow) return; // what is wrong with the lines is told
        for (const std::string& column : records->missing())
            m_loaded.problems.push_back(fmt::format("{}: no line has the key '{}'; found {}", m_data.table.string(),
                                                    column, fmt::join(records->found(), ", ")));
    }

    void place() {
        if (!m_loaded.problems.empty()) return;
        keepUsedRows(m_data, m_data.table.string(), m_rows, m_loaded);
        if (!m_loaded.problems.empty()) return;
        if (m_loaded.brokenFiles > 0 && m_data.broken == BrokenFiles::Stop) stopAtBroken(m_loaded, "rows");
        if (m_rows.empty()) {
            m_loaded.problems.push_back(fmt::format("{}: has no row that can be used", m_data.table.string()));
            return;
        }
        m_source->finish(m_rows);
        placeRows(m_loaded, m_data, m_rows, m_source);
    }

private:
    void add(TableRow row, const std::vector<std::string>& values) {
        if (row.role == kUnusedRole) return;
        if (!m_layout.hasText(values)) throw Error("has no text");
        row.id = idOf(row, values);
        row.file = m_source->add(m_layout.text(values), m_layout.fields(values), targetOf(row));
        m_rows.push_back(std::move(row));
    }

    static std::string targetOf(const TableRow& row) {
        return row.className.empty() ? fullPrecision(row.number) : row.className;
    }

    std::string idOf(const TableRow& row, const std::vector<std::string>& values) {
        if (m_data.rowId.empty()) return std::to_string(row.line);
        const std::string& id = values[m_columns.place(m_data.rowId)];
        if (id.empty()) throw Error("'{}' is empty, expected a name of the row", m_data.rowId);
        if (!m_ids.insert(id).second) throw Error("'{}' is '{}', as in a row above", m_data.rowId, id);
        return id;
    }

    const TextTableOptions& m_data;
    ColumnList m_columns;
    LayoutReader m_layout;
    LoadedRows& m_loaded;
    BadRows m_bad;
    std::shared_ptr<TextRows> m_source;
    std::vector<TableRow> m_rows;
    std::unordered_set<std::string> m_ids;
};

std::optional<TextLayout> layoutOfKind(const Options& data) {
    if (const auto* table = data.as<TextTableOptions>()) return layoutOf(*table);
    if (const auto* reviews = data.as<AmazonReviewsOptions>()) return layoutOf(*reviews);
    return std::nullopt;
}

} // namespace

TextLayout layoutOf(const TextTableOptions& data) {
    return {.text = data.text,
            .pair = data.textPair,
            .numeric = asNamed(data.numeric),
            .categorical = asNamed(data.categorical)};
}

void RecordProgress::at(double shareOfFile) {
    constexpr std::int64_t kRows = 1024, kSteps = 1000;
    if (++m_rows % kRows != 0) return;
    if (m_options.stop.stop_requested()) throw Stopped{};
    if (m_options.progress)
        m_options.progress(std::llround(kSteps * (m_begin + (m_end - m_begin) * shareOfFile)), kSteps);
}

LoadedRows readTextTable(const TextTableOptions& data, const LoadOptions& options) {
    LoadedRows loaded;
    TextTableReader reader(data, loaded);
    reader.read(options);
    reader.place();
    return loaded;
}

std::optional<NewRows> readNewRows(const Options& data, const std::filesystem::path& file, const LoadOptions& options) {
    const auto layout = layoutOfKind(data);
    if (!layout) return std::nullopt;
    ColumnList columns;
    const LayoutReader reader(*layout, columns);
    const auto records = openRecords(file, columns.names());
    const auto source = std::make_shared<TextRows>(reader.names());
    NewRows made{.table = std::make_shared<RowTable>(), .broken = {}};
    std::vector<TableRow> rows;
    RecordProgress progress(options, 0, 1);
    for (Record record; records->next(record); progress.at(records->share()))
        try {
            if (!record.problem.empty()) throw Error("{}", record.problem);
            if (!reader.hasText(record.values)) throw Error("has no text");
            rows.push_back(
                {.line = record.line, .file = source->add(reader.text(record.values), reader.fields(record.values))});
            made.table->rows.push_back({.id = std::to_string(record.line)});
        } catch (const Error& error) {
            made.broken.push_back(toldBadRow(file.string(), record.line, error.what()));
        }
    source->finish(rows);
    made.table->source = source;
    made.table->domains = {"all"};
    return made;
}

} // namespace levi
