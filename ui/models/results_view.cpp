// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/results_view.h"

#include "core/base/error.h"
#include "core/report/efficiency_table.h"
#include "core/report/store_rows.h"
#include "core/spec/spec_json.h"
#include "core/stats/comparison_family.h"
#include "core/stats/intervals.h"
#include "ui/models/queue_rows.h"
#include "ui/models/setting_variants.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace levi {
namespace {

constexpr const char* kIdRole = "id_test";

QString tr(const char* text) {
    return QCoreApplication::translate("levi::ResultsView", text);
}

std::optional<Spot> spotOf(const std::vector<double>& values, const ResultsQuestion& question) {
    const auto estimate = meanWithTInterval(values);
    if (!estimate) return std::nullopt;
    const double centre = question.statistic == Statistic::Mean ? estimate->mean : *interquartileMean(values);
    return Spot{.mean = centre, .ends = spreadOf(values, statisticOf(question)), .count = estimate->count};
}

// Role and domain of a figure; "" for all rows of the role.
using Place = std::pair<std::string, std::string>;
using Figures = std::map<Place, double>;

Figures figuresOf(const RunSummary& run, const std::string& metric) {
    Figures figures;
    for (const MetricRow& row : run.metrics)
        if (row.metric == metric && row.value && std::isfinite(*row.value))
            figures[{row.role, row.domain}] = *row.value;
    return figures;
}

class ViewBuilder {
public:
    ViewBuilder(std::span<const RunSummary> runs, std::map<std::string, int> variants, const ResultsQuestion& question)
        : m_runs(runs),
          m_rows(resultRows(runs)),
          m_grouped(groupByCell(m_rows)),
          m_oodRoles(oodRolesOf(m_rows)),
          m_variants(std::move(variants)) {
        m_view.question = question;
        m_view.metrics = metricsOf(m_rows);
        m_view.testbeds = testbedsOf(m_rows);
        if (!m_view.metrics.empty() && std::ranges::find(m_view.metrics, question.metric) == m_view.metrics.end())
            m_view.question.metric = usualMetric(m_rows);
        m_view.style = metricStyle(m_view.question.metric);
        m_view.runs = static_cast<int>(runs.size());
        m_view.cautions = provenanceNotes(m_rows);
        addUnanswered();
        std::set<std::string> open;
        for (const ResultRow& row : m_rows)
            if (row.finished && !row.sealed && !row.study.empty()) open.insert(row.study);
        m_view.openStudies.assign(open.begin(), open.end());
    }

    ResultsView build() {
        m_view.table = resultsTable(m_rows, {.metric = m_view.question.metric,
                                             .spread = m_view.question.spread,
                                             .statistic = m_view.question.statistic});
        m_view.valueColumns = 1 + (m_oodRoles.empty() ? 0 : static_cast<int>(m_oodRoles.size()) + 1);
        m_view.firstValueColumn = static_cast<int>(m_view.table.table.columns.size()) - 1 - m_view.valueColumns;
        if (m_view.question.costs) addEfficiencyColumns(m_view.table, m_rows);
        for (const CellResults& cell : m_grouped.cells)
            addCell(cell);
        addDomains();
        addDifferences();
        if (m_view.cells.empty() && !m_view.question.study.empty())
            m_view.cautions.emplace_back("No run of this study has finished yet.");
        return std::move(m_view);
    }

private:
    // A rule may read a role that was not measured: then there is nothing to report.
    void addUnanswered() {
        if (!m_view.question.rule) return;
        const auto count = std::ranges::count_if(
            m_runs, [](const RunSummary& run) { return run.state == RunState::Done && !run.reportedCandidate; });
        if (count > 0)
            m_view.cautions.push_back(fmt::format("The rule {} has no answer in {} of the runs: what it reads was not "
                                                  "measured there.",
                                                  nameOf(*m_view.question.rule), count));
    }

    // The row of a result stands where its run stands.
    const RunSummary& runOf(const ResultRow* row) const {
        return m_runs[static_cast<std::size_t>(row - m_rows.data())];
    }

    SeedValues seedValues(const RunSummary& run, const ResultRow& row, const std::vector<std::string>& ownOodRoles,
                          std::optional<double> gap) const {
        SeedValues seed{
            .run = run.id, .seed = run.seed, .values = {}, .id = row.value(kIdRole, m_view.question.metric)};
        seed.sealed = row.sealed;
        seed.keepsWeights = row.keepsWeights;
        seed.values.push_back(seed.id);
        for (const std::string& role : m_oodRoles)
            seed.values.push_back(row.value(role, m_view.question.metric));
        double sum = 0;
        bool complete = !ownOodRoles.empty();
        for (const std::string& role : ownOodRoles) {
            const auto value = row.value(role, m_view.question.metric);
            complete = complete && value;
            sum += value.value_or(0);
        }
        if (complete) seed.ood = sum / static_cast<double>(ownOodRoles.size());
        if (!m_oodRoles.empty()) seed.values.push_back(gap);
        return seed;
    }

    void addCell(const CellResults& results) {
        CellView cell{.cell = results.cell};
        if (const auto found = m_variants.find(results.cell); found != m_variants.end()) cell.variant = found->second;
        const ValueOfSeed gaps = results.gap(kIdRole, m_view.question.metric);
        const std::vector<std::string> ownOodRoles = results.oodRoles();
        std::vector<double> ids, oods;
        for (const auto& [number, row] : results.runs) {
            const RunSummary& run = runOf(row);
            cell.title = settingTitle(run);
            if (!row->cellLabel.empty()) cell.title += QStringLiteral(" (%1)").arg(cleanText(row->cellLabel));
            cell.method = QString::fromStdString(run.method);
            cell.specJson = run.specJson;
            const auto gap = gaps.find(number);
            const auto& seed = cell.seeds.emplace_back(
                seedValues(run, *row, ownOodRoles, gap == gaps.end() ? std::nullopt : std::optional(gap->second)));
            if (seed.id) ids.push_back(*seed.id);
            if (seed.ood) oods.push_back(*seed.ood);
        }
        cell.id = spotOf(ids, m_view.question);
        cell.ood = spotOf(oods, m_view.question);
        const auto count = static_cast<std::int64_t>(cell.seeds.size());
        m_view.fewestSeeds = m_view.cells.empty() ? count : std::min(m_view.fewestSeeds, count);
        m_view.mostSeeds = std::max(m_view.mostSeeds, count);
        m_view.cells.push_back(std::move(cell));
    }

    // All ID rows, each ID domain, each OOD role. A role of one domain only is not told twice.
    std::vector<Place> placesOf(const std::vector<std::vector<Figures>>& cells) const {
        std::set<std::string> idDomains;
        for (const auto& runs : cells)
            for (const Figures& figures : runs)
                for (const auto& [place, value] : figures)
                    if (place.first == kIdRole && !place.second.empty()) idDomains.insert(place.second);
        std::vector<Place> places = {{kIdRole, ""}};
        if (idDomains.size() > 1)
            for (const std::string& domain : idDomains)
                places.emplace_back(kIdRole, domain);
        for (const std::string& role : m_oodRoles)
            places.emplace_back(role, "");
        return places;
    }

    void addDomains() {
        std::vector<std::vector<Figures>> cells;
        for (const CellResults& cell : m_grouped.cells) {
            auto& runs = cells.emplace_back();
            for (const auto& [seed, row] : cell.runs)
                runs.push_back(figuresOf(runOf(row), m_view.question.metric));
        }
        for (const Place& place : placesOf(cells)) {
            DomainView domain{.title = cleanText(place.second.empty() ? roleTitle(place.first) : place.second),
                              .isOod = place.first != kIdRole,
                              .spots = {}};
            for (const auto& runs : cells) {
                std::vector<double> values;
                for (const Figures& figures : runs)
                    if (const auto found = figures.find(place); found != figures.end()) values.push_back(found->second);
                domain.spots.push_back(spotOf(values, m_view.question));
            }
            m_view.domains.push_back(std::move(domain));
        }
    }

    void addDifferences() {
        if (m_grouped.cells.empty()) return;
        const auto& cells = m_grouped.cells;
        const auto found = std::ranges::find(cells, m_view.question.baseline, &CellResults::cell);
        m_view.baseline = found == cells.end() ? 0 : static_cast<std::size_t>(found - cells.begin());
        std::vector<std::string> roles = m_oodRoles;
        roles.insert(roles.begin(), kIdRole);
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (i != *m_view.baseline)
                for (const std::string& role : roles)
                    addDifference(i, role);
    }

    void addDifference(std::size_t cell, const std::string& role) {
        const auto pairs = pairBySeed(m_grouped.cells[cell].values(role, m_view.question.metric),
                                      m_grouped.cells[*m_view.baseline].values(role, m_view.question.metric));
        std::vector<double> turned = pairs.differences;
        if (m_view.style.lowerIsBetter) std::ranges::transform(turned, turned.begin(), std::negate());
        const FamilyComparison compared = compareAlone(turned);
        DifferenceView difference{.cell = cell,
                                  .role = cleanText(roleTitle(role)),
                                  .isOod = role != kIdRole,
                                  .count = static_cast<std::int64_t>(pairs.differences.size()),
                                  .verdict = verdictText(compared, titleOf(cell), titleOf(*m_view.baseline))};
        if (const auto shown = meanWithTInterval(pairs.differences)) {
            difference.mean = shown->mean;
            if (shown->interval) {
                difference.low = shown->interval->low;
                difference.high = shown->interval->high;
            }
        }
        difference.p = compared.smallestAdjustedP > FamilyOptions{}.alpha
                           ? tr("n too small")
                           : QString::fromStdString("p = " + pText(compared.test.p))
                                 .replace(QLatin1String("= <"), QLatin1String("<"));
        m_view.differences.push_back(std::move(difference));
    }

    std::string titleOf(std::size_t cell) const { return m_view.cells[cell].title.toStdString(); }

    std::span<const RunSummary> m_runs;
    std::vector<ResultRow> m_rows;
    GroupedResults m_grouped;
    std::vector<std::string> m_oodRoles;
    std::map<std::string, int> m_variants; // by cell
    ResultsView m_view;
};

} // namespace

ResultsView makeResultsView(std::span<const RunSummary> runs, ResultsQuestion question) {
    auto variants = settingVariants(runs); // of all runs, so that a setting looks the same in every study
    std::vector<RunSummary> chosen;
    if (!question.study.empty()) {
        std::ranges::copy_if(runs, std::back_inserter(chosen),
                             [&](const RunSummary& run) { return run.study == question.study; });
        runs = chosen;
    }
    if (question.data.empty()) return ViewBuilder(runs, std::move(variants), question).build();
    auto testbeds = testbedsOf(resultRows(runs));
    std::vector<RunSummary> onData;
    if (std::ranges::find(testbeds, question.data, &NamedTestbed::key) == testbeds.end()) {
        question.data.clear();
    } else {
        onData = runsOn(question.data, runs);
        runs = onData;
    }
    ResultsView view = ViewBuilder(runs, std::move(variants), question).build();
    view.testbeds = std::move(testbeds);
    return view;
}

std::optional<std::vector<SpecDifference>> specDifferences(const std::string& specJsonA, const std::string& specJsonB) {
    try {
        return differences(specFromText(specJsonA).spec, specFromText(specJsonB).spec);
    } catch (const Error&) {
        return std::nullopt; // a store may hold anything
    }
}

QString ruleName(const std::optional<CandidateRule>& rule) {
    if (!rule) return tr("id_val");
    switch (*rule) {
    case CandidateRule::OracleId:
        return tr("oracle: ID test");
    case CandidateRule::OracleOod:
        return tr("oracle: OOD test");
    default:
        return QString::fromStdString(nameOf(*rule));
    }
}

QString quantityText(const MetricStyle& style) {
    const QString title = QString::fromStdString(style.title);
    return style.lowerIsBetter ? tr("%1, lower is better").arg(title) : title;
}

QString quantityName(const ResultsView& view) {
    const QString title = quantityText(view.style);
    if (!view.question.rule) return title;
    return tr("%1, picked by %2").arg(title, QString::fromStdString(ruleText(view.question.rule)));
}

QString seedCountText(const ResultsView& view) {
    if (view.fewestSeeds != view.mostSeeds) return tr("%1 to %2 seeds").arg(view.fewestSeeds).arg(view.mostSeeds);
    return view.mostSeeds == 1 ? tr("1 seed") : tr("%1 seeds").arg(view.mostSeeds);
}

QString spreadName(Spread spread) {
    switch (spread) {
    case Spread::TInterval:
        return tr("95 % t-interval");
    case Spread::StandardDeviation:
        return tr("standard deviation");
    case Spread::StandardError:
        return tr("standard error");
    case Spread::DomainBedError:
        return tr("standard error, DomainBed's");
    case Spread::Bootstrap:
        return tr("95 % BCa bootstrap interval");
    case Spread::Wilson: // of rows, not of seeds
        break;
    }
    return {};
}

QString statisticName(const SeedStatistic& asked) {
    return asked.statistic == Statistic::Mean ? spreadName(asked.spread) : tr("IQM, 95 % BCa interval");
}

SeedStatistic statisticOf(const ResultsQuestion& question) {
    return {.statistic = question.statistic, .spread = question.spread};
}

} // namespace levi
