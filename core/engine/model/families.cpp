// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/family.h"
#include "core/engine/model/vit_config.h"

#include <array>

namespace levi {

std::span<const BackboneFamily> backboneFamilies() {
    static const std::array<BackboneFamily, 2> families = {{
        {"vit", claimsVit, planVit},
        {"deit", claimsDeit, planVit},
    }};
    return families;
}

} // namespace levi
