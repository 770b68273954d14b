// SPDX-License-Identifier: Apache-2.0
#include "core/spec/validate.h"

#include "core/spec/readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace levi {

std::vector<Problem> validate(const ExperimentSpec& spec) {
    std::vector<Problem> problems;
    for (const Section& section : sections()) {
        if (!section.applies(spec)) continue;
        const std::string prefix = section.key.empty() ? "" : section.key + ".";
        const void* options = section.address(spec);
        for (const Field& field : section.fields(spec)) {
            if (field.applies && !field.applies(spec, options)) continue;
            const Json value = field.get(options);
            const std::string path = prefix + field.info.key;
            if (field.info.required && (value.is_null() || value.empty() || value == ""))
                problems.push_back({path, fmt::format("is required: {}", field.info.help)});
            else if (auto problem = problemOf(field.info, value))
                problems.push_back({path, *problem});
            else if (field.check)
                if (auto rule = field.check(spec, options)) problems.push_back({path, *rule});
        }
    }
    std::ranges::move(readingProblems(spec), std::back_inserter(problems));
    return problems;
}

std::string problemsText(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems)
        text += problem.path.empty() ? problem.message + "\n" : fmt::format("{}: {}\n", problem.path, problem.message);
    return text;
}

} // namespace levi
