// SPDX-License-Identifier: Apache-2.0
#include "core/report/study_page.h"

#include "core/base/error.h"
#include "core/report/cost_figures.h"
#include "core/report/dot_plot.h"
#include "core/report/family_table.h"
#include "core/report/ood_mean.h"
#include "core/report/setting_columns.h"
#include "core/spec/cell_prefix.h"
#include "core/stats/comparison_family.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace levi {
namespace {

constexpr const char* kIdRole = "id_test";

bool states(const StudyPlan& plan, std::uint64_t seed) {
    return plan.seeds.empty() || std::ranges::find(plan.seeds, seed) != plan.seeds.end();
}

// The study's own runs at the seeds that it states; where it states none, at all of theirs.
std::vector<ResultRow> statedRows(const StudyPlan& plan, std::span<const ResultRow> rows) {
    std::vector<ResultRow> own;
    std::ranges::copy_if(rows, std::back_inserter(own),
                         [&](const ResultRow& row) { return row.study == plan.name && states(plan, row.seed); });
    return own;
}

// A sentence on runs of the study that its comparisons leave out; "": there are none.
std::string unstatedSeedsNote(const StudyPlan& plan, std::span<const ResultRow> rows) {
    std::set<std::uint64_t> others;
    for (const ResultRow& row : rows)
        if (row.study == plan.name && !states(plan, row.seed)) others.insert(row.seed);
    if (others.empty()) return {};
    return fmt::format("Left out of the comparisons: seed{} {}, which the study did not state.",
                       others.size() == 1 ? "" : "s", fmt::join(others, ", "));
}

// The study's own settings by name. A name that means several keeps its last: studyTable says so.
class Settings {
public:
    Settings(const StudyPlan& plan, std::span<const ResultRow> rows) : m_rows(statedRows(plan, rows)) {
        m_grouped = groupByCell(m_rows);
        for (const CellResults& cell : m_grouped.cells)
            if (!m_byName.insert_or_assign(cell.method, &cell).second) m_repeated.insert(cell.method);
    }

    const CellResults* find(const std::string& name) const {
        if (const auto found = m_byName.find(name); found != m_byName.end()) return found->second;
        for (const CellResults& cell : m_grouped.cells)
            if (isCellPrefix(name, cell.cell)) return &cell;
        return nullptr;
    }
    const std::set<std::string>& repeated() const { return m_repeated; }
    std::span<const ResultRow> rows() const { return m_rows; }

private:
    std::vector<ResultRow> m_rows;
    GroupedResults m_grouped;
    std::map<std::string, const CellResults*> m_byName;
    std::set<std::string> m_repeated;
};

// One comparison on the mean over the OOD domains.
struct OodTest {
    StudyComparison pair;
    const CellResults *candidate = nullptr, *baseline = nullptr; // null: nothing finished
    SettingFigure of, against;
    std::vector<double> differences;
    FamilyComparison result;

    bool isSealed() const { return of.sealed || against.sealed; }
};

OodTest testOf(const StudyComparison& pair, const Settings& settings, const std::string& metric) {
    OodTest test{.pair = pair,
                 .candidate = settings.find(pair.candidate),
                 .baseline = settings.find(pair.baseline),
                 .of = {},
                 .against = {},
                 .differences = {},
                 .result = {}};
    if (test.candidate) test.of = oodFigure(*test.candidate, metric);
    if (test.baseline) test.against = oodFigure(*test.baseline, metric);
    test.differences = pairBySeed(test.of.values, test.against.values).differences;
    if (metricStyle(metric).lowerIsBetter)
        for (double& difference : test.differences)
            difference = -difference;
    return test;
}

// Primary ones, judged together; behind them the others, each alone.
std::vector<OodTest> testsOf(const StudyPlan& plan, const Settings& settings, const FamilyOptions& options) {
    std::vector<OodTest> tests;
    std::vector<std::vector<double>> differences;
    for (const StudyComparison& pair : plan.comparisons(false)) {
        tests.push_back(testOf(pair, settings, plan.metric));
        differences.push_back(tests.back().differences);
    }
    const auto results = compareFamily(differences, options);
    for (std::size_t i = 0; i < tests.size(); ++i)
        tests[i].result = results[i];
    for (const StudyComparison& pair : plan.comparisons(true)) {
        tests.push_back(testOf(pair, settings, plan.metric));
        tests.back().result = compareAlone(tests.back().differences, options);
    }
    return tests;
}

std::vector<Cell> rowOf(const OodTest& test, const StudyPlan& plan, const FamilyOptions& options) {
    const MetricStyle style = metricStyle(plan.metric);
    std::vector<Cell> cells = {textCell(test.pair.candidate), textCell(test.pair.baseline),
                               test.candidate ? figureOn(*test.candidate, kIdRole, plan.metric).cell(style)
                                              : missingCell(),
                               test.of.cell(style)};
    std::ranges::move(verdictCells({.result = test.result,
                                    .isExploratory = test.pair.isExploratory,
                                    .seeds = test.differences.size(),
                                    .sealed = test.isSealed()},
                                   style, options),
                      std::back_inserter(cells));
    return cells;
}

std::string endpointNote(const StudyPlan& plan, double alpha) {
    const auto primary = static_cast<std::int64_t>(plan.comparisons(false).size());
    std::string note = "OOD: unweighted mean over the OOD domains, the one figure that this study judges. Differences "
                       "in it are paired by seed, positive is better for the setting; ±: half the t-interval; P: share "
                       "of seeds in which the setting is better, ties half; p: exact sign-flip test";
    if (primary == 0) return note + ".";
    return note + fmt::format(", adjusted after Holm over the {} of the family; no p below alpha = {:g} is possible "
                              "with fewer than {} seeds.",
                              primary == 1 ? "one comparison" : fmt::format("{} comparisons", primary), alpha,
                              fewestSeeds(alpha, primary));
}

// Candidates and baselines in the order in which the comparisons name them, baselines first.
std::vector<std::string> namesOf(const StudyPlan& plan) {
    std::vector<std::string> names;
    for (const auto part : {&StudyComparison::baseline, &StudyComparison::candidate})
        for (const StudyComparison& pair : plan.family)
            if (std::ranges::find(names, pair.*part) == names.end()) names.push_back(pair.*part);
    return names;
}

const std::vector<Condition>& conditions() {
    static const std::vector<Condition> all = {
        {"clean", "unbiased"}, {"clean", "biased"}, {"flawed", "unbiased"}, {"flawed", "biased"}};
    return all;
}

// Methods in order of appearance, with their settings by condition.
struct PremiseRow {
    std::string method;
    std::vector<const CellResults*> cells; // by conditions(); null: none
};

std::vector<PremiseRow> premiseRows(const GroupedResults& grouped) {
    std::vector<PremiseRow> rows;
    for (const CellResults& cell : grouped.cells)
        for (std::size_t c = 0; c < conditions().size(); ++c)
            for (const std::string& pretraining : {conditions()[c].pretraining, std::string("any")}) {
                const std::string tail = premiseName("", {pretraining, conditions()[c].data});
                if (!cell.method.ends_with(tail)) continue;
                const std::string method = cell.method.substr(0, cell.method.size() - tail.size());
                auto row = std::ranges::find(rows, method, &PremiseRow::method);
                if (row == rows.end()) row = rows.insert(row, {method, std::vector<const CellResults*>(4, nullptr)});
                row->cells[c] = &cell;
            }
    return rows;
}

// Why the family decides nothing on these figures; "": they are what the study is judged by.
std::string whyNotAsStated(const StudyPlan& plan, const std::string& metric, std::span<const ResultRow> rows) {
    std::vector<std::string> reasons;
    if (metric != plan.metric)
        reasons.push_back(fmt::format("The study is judged by {}; by {} its comparisons decide nothing.",
                                      metricStyle(plan.metric).title, metricStyle(metric).title));
    std::set<std::string> others;
    for (const ResultRow& row : statedRows(plan, rows))
        if (const CandidateRule rule = row.rule.value_or(CandidateRule::IdVal); row.finished && rule != plan.rule)
            others.insert(ruleText(rule));
    if (!others.empty())
        reasons.push_back(fmt::format("The study is judged on the candidates that {} picks; on those of {} its "
                                      "comparisons decide nothing.",
                                      ruleText(plan.rule), fmt::join(others, ", ")));
    return fmt::format("{}", fmt::join(reasons, " "));
}

void makeExploratory(StudyPlan& plan) {
    plan.margin.reset();
    for (StudyComparison& pair : plan.family)
        pair.isExploratory = true;
}

Table roleByRole(const StudyPlan& plan, std::span<const ResultRow> rows) {
    Table table = familyTable(statedRows(plan, rows),
                              {.family = plan.family, .metric = plan.metric, .options = {.margin = plan.margin}});
    if (std::string note = unstatedSeedsNote(plan, rows); !note.empty()) table.notes.push_back(std::move(note));
    return table;
}

} // namespace

Table studyTable(const StudyPlan& plan, std::span<const ResultRow> rows) {
    const Settings settings(plan, rows);
    const FamilyOptions options{.margin = plan.margin};
    const MetricStyle style = metricStyle(plan.metric);
    const auto tests = testsOf(plan, settings, options);
    Table table;
    table.caption = "Study '" + plan.name + "': " + style.title + " out of distribution";
    const std::string unit = style.percent ? "%" : "";
    table.columns = {{.title = "setting"},
                     {.title = "against"},
                     {.title = "ID test", .align = Align::Right, .unit = unit, .lowerIsBetter = style.lowerIsBetter},
                     {.title = "OOD", .align = Align::Right, .unit = unit, .lowerIsBetter = style.lowerIsBetter}};
    std::ranges::copy(verdictColumns(style), std::back_inserter(table.columns));
    for (const OodTest& test : tests)
        table.rows.push_back(rowOf(test, plan, options));
    addRuleColumn(table, rulesText(settings.rows()));
    table.notes = {plan.question.empty() ? "Comparisons as the study states them." : plan.question};
    table.notes.push_back(endpointNote(plan, options.alpha));
    if (std::string note = exploratoryNote(plan.comparisons(true).size()); !note.empty())
        table.notes.push_back(std::move(note));
    if (!settings.repeated().empty())
        table.notes.push_back(
            fmt::format("Of several settings named {} the last counts.", fmt::join(settings.repeated(), ", ")));
    if (std::string note = unstatedSeedsNote(plan, rows); !note.empty()) table.notes.push_back(std::move(note));
    for (std::string& note : provenanceNotes(settings.rows()))
        table.notes.push_back(std::move(note));
    return table;
}

Table comparisonsTable(const StudyPlan& stated, std::span<const ResultRow> rows, const std::string& metric) {
    StudyPlan plan = stated;
    plan.metric = metric.empty() ? stated.metric : metric;
    const std::string otherwise = whyNotAsStated(stated, plan.metric, rows);
    if (!otherwise.empty()) makeExploratory(plan);
    Table table = plan.endpoint == Endpoint::OodMean ? studyTable(plan, rows) : roleByRole(plan, rows);
    if (!otherwise.empty()) table.notes.push_back(otherwise);
    return table;
}

std::vector<Figure> studyFigures(const StudyPlan& plan, std::span<const ResultRow> rows) {
    const Settings settings(plan, rows);
    const MetricStyle style = metricStyle(plan.metric);
    DotPlot plot{.title = "Study '" + plan.name + "'",
                 .axis = axisText("ID and OOD", style),
                 .rows = namesOf(plan),
                 .series = {{.title = "ID test", .dots = {}}, {.title = "OOD, mean over domains", .dots = {}}},
                 .reference = {}};
    for (const std::string& name : plot.rows) {
        const CellResults* setting = settings.find(name);
        plot.series[0].dots.push_back(setting ? figureOn(*setting, kIdRole, plan.metric).dot(style) : std::nullopt);
        plot.series[1].dots.push_back(setting ? oodFigure(*setting, plan.metric).dot(style) : std::nullopt);
    }
    if (!plot.rows.empty() && plot.series[1].dots.front()) plot.reference = plot.series[1].dots.front()->value;
    return figuresOf(plot, "Means with 95 % t-intervals over the seeds. Dashed: " +
                               (plot.rows.empty() ? std::string() : plot.rows.front()) + " out of distribution.");
}

std::string premiseName(const std::string& method, const Condition& condition) {
    return method + " (" + condition.pretraining + ", " + condition.data + ")";
}

Table premiseTable(std::span<const ResultRow> rows, const std::string& metric) {
    const GroupedResults grouped = groupByCell(rows);
    const MetricStyle style = metricStyle(metric);
    Table table;
    table.caption = "Premise: " + style.title + " out of distribution";
    table.columns = {{.title = "method"}};
    for (const auto& [pretraining, data] : conditions())
        table.columns.push_back({.title = pretraining + ", " + data,
                                 .align = Align::Right,
                                 .unit = style.percent ? "%" : "",
                                 .lowerIsBetter = style.lowerIsBetter});
    for (const PremiseRow& row : premiseRows(grouped)) {
        table.rows.push_back({textCell(row.method)});
        for (const CellResults* cell : row.cells)
            table.rows.back().push_back(cell ? oodFigure(*cell, metric).cell(style) : missingCell());
    }
    table.notes = {"Columns: what the backbone was pretrained on, and what it was fine-tuned on. Mean over the OOD "
                   "domains, ±: half the 95 % t-interval over the seeds. A method without a backbone has the same "
                   "runs in both halves."};
    for (std::string& note : provenanceNotes(rows))
        table.notes.push_back(std::move(note));
    return table;
}

std::vector<Figure> premiseFigures(std::span<const ResultRow> rows, const std::string& metric) {
    const GroupedResults grouped = groupByCell(rows);
    const MetricStyle style = metricStyle(metric);
    DotPlot plot{.title = "Premise", .axis = axisText("OOD", style), .rows = {}, .series = {}, .reference = {}};
    for (const auto& [pretraining, data] : conditions())
        plot.series.push_back({.title = pretraining + ", " + data, .dots = {}});
    for (const PremiseRow& row : premiseRows(grouped)) {
        plot.rows.push_back(row.method);
        for (std::size_t c = 0; c < row.cells.size(); ++c)
            plot.series[c].dots.push_back(row.cells[c] ? oodFigure(*row.cells[c], metric).dot(style) : std::nullopt);
    }
    return figuresOf(plot, "Pretraining clean or flawed, fine-tuning data unbiased or biased; mean over the OOD "
                           "domains with 95 % t-intervals over the seeds.");
}

StudyPage studyPage(const StudyPlan& plan, std::span<const ResultRow> rows) {
    std::vector<ResultRow> own;
    std::ranges::copy_if(rows, std::back_inserter(own), [&](const ResultRow& row) { return row.study == plan.name; });
    StudyPage page;
    if (Table premise = premiseTable(own, plan.metric); !premise.rows.empty()) {
        page.tables.push_back(std::move(premise));
        page.figures = premiseFigures(own, plan.metric);
    } else if (!plan.family.empty()) {
        page.figures = studyFigures(plan, own);
    }
    std::ranges::move(costFigures(own), std::back_inserter(page.figures));
    return page;
}

} // namespace levi
