// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/trainer.h"

#include "core/base/error.h"
#include "core/engine/data/load.h"
#include "core/engine/train/mixed_precision.h"
#include "core/engine/train/out_of_memory.h"
#include "core/engine/train/work_done.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace levi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kStepsShareAtFirst = 0.7; // until an evaluation was timed

std::int64_t evaluationsOf(const TrainOptions& options) {
    return (options.epochs + options.evaluateEvery - 1) / options.evaluateEvery;
}

double secondsSince(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

OptimizerOptions optimizerOptions(const TrainerOptions& options) {
    const TrainOptions& train = options.train;
    return {.kind = train.optimizer,
            .momentum = train.momentum,
            .head = {.learningRate = train.learningRate, .weightDecay = train.weightDecay},
            .specialist = options.specialist,
            .backbone = options.backbone};
}

const char* keptText(const Candidates& candidates) {
    return candidates.picked().index < 0 ? "no candidate was measured before" : "the best candidate before it is kept";
}

} // namespace

CandidateOptions candidateOptions(const TrainerOptions& options) {
    return {.preference = {.by = options.train.selectBy},
            .precision = options.train.precision,
            .runBegan = options.runBegan};
}

void setTrainedTensors(const Network& network, const std::vector<NamedTensor>& values) {
    const c10::NoGradGuard noGrad;
    for (const Parameter& parameter : network.parameters()) {
        const auto found = std::ranges::find(values, parameter.name, &NamedTensor::name);
        if (found == values.end()) throw Error("No value for the parameter '{}'", parameter.name);
        parameter.value.copy_(found->tensor);
    }
}

Trainer::Trainer(const Network& network, const InputPlan& inputs, TrainerOptions options)
    : m_network(network),
      m_inputs(inputs),
      m_options(std::move(options)),
      m_optimizer(network.parameters(), optimizerOptions(m_options)) {}

TrainerResult Trainer::run(const RowSet& train, Candidates& candidates, RunObserver& observer) {
    const TrainOptions& options = m_options.train;
    m_batches = trainingBatches(m_inputs, train, options.batchSize);
    m_steps = m_batches * options.epochs;
    if (m_options.objective) m_options.objective->begin(m_steps);
    if (options.average != Average::None) m_average.emplace(m_network.parameters(), options, m_steps);
    try {
        for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
            tellProgress(epoch - 1);
            const auto began = Clock::now();
            const auto meanLoss = trainEpoch(train, epoch, observer);
            m_stepSeconds += secondsSince(began);
            m_stepsTimed = m_step;
            if (!meanLoss) {
                fail(m_step + 1, epoch, "the loss or its gradient", candidates);
                break;
            }
            if (epoch % options.evaluateEvery != 0 && epoch != options.epochs) continue;
            if (!evaluated(candidates, epoch, *meanLoss)) break;
        }
    } catch (const Stopped&) {
        m_result.state = RunState::Cancelled;
        m_result.message = fmt::format("Stopped on request at step {} of {}", m_step, m_steps);
    } catch (const std::exception& error) {
        const auto device = deviceOutOfMemory(error, m_inputs.device.str());
        if (!device) throw;
        m_result.state = RunState::Failed;
        m_result.message = fmt::format("{}. That was after step {} of {}; {}", outOfMemoryText(*device, "training"),
                                       m_step, m_steps, keptText(candidates));
    }
    m_optimizer.clearGradients();
    return std::move(m_result);
}

std::optional<double> Trainer::trainEpoch(const RowSet& train, std::int64_t epoch, RunObserver& observer) {
    double sum = 0;
    std::int64_t rows = 0;
    auto pass = trainingPass(m_inputs, train, m_options.train.batchSize, epoch);
    while (const auto input = pass.next()) {
        const auto loss = step(*input);
        if (!loss) return std::nullopt;
        if (m_average) m_average->add(m_step);
        ++m_step;
        const auto count = input->targets.size(0);
        sum += *loss * static_cast<double>(count);
        rows += count;
        observer.stepped(
            {.step = m_step, .epoch = static_cast<double>(m_step) / static_cast<double>(m_batches), .loss = *loss});
        tellProgress(epoch - 1);
    }
    addWork(static_cast<double>(rows) * m_network.trainingFlopsPerSample());
    return sum / static_cast<double>(std::max<std::int64_t>(1, rows));
}

at::Tensor Trainer::lossOf(const StepInput& input) const {
    const MixedPrecision mixed(m_options.train.precision, m_inputs.device);
    const StepDraws draws{.seed = m_options.seed, .step = m_step};
    const double smoothing = m_options.train.labelSmoothing;
    if (!m_options.objective) return m_network.loss(input, smoothing, draws);
    return m_options.objective->loss(m_network, input, smoothing, draws);
}

std::optional<double> Trainer::step(const StepInput& input) {
    m_optimizer.clearGradients();
    const at::Tensor loss = lossOf(input);
    const double value = loss.item<double>();
    if (!std::isfinite(value)) return std::nullopt;
    loss.backward();
    if (!std::isfinite(m_optimizer.clipGradients(m_options.train.clipNorm))) return std::nullopt;
    if (m_options.objective && m_options.objective->jumpsAt(m_step)) m_optimizer.restart();
    m_optimizer.step(scheduleShare(m_step, m_steps, m_options.train));
    return value;
}

bool Trainer::evaluated(Candidates& candidates, std::int64_t epoch, double meanLoss) {
    const auto began = Clock::now();
    CandidateRecord record{.epoch = epoch, .step = m_step, .trainLoss = meanLoss};
    auto outcome = candidates.offer(record);
    bool best = outcome == Candidates::Outcome::Best;
    if (m_average && m_average->begun() && outcome != Candidates::Outcome::NotFinite) {
        const AveragedWeights averaged(*m_average);
        record.kind = m_average->kind();
        outcome = candidates.offer(record);
        best = best || outcome == Candidates::Outcome::Best;
    }
    if (outcome == Candidates::Outcome::NotFinite) {
        fail(m_step, epoch, "a prediction on id_val", candidates);
        return false;
    }
    m_evaluationSeconds += secondsSince(began);
    ++m_evaluations;
    tellProgress(epoch);
    m_withoutBetter = best ? 0 : m_withoutBetter + 1;
    return m_options.train.patience == 0 || m_withoutBetter < m_options.train.patience;
}

double Trainer::stepsShare() const {
    if (m_evaluations == 0 || m_stepsTimed == 0) return kStepsShareAtFirst;
    const double steps = m_stepSeconds / static_cast<double>(m_stepsTimed) * static_cast<double>(m_steps);
    const double all =
        m_evaluationSeconds / static_cast<double>(m_evaluations) * static_cast<double>(evaluationsOf(m_options.train));
    return steps / std::max(steps + all, std::numeric_limits<double>::min());
}

void Trainer::tellProgress(std::int64_t epochsOver) {
    const double steps = static_cast<double>(m_step) / static_cast<double>(std::max<std::int64_t>(1, m_steps));
    const double evaluations = static_cast<double>(m_evaluations) / static_cast<double>(evaluationsOf(m_options.train));
    const double share = stepsShare();
    m_shareTold = std::max(m_shareTold, share * steps + (1 - share) * evaluations); // never back
    m_options.progress({.epoch = epochsOver, .epochs = m_options.train.epochs, .share = m_shareTold});
}

void Trainer::fail(std::int64_t step, std::int64_t epoch, const std::string& what, const Candidates& candidates) {
    m_result.state = RunState::Failed;
    m_result.message =
        fmt::format("At step {} (epoch {}) {} was not a finite number; {}. Lower the learning rates, turn "
                    "clipping on, or use fp32",
                    step, epoch, what, keptText(candidates));
}

} // namespace levi
