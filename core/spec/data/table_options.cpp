// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/table_options.h"

#include "core/spec/roles.h"

#include <cmath>
#include <set>

namespace levi {
namespace {

bool isRole(const std::string& role) {
    static const std::set<std::string> known = {"train", "id_val", "id_test", "ood_val", kUnusedRole};
    return known.contains(role) || isOodTest(role);
}

} // namespace

std::pair<std::string, std::string> splitRole(const std::string& text) {
    const auto at = text.rfind('=');
    if (at == std::string::npos || !isRole(text.substr(at + 1)))
        throw Error(
            "found '{}', expected VALUE=ROLE with one of train, id_val, id_test, ood_val, ood_test/NAME, unused", text);
    return {text.substr(0, at), text.substr(at + 1)};
}

std::optional<std::string> splitRolesProblem(const std::vector<std::string>& roles) {
    std::set<std::string> values;
    for (const std::string& text : roles)
        try {
            const auto [value, role] = splitRole(text);
            if (!values.insert(value).second) return fmt::format("gives the value '{}' two roles", value);
        } catch (const Error& error) {
            return error.what();
        }
    return std::nullopt;
}

std::optional<std::string> userProblem(const ExperimentSpec&, const TableOptions& o) {
    if (o.user.empty() || o.target == TargetKind::Class) return std::nullopt;
    return "the percentile over users is one of accuracy, and the target is a number (data.target); leave it empty";
}

std::optional<std::string> weightsProblem(const ExperimentSpec&, const TableOptions& o) {
    double sum = 0;
    for (const double weight : o.groupWeights) {
        if (!std::isfinite(weight) || weight < 0) return fmt::format("found {}, expected numbers of 0 or more", weight);
        sum += weight;
    }
    if (o.groupWeights.empty() || sum > 0) return std::nullopt;
    return "all weights are 0; expected one above";
}

} // namespace levi
