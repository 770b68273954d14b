// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace levi {

// A finite number as tables write it: blanks and a plus sign may stand before it, nothing behind it. Nothing where the
// text is another one; "nan" and "inf" are such texts.
std::optional<double> readNumber(std::string_view text);

} // namespace levi
