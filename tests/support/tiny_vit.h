// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"
#include "core/engine/data/demo_world.h"
#include "core/engine/model/backbone.h"

#include <filesystem>
#include <string>

namespace levi::test {

// A ViT of 2 blocks and width 16 with random weights in Hugging Face's layout, reading pictures of 16 x 16 pixels.
inline std::filesystem::path writeTinyVit(const std::filesystem::path& folder, std::uint64_t seed = 1) {
    writeFileAtomically(folder / "config.json",
                        R"({"model_type": "vit", "image_size": 16, "patch_size": 8, "hidden_size": 16,
                            "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32})");
    std::filesystem::remove(folder / "model.safetensors");
    const auto random = openBackbone(folder, {.randomSeed = seed});
    writeSafetensors(folder / "model.safetensors", random->copyOfParameters());
    return folder;
}

// A small procedural data set: train, id_val, id_test and two OOD roles.
inline Dataset tinyWorld(std::int64_t train = 48, std::int64_t eval = 24) {
    return demoWorld({.seed = 3, .side = 16}, {.train = train, .eval = eval});
}

} // namespace levi::test
