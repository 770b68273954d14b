// SPDX-License-Identifier: Apache-2.0
#include "core/report/ood_mean.h"

#include "core/spec/roles.h"

#include <set>
#include <vector>

namespace levi {

std::optional<Estimate> SettingFigure::estimate() const {
    std::vector<double> numbers;
    for (const auto& [seed, value] : values)
        numbers.push_back(value);
    return meanWithTInterval(numbers);
}

Cell SettingFigure::cell(const MetricStyle& style) const {
    const auto found = estimate();
    if (!found) return sealed ? sealedCell() : missingCell();
    std::string text = metricText(found->mean, style);
    if (const auto half = found->halfWidth()) text += " ± " + metricText(*half, style);
    Cell made = numberCell(std::move(text), found->mean);
    made.details = {{"low", found->interval ? std::optional(found->interval->low) : std::nullopt},
                    {"high", found->interval ? std::optional(found->interval->high) : std::nullopt},
                    {"n", static_cast<double>(found->count)}};
    return made;
}

std::optional<DotPlot::Dot> SettingFigure::dot(const MetricStyle& style) const {
    const auto found = estimate();
    if (!found) return std::nullopt;
    const double factor = style.percent ? 100 : 1, half = found->halfWidth().value_or(0);
    return DotPlot::Dot{
        .value = factor * found->mean, .low = factor * (found->mean - half), .high = factor * (found->mean + half)};
}

SettingFigure figureOn(const CellResults& setting, const std::string& role, const std::string& metric) {
    return {.values = setting.values(role, metric), .sealed = setting.hides(role)};
}

SettingFigure oodFigure(const CellResults& setting, const std::string& metric) {
    std::set<std::string> roles;
    for (const auto& [seed, run] : setting.runs)
        for (const auto& [role, metrics] : run->roles)
            if (role.starts_with(kOodTestPrefix)) roles.insert(role);
    SettingFigure figure;
    for (const auto& [seed, run] : setting.runs) {
        double sum = 0;
        std::size_t known = 0;
        for (const std::string& role : roles) {
            figure.sealed = figure.sealed || run->hides(role);
            if (const auto value = run->value(role, metric)) sum += *value, ++known;
        }
        if (known > 0 && known == roles.size()) figure.values[seed] = sum / static_cast<double>(known);
    }
    return figure;
}

std::string axisText(const char* where, const MetricStyle& style) {
    return std::string(where) + " " + style.title + (style.percent ? " (%)" : "") +
           (style.lowerIsBetter ? ", lower is better" : "");
}

} // namespace levi
