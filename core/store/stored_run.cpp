// SPDX-License-Identifier: Apache-2.0
#include "core/store/stored_run.h"

namespace levi {

std::string numericsOf(const std::vector<NamedText>& environment) {
    for (const NamedText& entry : environment)
        if (entry.name == "numerics_version") return entry.text; // see jobs/environment.h
    return {};
}

} // namespace levi
