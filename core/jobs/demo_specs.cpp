// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/demo_specs.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"

#include <string>

namespace levi {
namespace {

// Shared by all that are trained. How the numbers were found: docs/demo.md. Such small networks are fastest on one
// thread, several runs beside each other.
constexpr const char* kShared = R"json({
  "data": {"kind": "demo_world", "world_seed": 1, "eval_rows": 400, "cue_strength": 0.75, "picture_noise": 0.1},
  "backbone": {"kind": "vit", "path": "resource:demo_vit"},
  "specialist": {"kind": "cnn", "width": 16, "depth": 3, "learning_rate": 3e-3},
  "specialist_view": {"resolution": 16},
  "train": {"epochs": 40, "batch_size": 32, "evaluate_every": 8},
  "compute": {"threads": 1}
})json";

// What each one adds.
constexpr const char* kMethods[] = {
    R"json({"name": "LEVI", "method": {"kind": "levi", "taps": "late_half"}})json",
    R"json({"name": "LEVI without specialist", "method": {"kind": "all_layer_probe", "taps": "late_half"}})json",
    R"json({"name": "LEVI last layer only", "method": {"kind": "levi", "taps": "last"}})json",
    R"json({"name": "Specialist", "method": {"kind": "specialist"}})json",
    R"json({"name": "Linear probe", "method": {"kind": "linear_probe"}})json",
    R"json({"name": "Full fine-tuning", "method": {"kind": "full_fine_tuning"},
            "backbone": {"learning_rate": 5e-4}, "train": {"epochs": 16, "evaluate_every": 4}})json",
};

constexpr const char* kEnsemble = R"json({
  "name": "Ensemble: specialist + fine-tuned",
  "method": {"kind": "output_ensemble", "parents": ["Specialist", "Full fine-tuning"]}
})json";

ExperimentSpec specOf(const Json& json) {
    SpecRead read = specFromJson(json);
    const auto problems = read.problems.empty() ? validate(read.spec) : read.problems;
    if (!problems.empty()) throw Error("the demo's own spec is wrong: {}", problemsText(problems));
    return std::move(read.spec);
}

} // namespace

std::vector<ExperimentSpec> demoSpecs() {
    std::vector<ExperimentSpec> specs;
    for (const char* method : kMethods) {
        Json json = Json::parse(kShared);
        json.merge_patch(Json::parse(method));
        specs.push_back(specOf(json));
    }
    specs.push_back(specOf(Json::parse(kEnsemble)));
    return specs;
}

} // namespace levi
