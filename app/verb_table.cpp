// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/looks.h"
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/table_output.h"
#include "app/table_question.h"
#include "app/verbs.h"
#include "app/verify_page.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace levi {
namespace {

struct TableArguments {
    TableQuestion question;
    TableOutput output;
    std::filesystem::path page;
    bool write = false;
};

// One table's object; the comparisons of a study and the costs stand beside its members.
std::string jsonOf(const TableAnswer& given) {
    Json json = Json::parse(toJson(given.table));
    if (given.comparisons) json["comparisons"] = Json::parse(toJson(*given.comparisons));
    if (given.costs) json["costs"] = Json::parse(toJson(*given.costs));
    return jsonText(json, 2) + "\n";
}

int table(const TableArguments& arguments) {
    if (!arguments.page.empty()) return verifyPage(arguments.page, arguments.write);
    const TableFormat format = arguments.output.tableFormat();
    TableQuestion question = arguments.question;
    const bool isOneTable = format == TableFormat::Csv && !question.perRun;
    if (question.columns.empty() && isOneTable) question.columns = "results,efficiency";
    const TableAnswer given = answer(question);
    give(format == TableFormat::JsonObject ? jsonOf(given) : tablesText(given.all(), arguments.output),
         arguments.output);
    noteLook(arguments.question.selection.store, given.runs, "levi table");
    return kDone;
}

} // namespace

void addTableVerb(CLI::App& app, Verb& verb) {
    auto* tableVerb = app.add_subcommand("table", "The results table: a row a setting, mean and interval over seeds");
    auto arguments = std::make_shared<TableArguments>();
    addStoreOption(*tableVerb, arguments->question.selection.store);
    addTableQuestion(*tableVerb, arguments->question);
    addTableOutput(*tableVerb, arguments->output);
    auto* verify = tableVerb->add_option("--verify", arguments->page,
                                         "Make each table of a page of Markdown again, from the bundle that its "
                                         "comment names, and compare cells, captions and notes");
    for (CLI::Option* other : tableVerb->get_options()) // the comments of the page say what its tables are
        if (other != verify && other != tableVerb->get_help_ptr()) verify->excludes(other);
    tableVerb->add_flag("--write", arguments->write, "With --verify: put the tables into the page instead")
        ->needs(verify);
    tableVerb->callback([arguments, &verb] {
        if (arguments->page.empty()) asUsage([&] { requireUsed(arguments->question); });
        verb = [arguments] { return table(*arguments); };
    });
}

} // namespace levi
