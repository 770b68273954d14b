// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/seed_statistic.h"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace levi {

// What a table shows of the seeds, as people ask for it.
struct StatisticArguments {
    std::string statistic, spread; // "": mean, and what goes with the statistic
    std::optional<double> level;   // 0.95

    SeedStatistic asked() const;
};
void addStatisticOptions(CLI::App& verb, StatisticArguments& arguments); // --statistic --spread --level

} // namespace levi
