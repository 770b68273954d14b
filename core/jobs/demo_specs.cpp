// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/demo_specs.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"

#include <string>

namespace levi {
namespace {

// Shared by all that are trained.
constexpr const char* kShared = R"json({
  "data": {"kind": "demo_world"},
  "backbone": {"kind": "vit", "path": "resource:demo_vit"},
  "specialist": {"kind": "cnn"}
})json";

// What each one adds.
constexpr const char* kMethods[] = {
    R"json({"name": "LEVI", "method": {"kind": "levi", "taps": "all"}})json",
    R"json({"name": "LEVI without specialist", "method": {"kind": "all_layer_probe", "taps": "all"}})json",
    R"json({"name": "LEVI last layer only", "method": {"kind": "levi", "taps": "last"}})json",
    R"json({"name": "Specialist", "method": {"kind": "specialist"}})json",
    R"json({"name": "Linear probe", "method": {"kind": "linear_probe"}})json",
    R"json({"name": "Full fine-tuning", "method": {"kind": "full_fine_tuning"}})json",
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
