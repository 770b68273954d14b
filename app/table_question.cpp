// SPDX-License-Identifier: Apache-2.0
#include "app/table_question.h"

#include "app/checked_by.h"
#include "core/base/error.h"
#include "core/report/efficiency_table.h"
#include "core/report/groups_table.h"
#include "core/report/rank_table.h"
#include "core/report/results_table.h"
#include "core/report/robustness_table.h"
#include "core/report/store_rows.h"
#include "core/report/study_page.h"
#include "core/report/validation_table.h"

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace levi {
namespace {

constexpr std::string_view kCosts = ",efficiency"; // behind the columns that they join

void checkColumns(const std::string& columns) {
    static const std::vector<std::string> known = {"results",    "efficiency", "comparisons", "ranks",
                                                   "profile",    "robustness", "groups",      "results,efficiency",
                                                   "validation", "tuning"};
    if (std::ranges::find(known, columns) == known.end())
        throw Error("found '{}', expected one of {}", columns, fmt::join(known, " | "));
}

// What is shown, all from the same rows.
class Tables {
public:
    Tables(const TableQuestion& question, const SelectedRuns& selected)
        : m_question(question), m_study(selected.study), m_rows(resultRows(selected.runs)) {
        if (question.by == "name") m_rows = mergedByName(m_rows);
        m_options.metric = !question.metric.empty() ? question.metric
                           : m_study                ? m_study->plan.metric
                                                    : usualMetric(m_rows);
        const SeedStatistic asked = question.statistic.asked();
        m_options.statistic = asked.statistic;
        m_options.spread = asked.spread;
        m_options.level = asked.level;
        if (question.perRun && question.statistic.spread == "interval")
            throw Error("--spread interval: is one over seeds; leave it out with --per-run, or give wilson");
        m_addsCosts = question.columns.ends_with(kCosts);
        m_columns = question.columns.substr(0, question.columns.size() - (m_addsCosts ? kCosts.size() : 0));
        if (m_columns.empty()) m_columns = "results";
    }

    Table main() const {
        ResultsTable chosen = this->chosen();
        if (m_addsCosts) addEfficiencyColumns(chosen, m_rows);
        return chosen.table;
    }

    // Or was picked by them.
    bool showsTestFigures() const {
        return (m_columns != "validation" && m_columns != "tuning") ||
               std::ranges::any_of(m_rows, [](const ResultRow& row) { return row.rule && isOracle(*row.rule); });
    }

    bool hasComparisons() const {
        return m_columns == "results" && !m_question.perRun && m_study && !m_study->plan.family.empty();
    }

    bool hasCosts() const { return m_question.columns.empty() && !m_question.perRun; }
    Table costs() const { return efficiencyTable(m_rows); }

    Table comparisons() const {
        if (!m_study || m_study->plan.family.empty())
            throw Error("comparisons: belong to a study that states a family of them; give --study");
        return comparisonsTable(m_study->plan, m_rows, m_options.metric);
    }

private:
    ResultsTable chosen() const {
        if (m_columns == "results" && !m_question.perRun) return resultsTable(m_rows, m_options);
        return {.table = other(), .cells = {}};
    }

    Table other() const {
        const RankOptions ranks{.metric = m_options.metric, .alpha = 1 - m_options.level};
        if (m_columns == "efficiency") return costs();
        if (m_columns == "ranks") return rankTable(m_rows, ranks);
        if (m_columns == "profile") return profileTable(m_rows, ranks);
        if (m_columns == "robustness") return robustness();
        if (m_columns == "groups") return groupsTable(m_rows);
        if (m_columns == "comparisons") return comparisons();
        if (m_columns == "validation") return validationTable(m_rows, m_options.metric);
        if (m_columns == "tuning") return tuningTable(m_rows, m_options.metric);
        return runsTable(m_rows, m_options);
    }

    Table robustness() const {
        const bool isProbit = m_question.scale == "probit";
        return robustnessTable(m_rows, {.scale = isProbit ? AccuracyScale::Probit : AccuracyScale::Logit,
                                        .baselines = m_question.baselines});
    }

    const TableQuestion& m_question;
    std::string m_columns; // without the costs
    bool m_addsCosts = false;
    std::optional<StudyRecord> m_study;
    std::vector<ResultRow> m_rows;
    ResultsTableOptions m_options;
};

} // namespace

void addTableQuestion(CLI::App& verb, TableQuestion& question) {
    addWhichRuns(verb, question.selection);
    verb.add_option("--columns", question.columns,
                    "results, efficiency, both in one table (results,efficiency), comparisons (of a study), ranks, "
                    "profile, robustness, groups (WILDS), validation or tuning (both of id_val alone); without it "
                    "results, and efficiency in a table below")
        ->check(checkedBy(checkColumns));
    verb.add_option("--metric", question.metric, metricKeysText())->check(CLI::IsMember(metricKeys()));
    addStatisticOptions(verb, question.statistic);
    verb.add_option("--by", question.by,
                    "A row a cell; or a row a name, where settings of one name hold out different domains")
        ->check(CLI::IsMember({"cell", "name"}));
    verb.add_option("--baselines", question.baselines, "Of robustness: names or first digits of cells, by comma")
        ->delimiter(',');
    verb.add_option("--scale", question.scale, "Of robustness: logit or probit")
        ->check(CLI::IsMember({"logit", "probit"}));
    verb.add_flag("--per-run", question.perRun, "A row a run: the seeds behind the means");
}

std::vector<Table> TableAnswer::all() const {
    std::vector<Table> tables = {table};
    if (comparisons) tables.push_back(*comparisons);
    if (costs) tables.push_back(*costs);
    return tables;
}

TableAnswer answer(const TableQuestion& question) {
    SelectedRuns selected = selectRuns(question.selection);
    const Tables tables(question, selected);
    TableAnswer given{.table = tables.main(), .comparisons = {}, .costs = {}, .runs = {}};
    if (tables.hasCosts()) given.costs = tables.costs();
    if (tables.hasComparisons()) given.comparisons = tables.comparisons();
    if (tables.showsTestFigures()) given.runs = std::move(selected.runs);
    return given;
}

} // namespace levi
