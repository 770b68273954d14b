// SPDX-License-Identifier: Apache-2.0
#include "core/report/cost_figures.h"

#include "core/report/dot_plot.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>

namespace levi {
namespace {

using Costs = std::map<std::string, double>;

std::optional<double> costOf(const Costs& costs, const std::string& name) {
    const auto found = costs.find(name);
    return found == costs.end() ? std::nullopt : std::optional(found->second);
}

// What is drawn of a setting's costs, as times something.
struct CostRatio {
    const char* title;
    std::function<std::optional<double>(const Costs&)> own, unit;
};

DotPlot costPlot(const GroupedResults& grouped, const std::vector<CostRatio>& ratios) {
    const auto costsOf = [](const CellResults& cell) -> const Costs& { return cell.runs.begin()->second->costs; };
    DotPlot plot{.title = {}, .axis = {}, .rows = {}, .series = {}, .reference = 1, .isLogarithmic = true};
    for (const CellResults& cell : grouped.cells)
        plot.rows.push_back(methodAndLayers(cell.method, cell.taps));
    for (const CostRatio& ratio : ratios) {
        plot.series.push_back({.title = ratio.title, .dots = {}});
        for (const CellResults& cell : grouped.cells) {
            const auto own = ratio.own(costsOf(cell)), unit = ratio.unit(costsOf(cell));
            const bool isKnown = own && unit && *own > 0 && *unit > 0;
            const double times = isKnown ? *own / *unit : 0;
            plot.series.back().dots.push_back(isKnown ? std::optional(DotPlot::Dot{times, times, times})
                                                      : std::nullopt);
        }
    }
    return plot;
}

std::function<std::optional<double>(const Costs&)> costNamed(const char* name) {
    return [name](const Costs& costs) { return costOf(costs, name); };
}

// Against the first setting, which is what a study of costs compares with.
std::vector<Figure> trainingFigures(const GroupedResults& grouped) {
    const Costs& first = grouped.cells.front().runs.begin()->second->costs;
    const auto flops = [](const Costs& costs) -> std::optional<double> {
        const auto training = costOf(costs, "training_flops");
        return training ? std::optional(*training + costOf(costs, "feature_flops").value_or(0)) : std::nullopt;
    };
    std::vector<CostRatio> ratios;
    const auto add = [&](const char* title, const std::function<std::optional<double>(const Costs&)>& cost) {
        ratios.push_back({title, cost, [unit = cost(first)](const Costs&) { return unit; }});
    };
    add("FLOPs", flops);
    add("time", costNamed("seconds"));
    add("memory", costNamed("peak_memory_bytes"));
    add("trained parameters", costNamed("trainable_parameters"));
    DotPlot plot = costPlot(grouped, ratios);
    plot.title = "What training costs";
    plot.axis = "times " + plot.rows.front();
    return figuresOf(plot, "Of the first seed of each setting; FLOPs with one pass for the features of a frozen "
                           "backbone. Dashed: " +
                               plot.rows.front() + ".");
}

} // namespace

std::vector<Figure> costFigures(std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    if (grouped.cells.empty()) return {};
    DotPlot plot = costPlot(
        grouped, {{"FLOPs", costNamed("inference_flops_per_sample"), costNamed("backbone_flops_per_sample")},
                  {"latency", costNamed("inference_seconds_per_sample"), costNamed("backbone_seconds_per_sample")},
                  {"memory", costNamed("inference_peak_bytes"), costNamed("backbone_peak_bytes")}});
    plot.title = "What an answer costs";
    plot.axis = "times the bare backbone";
    auto figures = figuresOf(plot, "Of the first seed of each setting. Dashed: the bare backbone.");
    if (!figures.empty()) std::ranges::move(trainingFigures(grouped), std::back_inserter(figures));
    return figures;
}

} // namespace levi
