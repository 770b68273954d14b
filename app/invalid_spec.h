// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/validate.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace levi {

// A spec that cannot be run: what() lists every problem, a line each, path first. Ends in main() with code 2.
class InvalidSpec : public std::runtime_error {
public:
    InvalidSpec(const std::string& source, const std::vector<Problem>& problems);
};

} // namespace levi
