// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/run_selection.h"
#include "app/statistic_options.h"
#include "core/report/table.h"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace levi {

// What `levi table` is asked, and what a page of results says of its tables.
struct TableQuestion {
    RunSelection selection;
    StatisticArguments statistic;
    std::string columns, by = "cell",
                         scale; // columns: "": results, and what they cost in a table below; scale "": logit
    std::string metric;         // "": the study's, or accuracy, of numbers rmse
    std::vector<std::string> baselines;
    std::string seeds; // "": all
    bool perRun = false;
};
void addTableQuestion(CLI::App& verb, TableQuestion& question); // all but --store
void requireUsed(const TableQuestion& question); // throws Error for an option that would change nothing of the table

struct TableAnswer {
    Table table;
    std::optional<Table> comparisons; // below results of a study that states a family of them
    std::optional<Table> costs;       // below results, where no columns were asked for
    std::vector<RunSummary> runs;     // whose test figures are shown

    std::vector<Table> all() const;
};
TableAnswer answer(const TableQuestion& question); // throws Error

} // namespace levi
