// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/checkpoint_weights.h"
#include "core/engine/model/parameter_place.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// A checkpoint folder, opened: config.json, and where they are there preprocessor_config.json and the weights.
struct Checkpoint {
    std::filesystem::path folder;
    nlohmann::json config;
    std::optional<nlohmann::json> preprocessor;
    std::shared_ptr<const CheckpointWeights> weights; // null: the folder has only config.json

    const TensorEntry* find(const std::string& name) const { return weights ? weights->find(name) : nullptr; }
};

// Throws Error where config.json is absent or broken, the weights are broken, or are pickles only.
Checkpoint openCheckpoint(const std::filesystem::path& folder);

// A tensor that a model needs, by its name in the checkpoint.
struct TensorSpec {
    enum class Kind {
        Backbone, // may be trained
        Head      // the checkpoint's own pooler or classifier: read, never trained
    };
    std::string name;
    std::vector<std::int64_t> shape;
    Kind kind = Kind::Backbone;
    ParameterPlace place;
    std::string olderName; // that this file has in place of the name, as old checkpoints do; empty: none

    const std::string& inFile() const { return olderName.empty() ? name : olderName; }
};

// Whether one of `ignored` is the name, or, ending in '.', its beginning.
bool isIgnored(const std::string& name, const std::vector<std::string>& ignored);

// Sentences for each tensor that is missing or mis-shaped, of a type that is no float, or in the file but not expected.
// `ignored` names tensors (or, ending in '.', the beginnings of names) that may be there unread; they go into `notes`.
struct TensorComparison {
    std::vector<std::string> problems;
    std::vector<std::string> notes;
};
TensorComparison compareTensors(const CheckpointWeights& weights, const std::vector<TensorSpec>& expected,
                                const std::vector<std::string>& ignored);

// A sentence naming those whose values are not all finite, heads left out; they have to be there. Reads `mostBytes` of
// them, and notes where that was not all.
TensorComparison compareValues(const CheckpointWeights& weights, const std::vector<TensorSpec>& expected,
                               std::uint64_t mostBytes);

} // namespace levi
