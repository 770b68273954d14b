// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace levi {

// docs/spec.md: every section, kind and field, made from the field tables. `levi docs` prints it; a test compares the
// page.
std::string specReference();

} // namespace levi
