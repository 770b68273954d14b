// SPDX-License-Identifier: Apache-2.0
#include "core/report/robustness_table.h"

#include "core/base/error.h"
#include "core/report/metric_style.h"
#include "core/report/setting_columns.h"
#include "core/spec/cell_prefix.h"
#include "core/stats/regression_metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace levi {
namespace {

constexpr const char* kMetric = "accuracy";

// A setting as a point of the plane of ID and OOD accuracy.
struct Point {
    std::size_t setting = 0;
    double id = 0, ood = 0;
};

class Builder {
public:
    Builder(std::span<const ResultRow> rows, const RobustnessOptions& options)
        : m_options(options), m_rows(rows), m_grouped(groupByCell(rows)), m_roles(oodRolesOf(rows)) {
        m_table.notes = provenanceNotes(rows);
    }

    Table build() {
        if (usualMetric(m_rows) != kMetric)
            throw Error(
                "robustness: is defined for accuracies, and these runs predict numbers; `levi table` shows their "
                "RMSE in and out of distribution, and the gap");
        m_table.caption = "Effective robustness by setting";
        addSettingColumns(m_table, m_grouped.cells);
        for (const std::string& role : m_roles)
            addRole(role);
        m_table.notes.push_back(
            fmt::format("Effective robustness (Taori et al. 2020): OOD accuracy above the line that {} make on the {} "
                        "scale; in points.",
                        m_options.baselines.empty() ? "the other settings, but those of LEVI," : "the named baselines",
                        m_options.scale == AccuracyScale::Logit ? "logit" : "probit"));
        return std::move(m_table);
    }

private:
    // Where none are named: all but the one that is judged and LEVI, whose settings lie off the line that they would
    // pull towards them.
    bool isBaselineOf(std::size_t judged, std::size_t setting) const {
        const CellResults& cell = m_grouped.cells[setting];
        if (!m_options.baselines.empty()) return isNamed(cell);
        return setting != judged &&
               std::ranges::none_of(cell.runs, [](const auto& run) { return run.second->kind == "levi"; });
    }

    bool isNamed(const CellResults& cell) const {
        return std::ranges::any_of(m_options.baselines, [&](const std::string& name) {
            return cell.method == name || isCellPrefix(name, cell.cell);
        });
    }

    // Accuracies of 0 and 1 have no place on either scale.
    std::vector<Point> pointsOf(const std::string& role) const {
        const auto isInside = [](double accuracy) { return accuracy > 0 && accuracy < 1; };
        std::vector<Point> points;
        for (std::size_t i = 0; i < m_grouped.cells.size(); ++i) {
            const auto id = m_grouped.cells[i].meanOf(m_options.idRole, kMetric);
            const auto ood = m_grouped.cells[i].meanOf(role, kMetric);
            if (id && ood && isInside(*id) && isInside(*ood)) points.push_back({.setting = i, .id = *id, .ood = *ood});
        }
        return points;
    }

    std::optional<RobustnessLine> lineFor(const Point& judged, const std::vector<Point>& points) const {
        std::vector<double> ids, oods;
        for (const Point& point : points) {
            if (!isBaselineOf(judged.setting, point.setting)) continue;
            ids.push_back(point.id);
            oods.push_back(point.ood);
        }
        return fitRobustnessLine(ids, oods, m_options.scale);
    }

    void addRole(const std::string& role) {
        const auto points = pointsOf(role);
        m_table.columns.push_back({.title = roleTitle(role), .align = Align::Right, .unit = "pp"});
        bool isRefused = false;
        for (std::size_t i = 0; i < m_grouped.cells.size(); ++i) {
            const auto point = std::ranges::find(points, i, &Point::setting);
            const auto line = point == points.end() ? std::nullopt : lineFor(*point, points);
            isRefused = isRefused || (point != points.end() && !line);
            m_table.rows[i].push_back(line                             ? valueCell(*line, *point)
                                      : m_grouped.cells[i].hides(role) ? sealedCell()
                                                                       : missingCell());
        }
        addNotes(role, points, isRefused);
    }

    static Cell valueCell(const RobustnessLine& line, const Point& point) {
        const double value = line.effectiveRobustness(point.id, point.ood);
        Cell cell = numberCell(fmt::format("{:+.1f}", 100 * value), value);
        cell.details = {{"expected", line.expectedOod(point.id)}, {"pearson", line.pearson}};
        return cell;
    }

    void addNotes(const std::string& role, const std::vector<Point>& points, bool isRefused) {
        std::vector<double> ids, oods;
        for (const Point& point : points) {
            ids.push_back(point.id);
            oods.push_back(point.ood);
        }
        const auto correlation = pearson(ids, oods);
        m_table.notes.push_back(fmt::format("{}: ID and OOD accuracy correlate with r = {} over {} settings.",
                                            roleTitle(role), correlation ? fmt::format("{:.2f}", *correlation) : "–",
                                            points.size()));
        if (isRefused)
            m_table.notes.push_back(fmt::format("{}: no line, fewer than {} baselines with different ID accuracies; "
                                                "effective robustness is not computed.",
                                                roleTitle(role), kFewestBaselines));
    }

    RobustnessOptions m_options;
    std::span<const ResultRow> m_rows;
    GroupedResults m_grouped;
    std::vector<std::string> m_roles;
    Table m_table;
};

} // namespace

Table robustnessTable(std::span<const ResultRow> rows, const RobustnessOptions& options) {
    return Builder(rows, options).build();
}

} // namespace levi
