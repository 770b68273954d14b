// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/engine/method/method.h"

#include "core/base/error.h"

#include <map>
#include <nlohmann/json.hpp>

namespace levi {
namespace {

std::map<std::string, Method>& methods() {
    static std::map<std::string, Method> all = {
        {"levi", leviMethod()},
        {"all_layer_probe", allLayerProbe()},
        {"concat_probe", concatProbe()},
        {"linear_probe", linearProbe()},
        {"mlp_probe", mlpProbe()},
        {"head2toe", head2toe()},
        {"specialist", specialistAlone()},
        {"full_fine_tuning", fineTuning()},
        {"layer_decay", layerDecay()},
        {"l2_sp", l2Sp()},
        {"lp_ft", lpFt()},
        {"surgical", fineTuning()},
        {"norm_tuning", fineTuning()},
        {"bitfit", fineTuning()},
        {"lora", fineTuning()},
        {"group_dro", groupDro()},
        {"irm", irm()},
        {"vrex", vrex()},
        {"coral", coral()},
        {"mixup", mixup()},
        {"output_ensemble", outputEnsemble()},
        {"seed_ensemble", seedEnsemble()},
        {"weight_soup", weightSoup()},
        {"wise_ft", wiseFt()},
    };
    return all;
}

} // namespace

void addMethod(const std::string& kind, Method method) {
    if (!methods().emplace(kind, std::move(method)).second) throw Error("The method '{}' is there already", kind);
}

const Method& methodOf(const ExperimentSpec& spec) {
    const auto found = methods().find(spec.method.kind().key);
    if (found == methods().end()) throw Error("method.kind: '{}' has no implementation", spec.method.kind().key);
    return found->second;
}

const TrainedMethod& trainedMethodOf(const ExperimentSpec& spec) {
    const auto* method = std::get_if<TrainedMethod>(&methodOf(spec));
    if (!method) throw Error("method.kind: '{}' trains nothing", spec.method.kind().key);
    return *method;
}

ReadoutPlan planOf(const ExperimentSpec& spec, int depth) {
    return trainedMethodOf(spec).plan(spec, depth);
}

std::string tapsText(const ExperimentSpec& spec, int depth) {
    if (!spec.method.kind().method.usesTaps) return "";
    auto slots = planOf(spec, depth).slots;
    std::erase_if(slots, [depth](int slot) { return slot > depth; }); // last_hidden_state is no tap
    return layersText(slots);
}

} // namespace levi
