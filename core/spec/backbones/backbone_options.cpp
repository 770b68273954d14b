// SPDX-License-Identifier: Apache-2.0
#include "core/spec/backbones/backbone_options.h"

#include "core/base/name_pattern.h"
#include "core/spec/experiment_spec.h"

#include <cmath>

namespace levi {

BackboneOptions backboneOptions(const ExperimentSpec& spec) {
    static const FieldTable shared = [] {
        Fields<BackboneOptions> f;
        addBackbone(f, "");
        return f.table();
    }();
    BackboneOptions options;
    for (const Field& field : shared)
        field.set(&options, fieldValue(spec, "backbone." + field.info.key));
    return options;
}

double usualLearningRate(BackboneMode mode) {
    switch (mode) {
    case BackboneMode::Lora:
    case BackboneMode::Biases:
        return 1e-3;
    case BackboneMode::Norms:
        return 3e-3;
    case BackboneMode::Frozen:
    case BackboneMode::Full:
    case BackboneMode::Blocks:
        break;
    }
    return BackboneOptions{}.learningRate;
}

double usualLearningRate(const ExperimentSpec& spec) {
    return usualLearningRate(backboneMode(spec));
}

void adaptLearningRate(ExperimentSpec& made, const ExperimentSpec& base) {
    const auto meant = [](BackboneMode mode) {
        const bool isWhole = mode == BackboneMode::Frozen || mode == BackboneMode::Blocks;
        return isWhole ? BackboneMode::Full : mode;
    };
    const BackboneMode mode = backboneMode(made);
    if (mode != BackboneMode::Frozen && meant(mode) != meant(backboneMode(base)))
        setField(made, "backbone.learning_rate", usualLearningRate(mode));
}

std::pair<std::string, double> patternValue(const std::string& text) {
    const std::size_t equals = text.rfind('=');
    const Json value = equals == std::string::npos ? Json() : Json::parse(text.substr(equals + 1), nullptr, false);
    if (equals == 0 || !value.is_number()) throw Error("found '{}', expected pattern=number", text);
    return {text.substr(0, equals), value.get<double>()};
}

bool modeIsOpen(const ExperimentSpec& spec) {
    const MethodTraits& method = spec.method.kind().method;
    return method.mayTrainBackbone && !method.fixedMode;
}

bool modeIs(const ExperimentSpec& spec, BackboneMode mode) {
    return backboneMode(spec) == mode;
}

std::optional<std::string> patternsProblem(const std::vector<std::string>& patterns, bool whole) try {
    for (const std::string& text : patterns) {
        const auto [pattern, value] = patternValue(text);
        const bool fits = value > 0 && value <= 1e6 && (!whole || value == std::floor(value));
        if (!fits) return fmt::format("'{}': expected a {} above 0", text, whole ? "whole number" : "number");
        NamePattern{pattern};
    }
    return std::nullopt;
} catch (const Error& error) {
    return error.what();
}

} // namespace levi
