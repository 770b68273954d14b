// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/page.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace levi {

const char* nameOf(PageKind page) {
    static constexpr std::array kNames{"setup", "layers", "runs", "results", "report"};
    return kNames[static_cast<std::size_t>(page)];
}

std::optional<PageKind> pageNamed(const std::string& name) {
    const auto found = std::ranges::find_if(kPages, [&](PageKind page) { return name == nameOf(page); });
    return found == kPages.end() ? std::nullopt : std::optional(*found);
}

std::string pageNames() {
    std::vector<std::string> names;
    for (const PageKind page : kPages)
        names.emplace_back(nameOf(page));
    return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace levi
