// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/feature_selection.h"
#include "core/engine/method/merged_weights.h"
#include "core/engine/method/predictions.h"
#include "core/engine/method/readout_network.h"
#include "core/engine/train/candidates.h"
#include "core/engine/train/objective.h"
#include "core/spec/experiment_spec.h"

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace levi {

// What a phase before training has. There is no test role in it: candidates measure them and tell nobody here.
struct Preparation {
    const ExperimentSpec& spec;
    const ReadoutPlan& plan;
    const TrainingRoles& rows;
    const FeatureTable* features; // of training and id_val rows, of the backbone as the run starts from it
    Candidates& candidates;
    std::stop_token stop;
    std::function<void(const std::string& level, const std::string& text)> log;
    std::function<void(std::int64_t done, std::int64_t total)> progress;
};

// Gives the network its first weights, or offers candidates that need no steps. Throws Stopped.
using Phase = std::function<void(Network& network, const Preparation& given)>;

// A method that trains: what it reads of the backbone, and the network it trains, in phases.
struct TrainedMethod {
    std::function<ReadoutPlan(const ExperimentSpec& spec, int depth)> plan;
    // Chooses the features that the network reads, where the plan says that it does.
    std::function<FeatureSelection(const SelectionSource&)> select;
    // Puts the parts together; most methods leave it at that.
    std::function<std::unique_ptr<Network>(const ReadoutPlan&, ReadoutParts, const Initializer&)> build =
        [](const ReadoutPlan& readout, ReadoutParts parts, const Initializer& initializer) -> std::unique_ptr<Network> {
        return std::make_unique<ReadoutNetwork>(readout, std::move(parts), initializer);
    };
    // A phase before the steps, if there are any: null where the spec asks for none.
    std::function<Phase(const ExperimentSpec& spec)> prepare = [](const auto&) { return Phase(); };
    // What it minimises; null: the network's own loss.
    std::function<std::unique_ptr<Objective>(const ExperimentSpec& spec, const TrainingGroups& groups)> objective =
        [](const auto&, const auto&) { return nullptr; };
};

// A method that makes a prediction of the predictions of finished runs. They agree on classes, roles and rows.
struct DerivedMethod {
    std::function<std::vector<RolePredictions>(const ExperimentSpec& spec, const std::vector<PredictionsFile>& parents)>
        combine;
    // The part that each parent has in the prediction, for the log.
    std::function<std::vector<double>(const ExperimentSpec& spec, std::size_t parents)> weights;
};

using Method = std::variant<TrainedMethod, DerivedMethod, MergedMethod>;

// Kind of the spec's section `method` -> implementation. Adding one: its file and one line in registry.cpp.
void addMethod(const std::string& kind, Method method); // throws Error where the kind is taken
const Method& methodOf(const ExperimentSpec& spec);     // throws Error where the kind has none
const TrainedMethod& trainedMethodOf(const ExperimentSpec& spec);

// What the spec reads of a backbone of so many blocks.
ReadoutPlan planOf(const ExperimentSpec& spec, int depth);

// The taps as text for tables ("8-12"); "" where the method has none.
std::string tapsText(const ExperimentSpec& spec, int depth);

} // namespace levi
