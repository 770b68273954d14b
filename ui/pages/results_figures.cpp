// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/results_figures.h"

#include <QCoreApplication>

namespace levi {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("levi::ResultsFigures", text);
}

double scaleOf(const ResultsView& view) {
    return view.style.percent ? 100 : 1;
}

std::optional<double> scaled(std::optional<double> value, double scale) {
    return value ? std::optional(*value * scale) : std::nullopt;
}

std::optional<Interval> scaled(std::optional<Interval> ends, double scale) {
    return ends ? std::optional(Interval{.low = ends->low * scale, .high = ends->high * scale}) : std::nullopt;
}

QString unitOf(const ResultsView& view) {
    return view.style.percent ? QStringLiteral("%") : QString();
}

QString keyOf(const CellView& cell) {
    return QString::fromStdString(cell.cell);
}

// Differences are means all the same.
QString quantityOfSeeds(const ResultsView& view) {
    const QString quantity = quantityName(view);
    if (view.question.statistic == Statistic::Mean) return quantity;
    return tr("%1, interquartile mean").arg(quantity);
}

// "interquartile mean over seeds with its 95 % BCa bootstrap interval"
QString markText(const ResultsView& view) {
    return tr("%1 over seeds with its %2")
        .arg(QString::fromStdString(std::string(statisticText(view.question.statistic))),
             spreadName(view.question.spread));
}

bool isIn(const CellView& cell, const std::set<QString>& only) {
    return only.empty() || only.contains(keyOf(cell));
}

} // namespace

IdOodValues idOodValues(const ResultsView& view, const std::set<QString>& only) {
    const double scale = scaleOf(view);
    IdOodValues values{.quantity = quantityOfSeeds(view),
                       .unit = unitOf(view),
                       .spreadName = statisticName(statisticOf(view.question)),
                       .decimals = view.style.decimals,
                       .points = {}};
    for (const CellView& cell : view.cells) {
        if (!cell.id || !cell.ood || !isIn(cell, only)) continue;
        IdOodPoint point{.key = keyOf(cell),
                         .title = cell.title,
                         .method = cell.method,
                         .variant = cell.variant,
                         .id = cell.id->mean * scale,
                         .ood = cell.ood->mean * scale,
                         .idEnds = scaled(cell.id->ends, scale),
                         .oodEnds = scaled(cell.ood->ends, scale),
                         .seeds = {}};
        for (const SeedValues& seed : cell.seeds)
            if (seed.id && seed.ood) point.seeds.push_back({seed.run, seed.seed, *seed.id * scale, *seed.ood * scale});
        values.points.push_back(std::move(point));
    }
    return values;
}

DomainValues domainValues(const ResultsView& view, const std::set<QString>& only) {
    const double scale = scaleOf(view);
    DomainValues values{.quantity = quantityOfSeeds(view),
                        .unit = unitOf(view),
                        .spreadName = statisticName(statisticOf(view.question)),
                        .decimals = view.style.decimals,
                        .series = {},
                        .domains = {}};
    for (const CellView& cell : view.cells)
        if (isIn(cell, only)) values.series.push_back({keyOf(cell), cell.title, cell.method, cell.variant});
    for (const DomainView& domain : view.domains) {
        auto& shown = values.domains.emplace_back(DomainValues::Domain{domain.title, domain.isOod, {}});
        for (std::size_t i = 0; i < domain.spots.size(); ++i)
            if (const auto& spot = domain.spots[i]; isIn(view.cells[i], only))
                shown.bars.push_back(
                    spot ? std::optional(DomainValues::Bar{spot->mean * scale, scaled(spot->ends, scale), spot->count})
                         : std::nullopt);
    }
    return values;
}

QString idOodDescription(const ResultsView& view) {
    return tr("Large: %1; n = %2. Small: each seed.").arg(markText(view), seedCountText(view));
}

QString domainDescription(const ResultsView& view) {
    return tr("Bars: %1; n = %2. Full: in-distribution; pale: out-of-distribution; hatched: further settings of one "
              "method.")
        .arg(markText(view), seedCountText(view));
}

QString differenceDescription(const ResultsView&) {
    return tr("Mean difference with its 95 % t-interval over shared seeds; p of the exact sign-flip test. Solid: "
              "in-distribution; dashed: out-of-distribution.");
}

DifferenceValues differenceValues(const ResultsView& view, const std::set<QString>& only) {
    const double scale = scaleOf(view);
    DifferenceValues values{.quantity = quantityName(view),
                            .unit = view.style.percent ? tr("percentage points") : QString(),
                            .baseline = view.baseline ? view.cells[*view.baseline].title : QString(),
                            .decimals = view.style.decimals,
                            .rows = {}};
    for (const DifferenceView& difference : view.differences) {
        const CellView& cell = view.cells[difference.cell];
        if (!difference.mean || !isIn(cell, only)) continue;
        values.rows.push_back({.key = keyOf(cell),
                               .title = cell.title,
                               .method = cell.method,
                               .role = difference.role,
                               .variant = cell.variant,
                               .isOod = difference.isOod,
                               .mean = *difference.mean * scale,
                               .low = scaled(difference.low, scale),
                               .high = scaled(difference.high, scale),
                               .p = difference.p,
                               .verdict = QString::fromStdString(difference.verdict)});
    }
    return values;
}

} // namespace levi
