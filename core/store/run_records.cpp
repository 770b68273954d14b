// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_records.h"

#include <array>

namespace levi {

const std::string& nameOf(RunState state) {
    static const std::array<std::string, 5> names = {"running", "done", "failed", "cancelled", "interrupted"};
    return names.at(static_cast<std::size_t>(state));
}

bool isTestRole(const std::string& role) {
    return role == "id_test" || role == "ood_test" || role.starts_with("ood_test/");
}

} // namespace levi
