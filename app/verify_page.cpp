// SPDX-License-Identifier: Apache-2.0
#include "app/verify_page.h"

#include "app/checked_by.h"
#include "app/table_question.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/report/escape.h"
#include "core/report/published_tables.h"
#include "core/store/run_bundle.h"
#include "core/store/run_store.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <system_error>

#include <stdlib.h>

namespace levi {
namespace {

namespace fs = std::filesystem;

// A folder that goes with all that is in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / ("levi-" + std::string(6, 'X'))).string(); // as mkdtemp asks
        if (!::mkdtemp(name.data())) throw Error("{}: cannot make a folder there", name);
        m_path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const fs::path& path() const { return m_path; }

private:
    fs::path m_path;
};

// Bundles as stores, each list of them brought in once.
class BundleStores {
public:
    explicit BundleStores(fs::path folder) : m_folder(std::move(folder)) {}

    const fs::path& storeOf(const std::vector<std::string>& bundles) {
        const auto [place, isNew] = m_stores.try_emplace(bundles);
        if (isNew) {
            place->second = m_temporary.path() / fmt::format("{}.sqlite", m_stores.size());
            RunStore store(place->second);
            for (const std::string& bundle : bundles)
                importBundle(store, m_folder / bundle);
        }
        return place->second;
    }

private:
    fs::path m_folder;
    TemporaryFolder m_temporary;
    std::map<std::vector<std::string>, fs::path> m_stores;
};

TableQuestion questionOf(const Page& page, const PublishedTable& table) {
    TableQuestion question{.columns = "results"};
    CLI::App app;
    addTableQuestion(app, question);
    try {
        app.parse(std::vector<std::string>(table.options.rbegin(), table.options.rend())); // CLI11 takes them reversed
        asUsage([&] { requireUsed(question); });
    } catch (const CLI::ParseError& error) {
        throw Error("{}:{}: {}", page.name, table.line, error.what());
    }
    return question;
}

std::string madeAgain(const Page& page, const PublishedTable& table, BundleStores& stores) {
    TableQuestion question = questionOf(page, table);
    question.selection.store = stores.storeOf(table.bundles);
    std::string text;
    for (const Table& one : answer(question).all())
        text += (text.empty() ? "" : "\n") + writeTable(one, TableFormat::Markdown);
    return text;
}

int check(const Page& page, const std::vector<std::string>& tables) {
    int cells = 0, differences = 0;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const PageCheck found = checkPublished(page, page.tables[i], tables[i]);
        cells += found.cells;
        differences += static_cast<int>(found.differences.size());
        for (const std::string& difference : found.differences)
            fmt::print("{}\n", cleanLine(difference));
    }
    fmt::print("{}: {} tables, {} cells compared, {}\n", cleanLine(page.name), tables.size(), cells,
               differences == 1 ? "1 difference" : fmt::format("{} differences", differences));
    for (const int line : page.unmarked)
        fmt::print(stderr, "levi: {}:{}: no comment says where this table comes from; it is not checked\n",
                   cleanLine(page.name), line);
    return differences == 0 ? kDone : kFailed;
}

} // namespace

int verifyPage(const fs::path& file, bool write) {
    const Page page = readPage(readFile(file), file.string());
    if (page.tables.empty())
        throw Error("{}: holds no table with a comment <!-- levi table bundle=FOLDER … -->", file.string());
    BundleStores stores(file.parent_path());
    std::vector<std::string> tables;
    for (const PublishedTable& table : page.tables)
        tables.push_back(madeAgain(page, table, stores));
    if (!write) return check(page, tables);
    writeFileAtomically(file, withTables(page, tables));
    fmt::print("{}: {} tables written\n", cleanLine(page.name), tables.size());
    return kDone;
}

} // namespace levi
