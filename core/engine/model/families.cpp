// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/family.h"
#include "core/engine/model/text_families.h"
#include "core/engine/model/vit_config.h"

#include <array>

namespace levi {

std::span<const BackboneFamily> backboneFamilies() {
    static const std::array<BackboneFamily, 6> families = {{
        {"vit", claimsVit, planVit},
        {"deit", claimsDeit, planVit},
        {"bert", claimsBert, planBert},
        {"roberta", claimsRoberta, planRoberta},
        {"distilbert", claimsDistilbert, planDistilbert},
        {"t5", claimsT5, planT5},
    }};
    return families;
}

} // namespace levi
