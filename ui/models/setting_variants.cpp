// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/setting_variants.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace levi {
namespace {

struct Setting {
    std::string cell, method;
    std::int64_t firstRun = 0;
    bool counts = false;
};

std::vector<Setting> settingsOf(std::span<const RunSummary> runs) {
    std::map<std::string, Setting> settings;
    for (const RunSummary& run : runs) {
        Setting& setting = settings.try_emplace(run.cell, Setting{run.cell, run.method, run.id, false}).first->second;
        setting.firstRun = std::min(setting.firstRun, run.id);
        setting.counts |= run.state == RunState::Done || run.state == RunState::Running;
    }
    std::vector<Setting> ordered;
    for (auto& [cell, setting] : settings)
        ordered.push_back(std::move(setting));
    std::ranges::sort(ordered, {}, [](const Setting& one) { return std::tuple(!one.counts, one.firstRun); });
    return ordered;
}

} // namespace

std::map<std::string, int> settingVariants(std::span<const RunSummary> runs) {
    std::map<std::string, int> variants, next;
    for (const Setting& setting : settingsOf(runs))
        variants[setting.cell] = next[setting.method]++;
    return variants;
}

} // namespace levi
