// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/target_options.h"

#include "core/spec/experiment_spec.h"

namespace levi {

TargetKind targetOf(const ExperimentSpec& spec) {
    auto target = TargetKind::Class;
    for (const Field& field : spec.data.kind().fields)
        if (field.info.key == "target" && field.info.type == FieldType::Choice)
            detail::fromFieldJson(field.get(spec.data.address()), target);
    return target;
}

bool predictsNumbers(const ExperimentSpec& spec) {
    return targetOf(spec) == TargetKind::Number;
}

const char* usualMetricOf(const ExperimentSpec& spec) {
    return predictsNumbers(spec) ? "rmse" : "accuracy";
}

} // namespace levi
