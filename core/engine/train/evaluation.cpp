// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/evaluation.h"

#include "core/engine/data/targets.h"
#include "core/stats/selection_rules.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

namespace levi {
namespace {

void addTruth(RolePredictions& result, const RowSet& rows, std::int64_t i) {
    const Task& task = rows.task();
    result.rows.push_back(rows.id(i));
    result.domains.push_back(rows.domain(i));
    if (task.isNumber())
        result.numbers.push_back(rows.number(i));
    else
        result.labels.push_back(rows.label(i));
    if (!task.groups.empty()) result.groups.push_back(rows.group(i));
    if (rows.user(i) >= 0) result.users.push_back(rows.user(i));
}

} // namespace

RolePredictions predictions(const Network& network, const InputPlan& plan, const RowSet& rows) {
    const c10::NoGradGuard noGrad;
    RolePredictions result{.role = rows.role()};
    std::vector<at::Tensor> pieces;
    auto pass = evaluationPass(plan, rows);
    while (const auto input = pass.next())
        pieces.push_back(network.logits(*input).to(at::kCPU, at::kFloat));
    if (!pieces.empty()) result.logits = answersOf(at::cat(pieces), rows.task()).contiguous();
    for (std::int64_t i = 0; i < rows.size(); ++i)
        addTruth(result, rows, i);
    return result;
}

std::optional<IdValFigures> idValFigures(const Network& network, const InputPlan& plan, const RowSet& idVal,
                                         RolePredictions& out) {
    out = predictions(network, plan, idVal);
    return figuresOf(out, idVal.task());
}

std::string IdValFigures::text() const {
    if (rmse) return fmt::format("id_val_rmse={:.4f}", *rmse);
    return fmt::format("id_val_accuracy={:.4f} id_val_nll={:.4f}", accuracy, nll);
}

// The store applies the same comparison when it picks candidates afterwards.
bool BestEpoch::offer(const IdValFigures& figures) {
    const auto plain = [](const IdValFigures& of) {
        return SelectionFigures{.accuracy = of.accuracy, .nll = of.nll, .rmse = of.rmse};
    };
    if (m_best && !isBetter(plain(figures), plain(*m_best), m_preference)) return false;
    m_best = figures;
    return true;
}

} // namespace levi
