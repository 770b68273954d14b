// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/data/bad_rows.h"
#include "core/engine/data/table_roles.h"
#include "core/engine/data/whole_files.h"

#include <algorithm>
#include <unordered_map>

namespace levi {
namespace {

// Finds files of a tree by the names that a table has for them: below the tree, or below the folders that all of it
// shares.
class PictureNames {
public:
    explicit PictureNames(const FileTree& tree) : m_names(tree.names()) {
        for (std::size_t i = 0; i < m_names.size(); ++i)
            m_places.emplace(m_names[i], i);
        if (m_names.empty()) return;
        const std::string &first = m_names.front(), &last = m_names.back(); // sorted: what these share, all do
        const auto shared = static_cast<std::size_t>(std::ranges::mismatch(first, last).in1 - first.begin());
        for (auto slash = first.find('/'); slash < shared; slash = first.find('/', slash + 1))
            m_folders.push_back(first.substr(0, slash + 1));
    }

    std::size_t find(const std::string& name) const { // throws Error
        std::string plain = name;
        std::ranges::replace(plain, '\\', '/');
        while (plain.starts_with("./"))
            plain.erase(0, 2);
        for (const std::string& folder : m_folders)
            if (const auto found = m_places.find(folder + plain); found != m_places.end()) return found->second;
        throw Error("there is no picture '{}'{}", name,
                    m_names.empty() ? "" : fmt::format("; the folder has '{}'", m_names.front()));
    }

private:
    const std::vector<std::string>& m_names;
    std::unordered_map<std::string, std::size_t> m_places;
    std::vector<std::string> m_folders = {""};
};

std::vector<TableRow> readRows(const PictureTableOptions& data, const CsvTable& table, const FileTree& tree,
                               BadRows& bad) {
    const TableColumns columns(data, table);
    const RowText picture(data.picture, table);
    const PictureNames names(tree);
    std::vector<TableRow> rows;
    for (std::size_t i = 0; i < table.rows().size(); ++i)
        try {
            TableRow row = columns.read(i);
            if (row.role == kUnusedRole) continue;
            row.file = names.find(picture.of(i));
            row.id = tree.names()[row.file];
            rows.push_back(std::move(row));
        } catch (const Error& error) {
            bad.add(table.line(i), error.what());
        }
    return rows;
}

// In order of their pictures, so that nothing hangs on the order of lines; a picture that several rows name gets a name
// a row.
void order(std::vector<TableRow>& rows) {
    std::ranges::stable_sort(rows, {}, &TableRow::id);
    for (std::size_t i = 1; i < rows.size(); ++i)
        if (rows[i].file == rows[i - 1].file) rows[i].id += fmt::format(" (line {})", rows[i].line);
}

void dropUnreadable(std::vector<TableRow>& rows, std::vector<PictureFile>& files,
                    const std::vector<std::string>& reasons, BadRows& bad) {
    std::vector<TableRow> keptRows;
    std::vector<PictureFile> keptFiles;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!reasons[i].empty()) {
            bad.add(rows[i].line, reasons[i]);
            continue;
        }
        keptRows.push_back(std::move(rows[i]));
        keptFiles.push_back(std::move(files[i]));
    }
    rows = std::move(keptRows);
    files = std::move(keptFiles);
}

} // namespace

LoadedRows readPictureTable(const PictureTableOptions& data, const LoadOptions& options) {
    const std::string text = readFile(data.table);
    const CsvTable table(text, data.table.string(), {.separator = separatorOf(text), .keepsOddRows = true});
    const std::shared_ptr<const FileTree> tree = openFileTree(data.path);
    LoadedRows loaded;
    BadRows bad(loaded, table.name());
    std::vector<TableRow> rows = readRows(data, table, *tree, bad);
    keepUsedRows(data, table.name(), rows, loaded);
    if (!loaded.problems.empty()) return loaded;
    order(rows);
    std::vector<std::size_t> named;
    for (const TableRow& row : rows)
        named.push_back(row.file);
    std::vector<PictureFile> files = fingerprinted(*tree, named, options);
    dropUnreadable(rows, files, brokenReasons(*tree, files, options), bad);
    if (loaded.brokenFiles > 0 && data.broken == BrokenFiles::Stop) stopAtBroken(loaded, "rows");
    if (rows.empty()) {
        loaded.problems.push_back(fmt::format("{}: has no row that can be used", table.name()));
        return loaded;
    }
    placeRows(loaded, data, rows);
    loaded.table->source = pictureSource(tree, std::move(files), data.exifOrientation);
    return loaded;
}

} // namespace levi
