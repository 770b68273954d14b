// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/trainer.h"
#include "tests/support/tiny_vit.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/matmul.h>

#include <functional>
#include <limits>
#include <memory>
#include <vector>

namespace levi::test {

// A linear softmax on the class token of slot 0.
class LinearNetwork : public Network {
public:
    LinearNetwork(std::int64_t width, std::int64_t classes, std::uint64_t seed = 1) {
        const Initializer initializer(seed);
        m_parameters = {initializer.uniform("weight", {width, classes}, 0.1, Pace::Head),
                        initializer.constant("bias", {classes}, 0, Pace::Head)};
    }
    const std::vector<Parameter>& parameters() const override { return m_parameters; }
    at::Tensor logits(const StepInput& input) const override {
        return at::matmul(input.pooled[0].select(1, 0), m_parameters[0].value).add(m_parameters[1].value);
    }
    at::Tensor loss(const StepInput& input, double, const StepDraws& draws) const override {
        const auto loss = at::cross_entropy_loss(logits(input), input.targets);
        return draws.step == nanAt ? loss.mul(std::numeric_limits<double>::quiet_NaN()) : loss;
    }
    double flopsPerSample() const override { return 1; }

    std::int64_t nanAt = -1;

private:
    std::vector<Parameter> m_parameters;
};

// The network's own loss; notes what it is asked.
struct Recorder : Objective {
    std::int64_t steps = 0;
    std::vector<std::int64_t> asked;
    std::vector<at::Tensor> groups;

    void begin(std::int64_t count) override { steps = count; }
    at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                    const StepDraws& draws) override {
        asked.push_back(draws.step);
        groups.push_back(input.groups);
        return network.loss(input, labelSmoothing, draws);
    }
};

struct Observer : RunObserver {
    std::vector<CandidateRecord> candidates;
    std::vector<LossPoint> losses;
    std::vector<LogLine> lines;
    std::function<void(const LossPoint&)> onStep = [](const auto&) {};
    void evaluated(const CandidateRecord& record) override { candidates.push_back(record); }
    void logged(const LogLine& line) override { lines.push_back(line); }
    void stepped(const LossPoint& point) override {
        losses.push_back(point);
        onStep(point);
    }
};

// The tiny world with features of our own: (1, 2, 2) a row, the class token says "even row" or "odd row".
struct Problem {
    Dataset data = tinyWorld(60, 30);
    std::vector<std::vector<float>> values;
    InputPlan plan;
    std::stop_source stop;

    Problem() {
        auto table = std::make_shared<FeatureTable>(1, 2);
        std::size_t count = 0;
        for (const RowSet& role : data.evaluation.roles)
            count += std::size_t(role.size());
        values.reserve(count);
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i) {
                const float odd = float(role.label(i) % 2);
                values.push_back({odd, 1 - odd, 0, 0});
                table->set(role.tableRow(i), values.back().data());
            }
        plan = {.slots = {0}, .features = table, .seed = 4, .stop = stop.get_token()};
    }

    std::int64_t classes() const { return std::int64_t(data.classes.size()); }
};

} // namespace levi::test
