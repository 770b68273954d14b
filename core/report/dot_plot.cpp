// SPDX-License-Identifier: Apache-2.0
#include "core/report/dot_plot.h"

#include "core/base/error.h"
#include "core/report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace levi {
namespace {

constexpr double kWidth = 760, kRight = 24, kTop = 20, kRow = 26, kBelow = 48, kLegend = 24;  // pixels
constexpr double kGlyph = 6.6, kShortestLabels = 80, kLongestLabels = 330;                    // of the rows' names
constexpr double kMark = 4.5;                                                                 // half a marker
constexpr std::array<const char*, 4> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"}; // Okabe and Ito 2008

bool hasPlace(const DotPlot& plot, double value) {
    return std::isfinite(value) && (!plot.isLogarithmic || value > 0);
}

// Ticks at 1, 2 or 5 times a power of ten: evenly, or on a logarithmic axis of a decade and more at all of these.
std::vector<double> ticksBetween(double low, double high, bool isLogarithmic) {
    std::vector<double> ticks;
    if (isLogarithmic && high >= 10 * low) {
        for (double power = std::floor(std::log10(low)); power <= std::ceil(std::log10(high)); ++power)
            for (const double step : {1.0, 2.0, 5.0})
                if (const double tick = step * std::pow(10, power); tick >= low && tick <= high) ticks.push_back(tick);
        return ticks;
    }
    const double raw = (high - low) / 6, power = std::pow(10, std::floor(std::log10(raw)));
    const double step = power * (raw / power <= 1 ? 1 : raw / power <= 2 ? 2 : raw / power <= 5 ? 5 : 10);
    for (double tick = std::ceil(low / step) * step; tick <= high + step / 1e6; tick += step)
        ticks.push_back(std::abs(tick) < step / 1e6 ? 0 : tick);
    return ticks;
}

// From values to pixels.
class Axis {
public:
    Axis(const DotPlot& plot, double left) : m_left(left), m_isLogarithmic(plot.isLogarithmic) {
        for (const DotPlot::Series& series : plot.series)
            for (const auto& dot : series.dots)
                if (dot)
                    for (const double value : {dot->low, dot->value, dot->high})
                        take(plot, value);
        if (plot.reference) take(plot, *plot.reference);
        if (m_low > m_high) throw Error("'{}': there is no value to draw", plot.title);
        const double room = m_isLogarithmic ? 1.15 : 0, rest = (m_high - m_low) * 0.04 + (m_high == m_low ? 0.5 : 0);
        m_low = room > 0 ? m_low / room : m_low - rest;
        m_high = room > 0 ? m_high * room : m_high + rest;
    }

    double x(double value) const {
        const double share =
            m_isLogarithmic ? std::log(value / m_low) / std::log(m_high / m_low) : (value - m_low) / (m_high - m_low);
        return m_left + share * (kWidth - kRight - m_left);
    }
    std::vector<double> ticks() const { return ticksBetween(m_low, m_high, m_isLogarithmic); }

private:
    void take(const DotPlot& plot, double value) {
        if (!hasPlace(plot, value)) return;
        m_low = std::min(m_low, value);
        m_high = std::max(m_high, value);
    }

    double m_left;
    bool m_isLogarithmic;
    double m_low = HUGE_VAL, m_high = -HUGE_VAL;
};

std::string line(double x1, double y1, double x2, double y2, const std::string& style) {
    return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2, style);
}

std::string text(double x, double y, const char* anchor, const std::string& what) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" fill=\"#222222\">{}</text>\n", x, y, anchor,
                       escapeHtml(what));
}

// A disc, a square, a triangle or a diamond.
std::string marker(std::size_t series, double x, double y) {
    const std::size_t kind = series % kColours.size();
    const std::string fill = fmt::format("fill=\"{}\"", kColours[kind]);
    if (kind == 0) return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" {}/>\n", x, y, kMark, fill);
    if (kind == 1)
        return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" {}/>\n", x - kMark, y - kMark,
                           2 * kMark, 2 * kMark, fill);
    const double below = kind == 2 ? 0.8 * kMark : 0, half = 1.2 * kMark;
    std::string points = fmt::format("{:.1f},{:.1f} {:.1f},{:.1f}", x, y - half, x + half, y + below);
    if (kind == 3) points += fmt::format(" {:.1f},{:.1f}", x, y + half);
    return fmt::format("<polygon points=\"{} {:.1f},{:.1f}\" {}/>\n", points, x - half, y + below, fill);
}

double labelWidth(const DotPlot& plot) {
    std::size_t longest = 0;
    for (const std::string& row : plot.rows)
        longest = std::max(longest, row.size());
    return std::clamp(kGlyph * static_cast<double>(longest) + 16, kShortestLabels, kLongestLabels);
}

class Drawing {
public:
    explicit Drawing(const DotPlot& plot) : m_plot(plot), m_left(labelWidth(plot)), m_axis(plot, m_left) {}

    std::string svg() const {
        const double height = bottom() + kBelow + (m_plot.series.size() > 1 ? kLegend : 0);
        return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" "
                           "height=\"{:.0f}\" font-family=\"sans-serif\" font-size=\"12\">\n",
                           kWidth, height, kWidth, height) +
               grid() + labels() + dots() + legend() + "</svg>\n";
    }

private:
    double bottom() const { return kTop + kRow * static_cast<double>(m_plot.rows.size()); }
    double middle(std::size_t row) const { return kTop + kRow * (static_cast<double>(row) + 0.5); }

    std::string grid() const {
        std::string drawn;
        for (const double tick : m_axis.ticks()) {
            drawn += line(m_axis.x(tick), kTop, m_axis.x(tick), bottom(), "stroke=\"#e2e5e8\"");
            drawn += text(m_axis.x(tick), bottom() + 16, "middle", fmt::format("{:.4g}", tick));
        }
        drawn += line(m_left, bottom(), kWidth - kRight, bottom(), "stroke=\"#5d6670\"");
        if (m_plot.reference && hasPlace(m_plot, *m_plot.reference))
            drawn += line(m_axis.x(*m_plot.reference), kTop, m_axis.x(*m_plot.reference), bottom(),
                          "stroke=\"#5d6670\" stroke-dasharray=\"4 3\"");
        return drawn + text((m_left + kWidth - kRight) / 2, bottom() + 36, "middle", m_plot.axis);
    }

    std::string labels() const {
        const auto most = static_cast<std::size_t>((kLongestLabels - 16) / kGlyph);
        std::string drawn;
        for (std::size_t row = 0; row < m_plot.rows.size(); ++row) {
            const std::string& name = m_plot.rows[row];
            drawn += text(m_left - 10, middle(row) + 4, "end",
                          name.size() > most ? cleanLine(name.substr(0, most - 1)) + "…" : name);
        }
        return drawn;
    }

    // Several series share a row side by side, from its top to its bottom.
    std::string dots() const {
        const double step =
            std::min(6.0, (kRow - 8) / static_cast<double>(std::max<std::size_t>(1, m_plot.series.size())));
        std::string drawn;
        for (std::size_t s = 0; s < m_plot.series.size(); ++s)
            for (std::size_t row = 0; row < m_plot.rows.size(); ++row) {
                const auto& dot = m_plot.series[s].dots[row];
                if (!dot || !hasPlace(m_plot, dot->value)) continue;
                const double shift = static_cast<double>(s) - (static_cast<double>(m_plot.series.size()) - 1) / 2;
                drawn += dotAt(s, *dot, middle(row) + step * shift);
            }
        return drawn;
    }

    std::string dotAt(std::size_t series, const DotPlot::Dot& dot, double y) const {
        std::string drawn;
        if (dot.high > dot.low && hasPlace(m_plot, dot.low) && hasPlace(m_plot, dot.high))
            drawn = line(m_axis.x(dot.low), y, m_axis.x(dot.high), y,
                         fmt::format("stroke=\"{}\" stroke-width=\"1.5\"", kColours[series % kColours.size()]));
        return drawn + marker(series, m_axis.x(dot.value), y);
    }

    std::string legend() const {
        if (m_plot.series.size() < 2) return {};
        std::string drawn;
        double x = m_left;
        for (std::size_t s = 0; s < m_plot.series.size(); ++s) {
            drawn += marker(s, x, bottom() + kBelow + 4) +
                     text(x + 10, bottom() + kBelow + 8, "start", m_plot.series[s].title);
            x += 34 + kGlyph * static_cast<double>(m_plot.series[s].title.size());
        }
        return drawn;
    }

    const DotPlot& m_plot;
    double m_left;
    Axis m_axis;
};

} // namespace

std::string dotPlotSvg(const DotPlot& plot) {
    for (const DotPlot::Series& series : plot.series)
        if (series.dots.size() != plot.rows.size())
            throw Error("'{}': the series '{}' has {} places for {} rows", plot.title, series.title, series.dots.size(),
                        plot.rows.size());
    return Drawing(plot).svg();
}

std::vector<Figure> figuresOf(const DotPlot& plot, const std::string& description) {
    const bool hasDots = std::ranges::any_of(plot.series, [](const DotPlot::Series& series) {
        return std::ranges::any_of(series.dots, [](const auto& dot) { return dot.has_value(); });
    });
    if (plot.rows.empty() || !hasDots) return {};
    return {{.title = plot.title, .svg = dotPlotSvg(plot), .description = description}};
}

} // namespace levi
