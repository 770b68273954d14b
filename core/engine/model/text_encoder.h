// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/activation.h"
#include "core/engine/model/family.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// BERT (Devlin et al. 2018) and what is built like it: learned positions, a norm on the embeddings, post-norm blocks. A
// family says what its sizes are, what it calls the parts and which heads it has.

struct TextEncoderConfig {
    std::string family, architecture;
    std::int64_t depth = 0, width = 0, heads = 0, mlpWidth = 0;
    const char* widthKey = "hidden_size"; // of config.json
    std::int64_t vocabulary = 0, positions = 0;
    std::int64_t tokenTypes = 0; // 0: no embedding of them
    double normEpsilon = 0;
    Activation activation = Activation::Gelu;
    std::int64_t pad = -1;        // row of the embeddings that is not trained; -1: none
    bool countsPositions = false; // from pad + 1 on, over the tokens that are no padding (RoBERTa)

    std::int64_t longestText() const { return countsPositions ? positions - pad - 1 : positions; }
};

// Modules of the checkpoint, within the prefix those of the network.
struct TextEncoderNames {
    std::string prefix, wrapperPrefix; // "bert.": before everything of a network with a head of its own
    std::string words = "embeddings.word_embeddings", positions = "embeddings.position_embeddings",
                types = "embeddings.token_type_embeddings", embeddingNorm = "embeddings.LayerNorm";
    std::string blocks; // "encoder.layer"
    struct Block {
        std::string query, key, value, projection, norm1, fc1, fc2, norm2;
    };
    Block block;
    std::string pooler;      // tanh of a linear layer on token 0; "": never there
    std::string dense;       // what the classifier reads: a linear layer on token 0; "": the pooler's output
    bool denseIsTanh = true; // else ReLU
    std::string classifier;
    std::vector<std::string> loraTargets;
    std::vector<std::string> ignored; // see Blueprint

    std::string inBlock(std::int64_t index, const std::string& part) const;
    std::string own(const std::string& module) const { return prefix + module; }
};

// Finds the prefix. Where the config has problems there are no tensors.
struct TextEncoderPlan {
    TextEncoderConfig config;
    TextEncoderNames names;
    std::vector<std::string> problems;
};
Blueprint planTextEncoder(const Checkpoint& checkpoint, const OpenOptions& options, TextEncoderPlan plan);

class ConfigReader;
Activation readActivation(const ConfigReader& reader, const char* field);

} // namespace levi
