// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <string_view>

namespace levi {

// What is predicted of a row: one of several classes, or a number.
enum class TargetKind { Class, Number };
template<>
inline const std::vector<std::string> kEnumNames<TargetKind> = {"class", "number"};

// Of kinds of data whose rows may have numbers for targets.
struct TargetOptions {
    TargetKind target = TargetKind::Class;
    bool clipTarget = false; // predicted numbers, to the range of the training rows
};

// Of the spec's data: its field `target`, Class where its kind has none. A derived method reads no data: there it says
// nothing.
TargetKind targetOf(const ExperimentSpec& spec);
bool predictsNumbers(const ExperimentSpec& spec);

// The metric that a run of the spec is judged by where nothing else is said: accuracy, of numbers rmse.
const char* usualMetricOf(const ExperimentSpec& spec);

// Changes predictions, not rows: two runs that differ in it alone stand on the same data.
inline constexpr std::string_view kClipTargetPath = "data.clip_target";

template<typename S>
void addTarget(Fields<S>& f) {
    f.add("target", &TargetOptions::target, "Target")
        .help("class: one of several names; number: a value that is predicted by least squares and judged by RMSE, "
              "mean absolute error and correlation.");
    f.add("clip_target", &TargetOptions::clipTarget, "Clip predictions")
        .advanced()
        .when([](const S& o) { return o.target == TargetKind::Number; })
        .help("Keeps predicted numbers within the smallest and the largest target of the training rows.");
}

} // namespace levi
