// SPDX-License-Identifier: Apache-2.0
#include "app/verb_wilds.h"

#include "app/checked_by.h"
#include "app/table_output.h"
#include "core/base/files.h"
#include "core/report/wilds_table.h"
#include "core/stats/wilds_metrics.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <memory>

namespace levi {
namespace {

struct WildsArguments {
    std::filesystem::path predictions, metadata;
    WildsQuestion question;
    std::vector<std::string> where;
    std::string weights;
    TableOutput output;
};

std::pair<std::string, std::string> conditionOf(const std::string& text) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0) throw Error("found '{}', expected COLUMN=VALUE", text);
    return {text.substr(0, at), text.substr(at + 1)};
}

std::vector<double> weightsOf(const std::string& text) {
    if (text == "waterbirds") return {waterbirdsWeights().begin(), waterbirdsWeights().end()};
    std::vector<double> weights;
    for (std::string_view rest = text; !rest.empty();) {
        double value = 0;
        const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        rest.remove_prefix(static_cast<std::size_t>(read.ptr - rest.data()));
        if (read.ec != std::errc() || value < 0 || (!rest.empty() && rest.front() != ','))
            throw Error("found '{}', expected waterbirds, or numbers by comma, one a group", text);
        weights.push_back(value);
        rest.remove_prefix(rest.empty() ? 0 : 1);
    }
    return weights;
}

// Before rows are counted: a condition that was left out gives another number of them.
void requireColumns(const CsvTable& metadata, const WildsQuestion& question) {
    metadata.column(question.label);
    if (!question.user.empty()) metadata.column(question.user);
    for (const std::string& group : question.groups)
        metadata.column(group);
    for (const auto& [title, value] : question.where)
        metadata.column(title);
}

int wilds(WildsArguments& arguments) {
    for (const std::string& text : arguments.where)
        arguments.question.where.push_back(conditionOf(text));
    arguments.question.weights = weightsOf(arguments.weights);
    const CsvTable metadata(readFile(arguments.metadata), arguments.metadata.string());
    requireColumns(metadata, arguments.question);
    const auto predictions = wildsPredictions(readFile(arguments.predictions), arguments.predictions.string());
    const Table table = wildsTable(metadata, predictions, arguments.question);
    give(tablesText({table}, arguments.output), arguments.output);
    return kDone;
}

} // namespace

void addWildsVerb(CLI::App& app, Verb& verb) {
    auto* wildsVerb =
        app.add_subcommand("wilds", "WILDS' figures of a file of predictions beside a data set's metadata");
    auto arguments = std::make_shared<WildsArguments>();
    wildsVerb->add_option("PREDICTIONS", arguments->predictions, "A value a line, in the order of the split's rows")
        ->required();
    wildsVerb->add_option("METADATA", arguments->metadata, "CSV file with a head: metadata.csv")->required();
    wildsVerb->add_option("--label", arguments->question.label, "Column of the truth")
        ->default_val("y")
        ->capture_default_str();
    wildsVerb
        ->add_option("--group", arguments->question.groups,
                     "Columns that make a group, by comma; the first counts fastest")
        ->delimiter(',');
    wildsVerb->add_option("--user", arguments->question.user, "Column for the 10th percentile over users");
    wildsVerb->add_option("--where", arguments->where, "COLUMN=VALUE: only these rows, such as split=test (repeatable)")
        ->allow_extra_args(false)
        ->check(checkedBy(conditionOf));
    wildsVerb
        ->add_option("--weights", arguments->weights,
                     "Of the groups, for the adjusted average: numbers by comma, or waterbirds (--group place,y)")
        ->check(checkedBy(weightsOf));
    wildsVerb->add_flag("--regression", arguments->question.regression, "Numbers are predicted: Pearson's r by group");
    addTableOutput(*wildsVerb, arguments->output);
    wildsVerb->callback([arguments, &verb] { verb = [arguments] { return wilds(*arguments); }; });
}

} // namespace levi
