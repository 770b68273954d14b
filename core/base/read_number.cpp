// SPDX-License-Identifier: Apache-2.0
#include "core/base/read_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace levi {

std::optional<double> readNumber(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.size() > 1 && text.front() == '+' && text[1] != '-')
        text.remove_prefix(1); // which from_chars does not take
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isWhole = read.ec == std::errc() && read.ptr == text.data() + text.size() && std::isfinite(value);
    return isWhole ? std::optional(value) : std::nullopt;
}

} // namespace levi
