// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs_curves.h"

#include "core/report/metric_style.h"
#include "core/report/result_rows.h"
#include "ui/models/queue_rows.h"
#include "ui/models/results_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace levi {
namespace {

constexpr std::array kRoleOrder = {"train", "id_val", "id_test", "ood_val"};

// Known roles in their order, OOD domains behind them by name.
std::pair<std::size_t, std::string> orderOf(const std::string& role) {
    const auto found = std::ranges::find(kRoleOrder, role);
    return {static_cast<std::size_t>(found - kRoleOrder.begin()), role};
}

MetricValues::Line lineOf(const std::string& role) {
    return {.title = cleanText(roleTitle(role)),
            .isOod = role.starts_with("ood"),
            .isTrain = role == "train",
            .isSelection = role == "id_val",
            .points = {}};
}

} // namespace

MetricValues metricCurves(std::span<const CandidateRecord> candidates, std::optional<std::int64_t> picked,
                          const std::string& metric) {
    const MetricStyle style = metricStyle(metric);
    MetricValues values{.quantity = quantityText(style),
                        .unit = style.percent ? QStringLiteral("%") : QString(),
                        .decimals = style.decimals};
    std::map<std::pair<std::size_t, std::string>, MetricValues::Line> lines;
    for (const CandidateRecord& candidate : candidates) {
        if (picked == candidate.id && candidate.epoch > 0) values.pickedEpoch = static_cast<double>(candidate.epoch);
        for (const MetricRow& row : candidate.metrics) {
            if (row.metric != metric || !row.domain.empty() || !row.value || !std::isfinite(*row.value)) continue;
            auto& line = lines.try_emplace(orderOf(row.role), lineOf(row.role)).first->second;
            line.points.push_back({static_cast<double>(candidate.epoch), *row.value * (style.percent ? 100 : 1)});
        }
    }
    for (auto& [order, line] : lines)
        values.lines.push_back(std::move(line));
    return values;
}

std::vector<LossValues::Epoch> epochLosses(std::span<const CandidateRecord> candidates) {
    std::vector<LossValues::Epoch> losses;
    for (const CandidateRecord& candidate : candidates)
        if (candidate.kind == "epoch" && candidate.epoch > 0)
            losses.push_back({static_cast<double>(candidate.epoch), candidate.trainLoss});
    return losses;
}

std::vector<std::string> candidateMetrics(std::span<const CandidateRecord> candidates) {
    std::set<std::string> found;
    for (const CandidateRecord& candidate : candidates)
        for (const MetricRow& row : candidate.metrics)
            if (!isPartOf(row.metric) && row.domain.empty()) found.insert(row.metric);
    return inUsualOrder(std::move(found));
}

} // namespace levi
