// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/trainer.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/engine/data/load.h"
#include "core/engine/train/mixed_precision.h"

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

OptimizerOptions optimizerOptions(const TrainerOptions& options) {
    const TrainOptions& train = options.train;
    return {.kind = train.optimizer,
            .momentum = train.momentum,
            .head = {.learningRate = train.learningRate, .weightDecay = train.weightDecay},
            .specialist = options.specialist,
            .backbone = options.backbone};
}

} // namespace

std::vector<NamedTensor> trainedTensors(const Network& network) {
    std::vector<NamedTensor> tensors;
    for (const Parameter& parameter : network.parameters())
        tensors.push_back({parameter.name, parameter.value.detach().to(at::kCPU).contiguous().clone()});
    std::ranges::sort(tensors, {}, &NamedTensor::name);
    return tensors;
}

Trainer::Trainer(const Network& network, const InputPlan& inputs, TrainerOptions options)
    : m_network(network),
      m_inputs(inputs),
      m_options(std::move(options)),
      m_optimizer(network.parameters(), optimizerOptions(m_options)),
      m_best(m_options.train.selectBy) {}

TrainerResult Trainer::run(const TrainingRoles& training, const EvaluationRoles& evaluation, RunObserver& observer) {
    const TrainOptions& options = m_options.train;
    m_batches = (training.train.size() + options.batchSize - 1) / options.batchSize;
    m_steps = m_batches * options.epochs;
    try {
        for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
            m_options.progress(epoch - 1, options.epochs);
            const Epoch done = trainEpoch(training.train, epoch, observer);
            if (done.notFiniteAt) {
                fail(*done.notFiniteAt, epoch, "the loss or its gradient");
                break;
            }
            if (epoch % options.evaluateEvery != 0 && epoch != options.epochs) continue;
            if (!evaluate(training, evaluation, {.epoch = epoch, .step = m_step, .trainLoss = done.meanLoss},
                          observer)) {
                fail(m_step, epoch, "a prediction on id_val");
                break;
            }
            if (options.patience > 0 && m_withoutBetter >= options.patience) break;
        }
    } catch (const Stopped&) {
        m_result.state = RunState::Cancelled;
        m_result.message = fmt::format("Stopped on request at step {} of {}", m_step, m_steps);
    }
    m_optimizer.clearGradients();
    return std::move(m_result);
}

Trainer::Epoch Trainer::trainEpoch(const RowSet& train, std::int64_t epoch, RunObserver& observer) {
    Epoch result;
    double sum = 0;
    std::int64_t rows = 0;
    auto pass = trainingPass(m_inputs, train, m_options.train.batchSize, epoch);
    while (const auto input = pass.next()) {
        const auto loss = step(*input);
        if (!loss) {
            result.notFiniteAt = m_step;
            return result;
        }
        ++m_step;
        const auto count = input->targets.size(0);
        sum += *loss * static_cast<double>(count);
        rows += count;
        observer.stepped(
            {.step = m_step, .epoch = static_cast<double>(m_step) / static_cast<double>(m_batches), .loss = *loss});
    }
    result.meanLoss = sum / static_cast<double>(std::max<std::int64_t>(1, rows));
    return result;
}

std::optional<double> Trainer::step(const StepInput& input) {
    m_optimizer.clearGradients();
    at::Tensor loss;
    {
        const MixedPrecision mixed(m_options.train.precision, m_inputs.device);
        loss = m_network.loss(input, m_options.train.labelSmoothing, {.seed = m_options.seed, .step = m_step});
    }
    const double value = loss.item<double>();
    if (!std::isfinite(value)) return std::nullopt;
    loss.backward();
    if (!std::isfinite(m_optimizer.clipGradients(m_options.train.clipNorm))) return std::nullopt;
    m_optimizer.step(scheduleShare(m_step, m_steps, m_options.train));
    return value;
}

bool Trainer::evaluate(const TrainingRoles& training, const EvaluationRoles& evaluation, CandidateRecord record,
                       RunObserver& observer) {
    const MixedPrecision mixed(m_options.train.precision, m_inputs.device);
    RolePredictions idVal;
    const auto figures = idValFigures(m_network, m_inputs, training.idVal, idVal);
    if (!figures) return false;
    const bool best = m_best.offer(*figures); // before any test role is looked at
    m_withoutBetter = best ? 0 : m_withoutBetter + 1;
    std::vector<RolePredictions> all;
    for (const RowSet& role : evaluation.roles) {
        all.push_back(role.role() == training.idVal.role() ? idVal : predictions(m_network, m_inputs, role));
        const auto rows = metricRows(all.back(), role.classes(), role.domains());
        record.metrics.insert(record.metrics.end(), rows.begin(), rows.end());
    }
    record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_options.runBegan).count();
    const std::string line = fmt::format(
        "epoch={} step={} train_loss={:.4f} id_val_accuracy={:.4f} id_val_nll={:.4f} seconds={:.1f}{}", record.epoch,
        record.step, record.trainLoss, figures->accuracy, figures->nll, record.seconds, best ? " best" : "");
    log().info("{}", line);
    observer.logged({.unixSeconds = unixNow(), .level = "info", .text = line});
    keep(m_candidates++, std::move(all), best);
    observer.evaluated(record);
    m_options.progress(record.epoch, m_options.train.epochs);
    return true;
}

void Trainer::keep(std::int64_t index, std::vector<RolePredictions> predictions, bool best) {
    CandidateLogits logits{.index = index};
    for (const RolePredictions& role : predictions)
        logits.logits.push_back(role.logits.to(at::kHalf));
    m_result.candidates.push_back(std::move(logits));
    if (best)
        m_result.picked = {.index = index, .weights = trainedTensors(m_network), .predictions = std::move(predictions)};
}

void Trainer::fail(std::int64_t step, std::int64_t epoch, const std::string& what) {
    m_result.state = RunState::Failed;
    m_result.message = fmt::format(
        "At step {} (epoch {}) {} was not a finite number; {}. Lower the learning rates, turn "
        "clipping on, or use fp32",
        step, epoch, what,
        m_result.picked.index < 0 ? "no candidate was measured before" : "the best candidate before it is kept");
}

} // namespace levi
