// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/seed_statistic.h"

#include <string>

namespace CLI {
class App;
}

namespace levi {

// What a table shows of the seeds, as people ask for it.
struct StatisticArguments {
    std::string statistic = "mean", spread; // spread "": what goes with the statistic
    double level = 0.95;

    SeedStatistic asked() const;
};
void addStatisticOptions(CLI::App& verb, StatisticArguments& arguments); // --statistic --spread --level

} // namespace levi
