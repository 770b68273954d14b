// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/reading.h"
#include "core/engine/model/backbone_values.h"

namespace levi {

inline BackboneInput backboneInput(const Reading& reading, const StepDraws* draws = nullptr) {
    return {.values = reading.ids.defined() ? reading.ids : reading.pixels,
            .mask = reading.mask,
            .draws = draws,
            .tokenTypes = reading.types};
}

} // namespace levi
