// SPDX-License-Identifier: Apache-2.0
#include "app/statistic_options.h"

#include <CLI/CLI.hpp>

#include <map>

namespace levi {
namespace {

const std::map<std::string, Statistic> kStatistics = {{"mean", Statistic::Mean}, {"iqm", Statistic::InterquartileMean}};
const std::map<std::string, Spread> kSpreads = {
    {"interval", Spread::TInterval},          {"sd", Spread::StandardDeviation}, {"se", Spread::StandardError},
    {"se_domainbed", Spread::DomainBedError}, {"bca", Spread::Bootstrap},        {"wilson", Spread::Wilson}};

template<typename Value>
std::vector<std::string> namesOf(const std::map<std::string, Value>& known) {
    std::vector<std::string> names;
    for (const auto& [name, value] : known)
        names.push_back(name);
    return names;
}

} // namespace

SeedStatistic StatisticArguments::asked() const {
    SeedStatistic made;
    if (!statistic.empty()) made.statistic = kStatistics.at(statistic);
    if (level) made.level = *level;
    if (!spread.empty())
        made.spread = kSpreads.at(spread);
    else if (made.statistic == Statistic::InterquartileMean)
        made.spread = Spread::Bootstrap;
    return made;
}

void addStatisticOptions(CLI::App& verb, StatisticArguments& arguments) {
    verb.add_option("--statistic", arguments.statistic,
                    "Of the seeds: mean, or iqm (interquartile mean, of the middle half)")
        ->check(CLI::IsMember(namesOf(kStatistics)));
    verb.add_option("--spread", arguments.spread,
                    "What stands behind it: interval (t, of a mean), bca (bootstrap), sd, se, se_domainbed (population "
                    "SD / sqrt n); with levi table --per-run wilson, the interval of one run's accuracy over its rows")
        ->check(CLI::IsMember(namesOf(kSpreads)));
    verb.add_option("--level", arguments.level, "Of the interval")->check(CLI::Range(0.5, 0.999));
}

} // namespace levi
