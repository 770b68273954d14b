// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/checked_by.h"
#include "core/base/read_number.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace levi {

// --margin, of a study or a comparison: zero or more, as the figures are stored.
inline void addMarginOption(CLI::App& verb, std::optional<double>& margin, const std::string& help) {
    verb.add_option("--margin", margin, help)->type_name("NUMBER")->check(checkedBy([](const std::string& text) {
        const auto number = readNumber(text);
        if (!number || *number < 0) throw Error("found '{}', expected a number of at least 0", text);
    }));
}

} // namespace levi
