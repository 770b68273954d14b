// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace levi {

// What went wrong, as a sentence someone can act on: which object, what was found, what was expected, what to do.
// The one exception type that core throws by itself. Problems in a spec are not thrown: see spec/validate.h.
class Error : public std::runtime_error {
public:
    explicit Error(const std::string& sentence) : std::runtime_error(sentence) {}

    template<typename... Args>
    requires(sizeof...(Args) > 0) explicit Error(fmt::format_string<Args...> format, Args&&... args)
        : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

} // namespace levi
