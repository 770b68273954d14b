// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/html_report.h"

#include <optional>
#include <string>
#include <vector>

namespace levi {

// A figure of values with their intervals, a line a row: what core can draw where there is no Qt.
struct DotPlot {
    struct Dot {
        double value = 0;
        double low = 0, high = 0; // equal to the value where there is no interval
    };
    struct Series {
        std::string title;
        std::vector<std::optional<Dot>> dots; // by row
    };

    std::string title, axis; // what the values are, with their unit
    std::vector<std::string> rows;
    std::vector<Series> series;
    std::optional<double> reference; // a line to compare with
    bool isLogarithmic = false;      // of the axis; only positive values have a place there
};

// An SVG document that needs nothing else and that inlineSvg lets pass. Series differ in colour and in shape. Throws
// Error for a series that has not a place a row, or where no value can be drawn.
std::string dotPlotSvg(const DotPlot& plot);

// The plot as a figure of a report; none where it has nothing to show.
std::vector<Figure> figuresOf(const DotPlot& plot, const std::string& description);

} // namespace levi
