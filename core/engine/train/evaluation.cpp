// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/evaluation.h"

#include "core/stats/metrics.h"
#include "core/stats/selection_rules.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

namespace levi {
namespace {

struct Subset {
    std::vector<float> logits;
    std::vector<std::int64_t> labels;
};

std::span<const float> valuesOf(const at::Tensor& logits) {
    return {logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel())};
}

ClassificationMetrics metricsOf(const RolePredictions& p) {
    return classificationMetrics(Predictions<float>{
        .logits = valuesOf(p.logits), .classes = p.logits.size(1), .labels = p.labels, .groups = p.domains});
}

void addRows(std::vector<MetricRow>& rows, const ClassificationMetrics& metrics, const std::string& role,
             const std::string& domain) {
    const std::int64_t ofWorst = metrics.worstGroup ? metrics.worstGroup->count : metrics.count;
    for (const auto& [key, value] : metricsByKey(metrics)) {
        const bool isWorst = key == "worst_group";
        if (domain.empty() || !isWorst)
            rows.push_back({.role = role,
                            .domain = domain,
                            .metric = key,
                            .value = value,
                            .count = isWorst ? ofWorst : metrics.count});
    }
}

Subset ofDomain(const RolePredictions& p, std::int64_t domain) {
    Subset subset;
    const auto classes = p.logits.size(1);
    const float* logits = p.logits.data_ptr<float>();
    for (std::size_t i = 0; i < p.labels.size(); ++i) {
        if (p.domains[i] != domain) continue;
        const float* row = logits + static_cast<std::int64_t>(i) * classes;
        subset.logits.insert(subset.logits.end(), row, row + classes);
        subset.labels.push_back(p.labels[i]);
    }
    return subset;
}

} // namespace

RolePredictions predictions(const Network& network, const InputPlan& plan, const RowSet& rows) {
    const c10::NoGradGuard noGrad;
    RolePredictions result{.role = rows.role()};
    std::vector<at::Tensor> pieces;
    auto pass = evaluationPass(plan, rows);
    while (const auto input = pass.next())
        pieces.push_back(network.logits(*input).to(at::kCPU, at::kFloat));
    if (!pieces.empty()) result.logits = at::cat(pieces).contiguous();
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        result.rows.push_back(rows.id(i));
        result.labels.push_back(rows.label(i));
        result.domains.push_back(rows.domain(i));
    }
    return result;
}

std::vector<MetricRow> metricRows(const RolePredictions& p, const std::vector<std::string>& classes,
                                  const std::vector<std::string>& domains) {
    std::vector<MetricRow> rows;
    const auto all = metricsOf(p);
    addRows(rows, all, p.role, "");
    for (std::size_t c = 0; c < all.predictedShares.size(); ++c)
        rows.push_back({.role = p.role,
                        .domain = "",
                        .metric = "share/" + classes.at(c),
                        .value = all.predictedShares[c],
                        .count = all.count});
    for (std::size_t domain = 0; domain < domains.size(); ++domain) {
        const auto subset = ofDomain(p, static_cast<std::int64_t>(domain));
        if (subset.labels.empty()) continue;
        const Predictions<float> some{
            .logits = subset.logits, .classes = p.logits.size(1), .labels = subset.labels, .groups = {}};
        addRows(rows, classificationMetrics(some), p.role, domains[domain]);
    }
    return rows;
}

std::optional<IdValFigures> idValFigures(const Network& network, const InputPlan& plan, const RowSet& idVal,
                                         RolePredictions& out) {
    out = predictions(network, plan, idVal);
    const auto metrics = metricsOf(out);
    if (!metrics.accuracy || !metrics.nll) return std::nullopt;
    return IdValFigures{.accuracy = *metrics.accuracy, .nll = *metrics.nll};
}

// The store applies the same comparison when it picks candidates afterwards.
bool BestEpoch::offer(const IdValFigures& figures) {
    const auto plain = [](const IdValFigures& of) { return SelectionFigures{.accuracy = of.accuracy, .nll = of.nll}; };
    if (m_best && !isBetter(plain(figures), plain(*m_best), m_preference)) return false;
    m_best = figures;
    return true;
}

} // namespace levi
