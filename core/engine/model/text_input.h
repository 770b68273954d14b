// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/backbone_values.h"
#include "core/engine/model/config_reader.h"
#include "core/jobs/backbone_info.h"

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// What backbones of texts have in common: their limits, what can be known of them, and what they read.

// Far beyond every published network, far below what could exhaust a machine by accident.
inline constexpr IntegerRange kTextDepths = {1, 256};
inline constexpr IntegerRange kTextWidths = {1, 16384};
inline constexpr IntegerRange kTextHeads = {1, 1024};
inline constexpr IntegerRange kTextMlpWidths = {1, 131072};
inline constexpr IntegerRange kVocabularies = {1, 2'000'000};
inline constexpr IntegerRange kTextPositions = {1, 65536};

// Of the network's sizes. tokens: of a text, for the costs.
struct TextSizes {
    std::int64_t depth, width, heads, vocabulary, tokens;
    std::int64_t embeddingParameters, blockParameters, finalParameters;
    std::int64_t blockFlops;
};
BackboneInfo textInfo(const TextSizes& sizes);

void checkParameters(const BackboneInfo& info, std::vector<std::string>& problems); // that there are not too many

// Throws Error: pictures, shapes that do not fit each other, texts that are too long, ids beyond the embeddings.
void checkTextInput(const BackboneInput& input, const BackboneInfo& info);

// "architectures" of a config.json, the first of them; else "".
std::string firstArchitecture(const nlohmann::json& config);
// Whether config.json calls itself `type`, or calls itself nothing and its architecture begins with `architecture`.
bool callsItself(const nlohmann::json& config, std::string_view type, std::string_view architecture);

} // namespace levi
