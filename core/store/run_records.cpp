// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_records.h"

#include "core/spec/roles.h"

#include <array>

namespace levi {

const std::string& nameOf(RunState state) {
    static const std::array<std::string, 5> names = {"running", "done", "failed", "cancelled", "interrupted"};
    return names.at(static_cast<std::size_t>(state));
}

std::span<const EfficiencyField> efficiencyFields() {
    using E = Efficiency;
    static constexpr std::array<EfficiencyField, 8> fields = {
        {{"training_flops", &E::trainingFlops},
         {"inference_flops_per_sample", &E::inferenceFlopsPerSample},
         {"inference_seconds_per_sample", &E::inferenceSecondsPerSample},
         {"inference_peak_bytes", &E::inferencePeakBytes},
         {"backbone_flops_per_sample", &E::backboneFlopsPerSample},
         {"backbone_seconds_per_sample", &E::backboneSecondsPerSample},
         {"backbone_peak_bytes", &E::backbonePeakBytes},
         {"tuning_trials", &E::tuningTrials}}};
    return fields;
}

const std::string& settingName(const RunSummary& run) {
    return run.nameInStudy.empty() ? run.name : run.nameInStudy;
}

bool mayBePicked(const std::string& candidateKind) {
    return candidateKind != kStartKind && !candidateKind.starts_with(kReferencePrefix);
}

bool isPartOf(const std::string& metric) {
    return metric.find('/') != std::string::npos;
}

bool isTestRole(const std::string& role) {
    return role == "id_test" || role == "ood_test" || role.starts_with(kOodTestPrefix);
}

} // namespace levi
