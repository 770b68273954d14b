// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace levi {

// Thrown out of work that was asked to stop. Not an Error: a job turns it into the outcome Cancelled, the command line
// into its code for that.
class Stopped final : public std::exception {
public:
    const char* what() const noexcept override { return "stopped on request"; }
};

} // namespace levi
