// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/candidates.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/engine/train/mixed_precision.h"

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

// On the CPU they are the network's own: what trains on changes them.
std::vector<NamedTensor> tensorsByName(const Network& network) {
    std::vector<NamedTensor> tensors;
    for (const Parameter& parameter : network.parameters())
        tensors.push_back({parameter.name, parameter.value.detach()});
    std::ranges::sort(tensors, {}, &NamedTensor::name);
    return tensors;
}

} // namespace

std::vector<NamedTensor> trainedTensors(const Network& network) {
    auto tensors = tensorsByName(network);
    for (NamedTensor& tensor : tensors)
        tensor.tensor = tensor.tensor.to(at::kCPU).contiguous().clone();
    return tensors;
}

std::string weightsSha256(const std::vector<NamedTensor>& weights) {
    Sha256 sha;
    for (const auto& [name, tensor] : weights)
        sha.add(name).add(std::string_view("\0", 1)).add(rawBytes(tensor.to(at::kCPU).contiguous()));
    return sha.hex();
}

Candidates::Candidates(const Network& network, const InputPlan& inputs, const TrainingRoles& training,
                       const EvaluationRoles& evaluation, CandidateOptions options, RunObserver& observer)
    : m_network(network),
      m_inputs(inputs),
      m_training(training),
      m_evaluation(evaluation),
      m_options(options),
      m_observer(observer),
      m_best(options.preference) {}

Candidates::Outcome Candidates::measure(CandidateRecord record, bool mayBePicked) {
    const MixedPrecision mixed(m_options.precision, m_inputs.device);
    RolePredictions idVal;
    const auto figures = idValFigures(m_network, m_inputs, m_training.idVal, idVal);
    if (!figures) return Outcome::NotFinite;
    const bool best = mayBePicked && m_best.offer(*figures); // before any test role is looked at
    std::vector<RolePredictions> all;
    for (const RowSet& role : m_evaluation.roles) {
        all.push_back(role.role() == m_training.idVal.role() ? idVal : predictions(m_network, m_inputs, role));
        const auto rows = metricRows(all.back(), role.task());
        record.metrics.insert(record.metrics.end(), rows.begin(), rows.end());
        warnOfBlanks(all.back());
    }
    record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_options.runBegan).count();
    record.weightsSha256 = weightsSha256(tensorsByName(m_network));
    tell(record, *figures, best);
    keep(std::move(all), record.weightsSha256, best);
    m_observer.evaluated(record);
    return best ? Outcome::Best : Outcome::NotBest;
}

// Figures over such rows are not defined, and a table shows no more than a dash.
void Candidates::warnOfBlanks(const RolePredictions& role) {
    const auto blank = role.logits.isfinite().all(1).logical_not().sum().item<std::int64_t>();
    if (blank == 0 || !m_warned.insert(role.role).second) return;
    const std::string line =
        fmt::format("{}: {} of {} predictions are no finite numbers, so that figures over them are not "
                    "defined; look at the values that these rows are read from",
                    role.role, blank, role.logits.size(0));
    log().warn("{}", line);
    m_observer.logged({.unixSeconds = unixNow(), .level = "warn", .text = line});
}

void Candidates::tell(const CandidateRecord& record, const IdValFigures& figures, bool best) {
    const std::string where =
        record.kind == "epoch" ? fmt::format("epoch={} step={}", record.epoch, record.step) : record.kind;
    const std::string loss =
        std::isnan(record.trainLoss) ? std::string() : fmt::format(" train_loss={:.4f}", record.trainLoss);
    const std::string line =
        fmt::format("{}{} {} seconds={:.1f}{}", where, loss, figures.text(), record.seconds, best ? " best" : "");
    log().info("{}", line);
    m_observer.logged({.unixSeconds = unixNow(), .level = "info", .text = line});
}

void Candidates::keep(std::vector<RolePredictions> predictions, const std::string& weightsSha256, bool best) {
    CandidateLogits logits{.index = static_cast<std::int64_t>(m_all.size())};
    for (const RolePredictions& role : predictions)
        logits.logits.push_back(role.logits.to(m_training.train.task().isNumber() ? at::kFloat : at::kHalf));
    if (best) // first: where memory runs out here, the list is as long as what the observer was told
        m_picked = {.index = logits.index,
                    .weights = trainedTensors(m_network),
                    .weightsSha256 = weightsSha256,
                    .predictions = std::move(predictions)};
    m_all.push_back(std::move(logits));
}

} // namespace levi
