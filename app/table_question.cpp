// SPDX-License-Identifier: Apache-2.0
#include "app/table_question.h"

#include "core/base/error.h"
#include "core/report/efficiency_table.h"
#include "core/report/family_table.h"
#include "core/report/rank_table.h"
#include "core/report/results_table.h"
#include "core/report/robustness_table.h"
#include "core/report/store_rows.h"

#include <CLI/CLI.hpp>

#include <map>

namespace levi {
namespace {

const std::map<std::string, Spread> kSpreads = {{"interval", Spread::TInterval},
                                                {"sd", Spread::StandardDeviation},
                                                {"se", Spread::StandardError},
                                                {"se_domainbed", Spread::DomainBedError}};

// What is shown, all from the same rows.
class Tables {
public:
    Tables(const TableQuestion& question, const SelectedRuns& selected)
        : m_question(question), m_study(selected.study), m_rows(resultRows(selected.runs)) {
        if (question.by == "name") m_rows = mergedByName(m_rows);
        m_options.metric = !question.metric.empty() ? question.metric : m_study ? m_study->plan.metric : "accuracy";
        m_options.spread = kSpreads.at(question.spread);
        m_options.level = question.level;
    }

    Table main() const {
        const RankOptions ranks{.metric = m_options.metric, .alpha = 1 - m_options.level};
        if (m_question.columns == "efficiency") return efficiencyTable(m_rows);
        if (m_question.columns == "ranks") return rankTable(m_rows, ranks);
        if (m_question.columns == "profile") return profileTable(m_rows, ranks);
        if (m_question.columns == "robustness") return robustnessTable(m_rows, {.baselines = m_question.baselines});
        if (m_question.columns == "comparisons") return comparisons();
        return m_question.perRun ? runsTable(m_rows, m_options) : resultsTable(m_rows, m_options).table;
    }

    bool hasComparisons() const {
        return m_question.columns == "results" && !m_question.perRun && m_study && !m_study->plan.family.empty();
    }

    Table comparisons() const {
        if (!m_study || m_study->plan.family.empty())
            throw Error("comparisons: belong to a study that states a family of them; give --study");
        return familyTable(m_rows, {.family = m_study->plan.family,
                                    .metric = m_options.metric,
                                    .options = {.alpha = 1 - m_options.level, .margin = m_study->plan.margin}});
    }

private:
    const TableQuestion& m_question;
    std::optional<StudyRecord> m_study;
    std::vector<ResultRow> m_rows;
    ResultsTableOptions m_options;
};

} // namespace

void addTableQuestion(CLI::App& verb, TableQuestion& question) {
    addWhichRuns(verb, question.selection);
    verb.add_option("--columns", question.columns,
                    "results, efficiency, comparisons (of a study), ranks, profile or robustness")
        ->check(CLI::IsMember({"results", "efficiency", "comparisons", "ranks", "profile", "robustness"}));
    verb.add_option("--metric", question.metric, "accuracy, macro_f1, auc, nll, ece or worst_group")
        ->check(CLI::IsMember({"accuracy", "macro_f1", "auc", "nll", "ece", "worst_group"}));
    verb.add_option("--spread", question.spread,
                    "What stands behind ±: interval, sd, se, or se_domainbed (population SD / sqrt n)")
        ->check(CLI::IsMember({"interval", "sd", "se", "se_domainbed"}));
    verb.add_option("--level", question.level, "Of the interval")->check(CLI::Range(0.5, 0.999));
    verb.add_option("--by", question.by,
                    "A row a cell; or a row a name, where settings of one name hold out different domains")
        ->check(CLI::IsMember({"cell", "name"}));
    verb.add_option("--baselines", question.baselines, "Of robustness: names or first digits of cells, by comma")
        ->delimiter(',');
    verb.add_flag("--per-run", question.perRun, "A row a run: the seeds behind the means");
}

std::vector<Table> TableAnswer::all() const {
    std::vector<Table> tables = {table};
    if (comparisons) tables.push_back(*comparisons);
    return tables;
}

TableAnswer answer(const TableQuestion& question) {
    SelectedRuns selected = selectRuns(question.selection);
    const Tables tables(question, selected);
    TableAnswer given{.table = tables.main(), .comparisons = {}, .runs = {}};
    if (tables.hasComparisons()) given.comparisons = tables.comparisons();
    given.runs = std::move(selected.runs);
    return given;
}

} // namespace levi
