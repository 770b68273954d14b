// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/loaded_rows.h"

#include "core/base/random.h"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

namespace levi {
namespace {

void append(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from, std::size_t begin, std::size_t end) {
    to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin),
              from.begin() + static_cast<std::ptrdiff_t>(end));
}

// Of `count` rows, rounded; one row is left for train.
std::size_t shareOf(std::size_t count, double share, std::size_t taken) {
    const auto wanted = static_cast<std::size_t>(std::llround(static_cast<double>(count) * share));
    return std::min(wanted, count - std::min(count, taken + 1));
}

bool isIn(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

} // namespace

std::vector<std::string> domainProblems(const DomainOptions& named, const std::vector<std::string>& present) {
    std::vector<std::string> problems;
    const auto look = [&](const char* field, const std::vector<std::string>& domains) {
        for (const std::string& domain : domains)
            if (!isIn(present, domain))
                problems.push_back(
                    fmt::format("{}: there is no domain '{}'; found {}", field, domain, fmt::join(present, ", ")));
    };
    look("data.id", named.id);
    look("data.ood_val", named.oodVal);
    look("data.ood", named.ood);
    const bool isAllOut = named.id.empty() && std::ranges::all_of(present, [&](const std::string& domain) {
                              return isIn(named.ood, domain) || isIn(named.oodVal, domain);
                          });
    if (problems.empty() && isAllOut)
        problems.push_back(fmt::format("{}: every domain is out of distribution; leave at least one to train on",
                                       named.ood.empty() ? "data.ood_val" : "data.ood"));
    return problems;
}

void splitDomain(const RowTable& table, const std::vector<std::int64_t>& rows, const SplitShares& shares,
                 std::uint64_t splitSeed, RoleRows& roles) {
    if (rows.empty()) return;
    std::vector<std::vector<std::int64_t>> perClass(table.isNumber() ? 1 : table.classes.size());
    for (const std::int64_t row : rows)
        perClass[table.isNumber() ? 0 : static_cast<std::size_t>(table.rows[static_cast<std::size_t>(row)].label)]
            .push_back(row);
    const auto domain = static_cast<std::size_t>(table.rows[static_cast<std::size_t>(rows.front())].domain);
    Random random(streamSeed(splitSeed, "split/" + table.domains[domain]));
    for (auto& members : perClass) {
        random.shuffle(members);
        const std::size_t test = shareOf(members.size(), shares.test, 0);
        const std::size_t val = shareOf(members.size(), shares.val, test);
        append(roles.idTest, members, 0, test);
        append(roles.idVal, members, test, test + val);
        append(roles.train, members, test + val, members.size());
    }
}

void finishRoles(RoleRows& roles, const SplitOptions& options) {
    std::ranges::sort(roles.train);
    const auto limit = static_cast<std::size_t>(options.trainLimit);
    if (limit > 0 && roles.train.size() > limit) {
        Random random(streamSeed(options.splitSeed, "train_limit"));
        random.shuffle(roles.train);
        roles.train.resize(limit);
        std::ranges::sort(roles.train);
    }
    for (auto* rows : {&roles.idVal, &roles.idTest, &roles.oodVal})
        std::ranges::sort(*rows);
    for (auto& [domain, rows] : roles.oodTest)
        std::ranges::sort(rows);
}

} // namespace levi
