// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

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

} // namespace levi
