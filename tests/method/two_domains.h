// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/method.h"

#include <memory>
#include <string>
#include <vector>

namespace levi::test {

// A network whose output is given; it remembers what it read.
class Given : public Network {
public:
    explicit Given(const at::Tensor& logits, const at::Tensor& representation = {}) : m_representation(representation) {
        m_parameters = {{.name = "logits", .value = logits.clone().set_requires_grad(true)}};
    }
    const std::vector<Parameter>& parameters() const override { return m_parameters; }
    at::Tensor logits(const StepInput&) const override { return m_parameters[0].value; }
    StepOutput output(const StepInput& input, const StepDraws&) const override {
        m_seen = input;
        return {.logits = m_parameters[0].value, .representation = m_representation};
    }
    at::Tensor loss(const StepInput& input, double labelSmoothing, const StepDraws&) const override {
        return predictionLoss(logits(input), input.targets, labelSmoothing);
    }
    double flopsPerSample() const override { return 1; }

    const at::Tensor& logitsGradient() const { return m_parameters[0].value.grad(); }
    const StepInput& seen() const { return m_seen; }

private:
    std::vector<Parameter> m_parameters;
    at::Tensor m_representation;
    mutable StepInput m_seen;
};

// Of training domains 4, "art", and 7, "photo".
inline std::unique_ptr<Objective> objective(const std::string& method, const std::vector<std::string>& assignments) {
    ExperimentSpec spec;
    setField(spec, "method.kind", method);
    for (const std::string& assignment : assignments)
        setAssignment(spec, assignment);
    return trainedMethodOf(spec).objective(spec, {.domains = {4, 7}, .names = {"art", "photo"}});
}

} // namespace levi::test
