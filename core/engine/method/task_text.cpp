// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/task_text.h"

#include "core/base/error.h"

#include <cmath>

namespace levi {

using nlohmann::json;

std::string textList(const std::vector<std::string>& texts) {
    return json(texts).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string groupsText(const std::vector<GroupField>& groups) {
    json list = json::array();
    for (const GroupField& field : groups)
        list.push_back({{"name", field.name}, {"values", field.values}});
    return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<GroupField> groupsOfText(const std::string& text) {
    std::vector<GroupField> groups;
    for (const json& field : json::parse(text))
        groups.push_back({.name = field.at("name").get<std::string>(),
                          .values = field.at("values").get<std::vector<std::string>>()});
    return groups;
}

std::string scaleText(const TargetScale& scale) {
    return json{{"mean", scale.mean},
                {"deviation", scale.deviation},
                {"low", scale.low},
                {"high", scale.high},
                {"clips", scale.clips}}
        .dump();
}

TargetScale scaleOfText(const std::string& text) {
    const json scale = json::parse(text);
    const TargetScale read{.mean = scale.at("mean").get<double>(),
                           .deviation = scale.at("deviation").get<double>(),
                           .low = scale.at("low").get<double>(),
                           .high = scale.at("high").get<double>(),
                           .clips = scale.at("clips").get<bool>()};
    if (!std::isfinite(read.mean) || !(read.deviation > 0) || !std::isfinite(read.deviation) ||
        !(read.low <= read.high))
        throw Error("its scale of numbers is none: {}", text);
    return read;
}

} // namespace levi
