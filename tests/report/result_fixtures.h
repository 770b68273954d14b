// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"

#include <string>
#include <vector>

namespace levi::test {

// Finished runs of one setting, seeds 0, 1, ...: a value a seed in each role.
struct SettingRows {
    std::string cell;
    std::string method;
    std::map<std::string, std::vector<double>> roles; // role -> value by seed; NaN: undefined
    std::string metric = "accuracy";
};

inline void addRows(std::vector<ResultRow>& rows, const SettingRows& setting) {
    std::size_t seeds = 0;
    for (const auto& [role, values] : setting.roles)
        seeds = std::max(seeds, values.size());
    for (std::size_t seed = 0; seed < seeds; ++seed) {
        ResultRow row{.cell = setting.cell,
                      .cellLabel = "setting " + setting.cell,
                      .method = setting.method,
                      .taps = "8-12",
                      .seed = seed,
                      .finished = true,
                      .roles = {}};
        for (const auto& [role, values] : setting.roles)
            if (seed < values.size()) row.roles[role][setting.metric] = values[seed];
        rows.push_back(std::move(row));
    }
}

} // namespace levi::test
