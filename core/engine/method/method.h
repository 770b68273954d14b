// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/predictions.h"
#include "core/engine/method/readout_network.h"
#include "core/spec/experiment_spec.h"

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace levi {

// A method that trains: what it reads of the backbone, and the network it trains.
struct TrainedMethod {
    std::function<ReadoutPlan(const ExperimentSpec& spec, int depth)> plan;
    // Puts the parts together; most methods leave it at that.
    std::function<std::unique_ptr<Network>(const ReadoutPlan&, ReadoutParts, const Initializer&)> build =
        [](const ReadoutPlan& readout, ReadoutParts parts, const Initializer& initializer) -> std::unique_ptr<Network> {
        return std::make_unique<ReadoutNetwork>(readout, std::move(parts), initializer);
    };
};

// A method that makes a prediction of the predictions of finished runs. They agree on classes, roles and rows.
struct DerivedMethod {
    std::function<std::vector<RolePredictions>(const ExperimentSpec& spec, const std::vector<PredictionsFile>& parents)>
        combine;
};

using Method = std::variant<TrainedMethod, DerivedMethod>;

// Kind of the spec's section `method` -> implementation. Adding one: its file and one line in registry.cpp.
void addMethod(const std::string& kind, Method method); // throws Error where the kind is taken
const Method& methodOf(const ExperimentSpec& spec);     // throws Error where the kind has none
const TrainedMethod& trainedMethodOf(const ExperimentSpec& spec);

// What the spec reads of a backbone of so many blocks.
ReadoutPlan planOf(const ExperimentSpec& spec, int depth);

// The taps as text for tables ("8-12"); "" where the method has none.
std::string tapsText(const ExperimentSpec& spec, int depth);

} // namespace levi
