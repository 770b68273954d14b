// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/task.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace levi {

// Parts of a task as JSON text, for the metadata of files. Those that read throw nlohmann::json::exception.
std::string textList(const std::vector<std::string>& texts);
std::string groupsText(const std::vector<GroupField>& groups); // [{"name", "values"}]
std::vector<GroupField> groupsOfText(const std::string& text);
std::string scaleText(const TargetScale& scale); // {"mean", "deviation", "low", "high", "clips"}
TargetScale scaleOfText(const std::string& text);

} // namespace levi
