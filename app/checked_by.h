// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <CLI/Error.hpp>

#include <string>
#include <utility>

namespace levi {

// For CLI::Option::check: what `read` throws for a text is a usage error, code 2, and not a failure.
template<typename Read>
auto checkedBy(Read read) {
    return [read = std::move(read)](const std::string& text) -> std::string {
        try {
            read(text);
            return {};
        } catch (const Error& error) {
            return error.what();
        }
    };
}

// What `call` throws is a usage error too: for what options say together, in the callback of a verb.
template<typename Call>
void asUsage(Call call) {
    try {
        call();
    } catch (const Error& error) {
        throw CLI::ValidationError(error.what());
    }
}

} // namespace levi
