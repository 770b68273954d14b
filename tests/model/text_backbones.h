// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.h"
#include "core/engine/model/backbone.h"
#include "tests/model/broken_files.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace levi::test {

// A tiny network of each family: 2 blocks, 3 heads of 16 numbers, 50 tokens.
inline const std::vector<std::pair<const char*, std::string>>& tinyTextConfigs() {
    static const std::vector<std::pair<const char*, std::string>> configs = {
        {"bert", R"({"model_type":"bert","hidden_size":48,"num_hidden_layers":2,"num_attention_heads":3,
            "intermediate_size":64,"vocab_size":50,"max_position_embeddings":40})"},
        {"roberta", R"({"model_type":"roberta","hidden_size":48,"num_hidden_layers":2,"num_attention_heads":3,
            "intermediate_size":64,"vocab_size":50,"max_position_embeddings":42,"type_vocab_size":1})"},
        {"distilbert", R"({"model_type":"distilbert","dim":48,"n_layers":2,"n_heads":3,"hidden_dim":64,
            "vocab_size":50,"max_position_embeddings":40})"},
        {"t5", R"({"model_type":"t5","d_model":48,"num_layers":2,"num_heads":3,"d_kv":16,"d_ff":64,"vocab_size":50})"},
        {"t5 gated", R"({"model_type":"t5","d_model":40,"num_layers":2,"num_heads":3,"d_kv":16,"d_ff":64,
            "vocab_size":50,"feed_forward_proj":"gated-silu"})"}};
    return configs;
}

inline std::unique_ptr<Backbone> openRandom(const std::string& config, std::uint64_t seed = 7) {
    const Folder folder;
    writeText(folder / "config.json", config);
    auto backbone = openBackbone(folder.path, {.randomSeed = seed});
    // Weights of std 0.02 make nearly constant attention: let it differ.
    auto weights = backbone->copyOfParameters();
    for (auto& [name, tensor] : weights)
        if (tensor.dim() == 2) tensor.mul_(8);
    backbone->setParameters(weights);
    return backbone;
}

// Tokens other than 0 and 1, which stand for padding.
inline at::Tensor someTokens(std::int64_t samples, std::int64_t tokens) {
    auto ids = at::empty({samples, tokens}, at::kLong);
    Random random(streamSeed(3, "test tokens"));
    auto* id = ids.mutable_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < ids.numel(); ++i)
        id[i] = 2 + static_cast<std::int64_t>(random.below(48));
    return ids;
}

} // namespace levi::test
