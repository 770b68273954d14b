// SPDX-License-Identifier: Apache-2.0
#include "core/report/run_report.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/report/efficiency_table.h"
#include "core/report/groups_table.h"
#include "core/report/metric_style.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"
#include "core/report/study_facts.h"
#include "core/report/study_page.h"
#include "core/spec/spec_json.h"
#include "core/store/run_store.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <set>

namespace levi {
namespace {

constexpr std::size_t kMostValues = 12; // of one fact; a long list says nothing to a reader

// Facts of many runs, merged: each name once, in order of appearance, with the runs that have a value counted.
class MergedFacts {
public:
    void add(const std::string& name, const std::string& value) {
        auto fact = std::ranges::find(m_facts, name, &Fact::name);
        if (fact == m_facts.end()) fact = m_facts.insert(m_facts.end(), Fact{.name = name, .values = {}});
        auto known = std::ranges::find(fact->values, value, &std::pair<std::string, int>::first);
        if (known == fact->values.end()) known = fact->values.insert(known, {value, 0});
        ++known->second;
    }

    std::vector<NamedFact> facts() const {
        std::vector<NamedFact> merged;
        for (const Fact& fact : m_facts)
            merged.push_back({fact.name, valueText(fact)});
        return merged;
    }

private:
    struct Fact {
        std::string name;
        std::vector<std::pair<std::string, int>> values;
    };

    static std::string valueText(const Fact& fact) {
        if (fact.values.size() == 1) return fact.values.front().first;
        std::string text;
        for (std::size_t i = 0; i < std::min(fact.values.size(), kMostValues); ++i)
            text += fmt::format("{}{} ({} {})", i ? "; " : "", fact.values[i].first, fact.values[i].second,
                                fact.values[i].second == 1 ? "run" : "runs");
        if (fact.values.size() > kMostValues) text += fmt::format("; {} more", fact.values.size() - kMostValues);
        return text;
    }

    std::vector<Fact> m_facts;
};

// The fields of one section that apply, over all runs.
FactGroup sectionFacts(std::span<const RunSummary> runs, const std::string& key) {
    MergedFacts merged;
    for (const RunSummary& run : runs) {
        try {
            const ExperimentSpec spec = specFromText(run.specJson).spec;
            if (!section(key).applies(spec)) continue;
            for (const FieldRow& row : fieldRows(spec, section(key)))
                if (row.applies)
                    merged.add(row.info.label.empty() ? row.path : row.info.label,
                               spokenText(row.value, ", ", std::string(kMissing)));
        } catch (const Error&) {
            merged.add("Spec", "cannot be read");
        }
    }
    return {.title = section(key).label, .facts = merged.facts(), .note = {}};
}

std::string rolesText(std::span<const RunSummary> runs) {
    std::set<std::string> roles;
    for (const RunSummary& run : runs)
        for (const MetricRow& metric : run.metrics)
            roles.insert(metric.role);
    std::string text;
    for (const std::string& role : roles)
        text += (text.empty() ? "" : ", ") + role;
    return text.empty() ? std::string(kMissing) : text;
}

FactGroup selectionFacts(std::span<const RunSummary> runs, std::span<const ResultRow> rows) {
    const auto ruled = std::ranges::find_if(runs, [](const RunSummary& run) { return run.rule.has_value(); });
    FactGroup group{.title = "Selection", .facts = {{"Measured roles", rolesText(runs)}}, .note = {}};
    if (ruled == runs.end())
        group.note = "Of every run the epoch that id_val puts first is reported (\"best epoch by\", below). Training, "
                     "early stopping and selection never read a test role.";
    else
        group.facts.push_back({"Rule", ruleText(ruled->rule)});
    for (const std::string& note : provenanceNotes(rows))
        group.note += (group.note.empty() ? "" : " ") + note;
    return group;
}

std::vector<FactGroup> protocolOf(const RunReportInput& input, std::span<const ResultRow> rows) {
    return {selectionFacts(input.runs, rows), sectionFacts(input.runs, "data"), sectionFacts(input.runs, "train")};
}

Table unfinishedTable(std::span<const ResultRow> rows, std::span<const RunSummary> runs) {
    Table table;
    table.caption = "Runs that did not finish";
    table.columns = {{.title = "method"},
                     {.title = "taps"},
                     {.title = "seed", .align = Align::Right},
                     {.title = "state"},
                     {.title = "what happened"}};
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (runs[i].state != RunState::Done)
            table.rows.push_back({textCell(rows[i].method), textCell(rows[i].taps),
                                  textCell(std::to_string(runs[i].seed)), textCell(nameOf(runs[i].state)),
                                  textCell(runs[i].message)});
    return table;
}

Table costTable(std::span<const ResultRow> rows, std::span<const RunSummary> runs) {
    Table table;
    table.caption = "Cost of the runs";
    table.columns = {{.title = "method"},
                     {.title = "taps"},
                     {.title = "seed", .align = Align::Right},
                     {.title = "time", .align = Align::Right},
                     {.title = "trained parameters", .align = Align::Right},
                     {.title = "rows through the backbone", .align = Align::Right},
                     {.title = "peak memory", .align = Align::Right}};
    table.notes = {
        "No row goes through the backbone where its features were cached. Peak memory is that of the whole process."};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunSummary& run = runs[i];
        if (run.state != RunState::Done) continue;
        table.rows.push_back({textCell(rows[i].method), textCell(rows[i].taps),
                              numberCell(std::to_string(run.seed), static_cast<double>(run.seed)),
                              numberCell(durationText(run.seconds), run.seconds),
                              numberCell(countText(static_cast<double>(run.trainableParameters)),
                                         static_cast<double>(run.trainableParameters)),
                              integerCell(run.backboneSamples),
                              run.peakMemoryBytes
                                  ? numberCell(bytesText(run.peakMemoryBytes), static_cast<double>(run.peakMemoryBytes))
                                  : missingCell()});
    }
    return table;
}

std::vector<ResultRow> rowsOf(const StudyPlan& plan, std::span<const ResultRow> rows) {
    std::vector<ResultRow> own;
    std::ranges::copy_if(rows, std::back_inserter(own), [&](const ResultRow& row) { return row.study == plan.name; });
    return own;
}

// The comparisons that a study has stated, over its own runs. What its names mean may be unclear: then that is said.
Table comparisonsOf(const StudyRecord& study, std::span<const ResultRow> rows) {
    Table table;
    try {
        table = comparisonsTable(study.plan, rows);
    } catch (const Error& error) {
        table.columns = {{.title = "comparison"}};
        table.notes = {error.what()};
    }
    table.caption = "Comparisons of the study '" + study.plan.name + "': " + metricStyle(study.plan.metric).title;
    return table;
}

std::string firstMetric(const RunReportInput& input, std::span<const ResultRow> rows) {
    return input.metric.empty() ? usualMetric(rows) : input.metric;
}

bool isOfStudy(const ResultRow& row, const std::vector<StudyRecord>& studies) {
    return std::ranges::any_of(studies, [&](const StudyRecord& study) { return study.plan.name == row.study; });
}

// Notes are the same for each metric but for a few: they are read once.
void dropRepeatedNotes(Table& table, const Table& first) {
    const std::size_t before = table.notes.size();
    std::erase_if(table.notes,
                  [&](const std::string& note) { return std::ranges::find(first.notes, note) != first.notes.end(); });
    if (table.notes.size() < before)
        table.notes.insert(table.notes.begin(), "What the first table says of its numbers holds here too.");
}

// A table a metric that any finished run has, the asked one first; groups where there are any; what runs of no study
// cost.
std::vector<Table> resultTables(const RunReportInput& input, std::span<const ResultRow> rows) {
    const std::string first = firstMetric(input, rows);
    const auto tableOf = [&](const std::string& metric) {
        return resultsTable(rows, {.metric = metric,
                                   .spread = input.statistic.spread,
                                   .level = input.statistic.level,
                                   .statistic = input.statistic.statistic})
            .table;
    };
    std::vector<Table> tables = {tableOf(first)};
    for (const std::string& metric : metricsOf(rows))
        if (metric != first) {
            tables.push_back(tableOf(metric));
            dropRepeatedNotes(tables.back(), tables.front());
        }
    if (namesGroups(rows)) tables.push_back(groupsTable(rows));
    if (!std::ranges::all_of(rows, [&](const ResultRow& row) { return isOfStudy(row, input.studies); }))
        if (Table efficiency = efficiencyTable(rows); !efficiency.rows.empty()) tables.push_back(std::move(efficiency));
    return tables;
}

StudySection sectionOf(const StudyRecord& study, std::span<const ResultRow> rows) {
    StudySection section{.facts = studyFacts(study), .tables = {}, .figures = {}};
    if (!study.plan.family.empty()) section.tables.push_back(comparisonsOf(study, rows));
    StudyPage page = studyPage(study.plan, rows);
    std::ranges::move(page.tables, std::back_inserter(section.tables));
    if (Table costs = efficiencyTable(rowsOf(study.plan, rows)); !costs.rows.empty())
        section.tables.push_back(std::move(costs));
    section.figures = std::move(page.figures);
    return section;
}

std::vector<Table> tablesOfRuns(const RunReportInput& input, std::span<const ResultRow> rows) {
    std::vector<Table> tables = {runsTable(rows, {.metric = firstMetric(input, rows)}), costTable(rows, input.runs)};
    if (Table unfinished = unfinishedTable(rows, input.runs); !unfinished.rows.empty())
        tables.push_back(std::move(unfinished));
    return tables;
}

// A spec a setting, as its first run has it.
std::vector<SpecText> specsOf(std::span<const ResultRow> rows, std::span<const RunSummary> runs) {
    std::map<std::string, std::vector<std::uint64_t>> seeds;
    for (const RunSummary& run : runs)
        seeds[run.cell].push_back(run.seed);
    std::vector<SpecText> specs;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!seen.insert(runs[i].cell).second) continue;
        const Json spec = storedJson(runs[i].specJson);
        std::string title = methodAndLayers(rows[i].method, rows[i].taps);
        const auto& ofCell = seeds[runs[i].cell];
        title += fmt::format(" (setting {}, {} {})", runs[i].cell.substr(0, 8), ofCell.size() == 1 ? "seed" : "seeds",
                             seedsText(ofCell));
        specs.push_back({std::move(title), spec.is_null() ? runs[i].specJson : spec.dump(2)});
    }
    return specs;
}

FactGroup environmentOf(const RunReportInput& input) {
    MergedFacts merged;
    for (const RunSummary& run : input.runs) {
        const auto found = input.environments.find(run.id);
        if (found == input.environments.end()) continue;
        for (const NamedText& fact : found->second)
            merged.add(fact.name, fact.text);
    }
    FactGroup group{.title = {}, .facts = merged.facts(), .note = {}};
    if (group.facts.empty()) group.note = "The store holds no environment for these runs.";
    return group;
}

} // namespace

HtmlReport runReport(const RunReportInput& input) {
    const std::vector<ResultRow> rows = resultRows(input.runs);
    const auto finished = std::ranges::count_if(rows, &ResultRow::finished);
    HtmlReport report;
    report.title = input.title;
    report.summary = fmt::format("{} of {} runs finished, {} settings. From {}, written {}.", finished, rows.size(),
                                 groupByCell(rows).cells.size(), input.source, input.written);
    report.tables = resultTables(input, rows);
    report.runTables = tablesOfRuns(input, rows);
    report.figures = input.figures;
    for (const StudyRecord& study : input.studies)
        report.studies.push_back(sectionOf(study, rows));
    report.protocol = protocolOf(input, rows);
    report.specs = specsOf(rows, input.runs);
    report.environment = {environmentOf(input)};
    return report;
}

HtmlReport storeReport(const RunStore& store, const std::string& metric) {
    return storeReport(store, {.metric = metric, .runs = store.runs(), .studies = store.studies()});
}

HtmlReport storeReport(const RunStore& store, RunReportInput input) {
    input.title = "Results of " + store.file().filename().string();
    input.source = store.file().string();
    input.written = fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::time(nullptr)));
    for (const RunSummary& run : input.runs)
        input.environments[run.id] = store.environment(run.id);
    return runReport(input);
}

} // namespace levi
