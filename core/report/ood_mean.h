// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/dot_plot.h"
#include "core/report/metric_style.h"
#include "core/report/result_rows.h"
#include "core/report/table.h"

#include <optional>
#include <string>

namespace levi {

// A setting's figure on one role, or its unweighted mean over the OOD domains, by seed and over the seeds.
struct SettingFigure {
    ValueOfSeed values;
    bool sealed = false;

    std::optional<Estimate> estimate() const;
    Cell cell(const MetricStyle& style) const; // "65.6 ± 1.7"
    std::optional<DotPlot::Dot> dot(const MetricStyle& style) const;
};
SettingFigure figureOn(const CellResults& setting, const std::string& role, const std::string& metric);
SettingFigure oodFigure(const CellResults& setting, const std::string& metric); // seeds that have every domain

// "OOD accuracy (%)"
std::string axisText(const char* where, const MetricStyle& style);

} // namespace levi
