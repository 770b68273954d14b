// SPDX-License-Identifier: Apache-2.0
#include "app/invalid_spec.h"

#include <fmt/format.h>

namespace levi {

InvalidSpec::InvalidSpec(const std::string& source, const std::vector<Problem>& problems)
    : std::runtime_error(fmt::format("levi: {} is not valid: {} problem{}\n{}", source, problems.size(),
                                     problems.size() == 1 ? "" : "s", problemsText(problems))) {}

} // namespace levi
