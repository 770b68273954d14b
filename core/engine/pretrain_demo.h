// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/demo_world.h"
#include "core/jobs/engine.h"

namespace levi {

// How the demo's backbone is made: a small ViT, trained from scratch to name the shapes of the pretraining world.
struct PretrainRecipe {
    WorldOptions world = {.seed = 7'000};
    WorldSizes rows = {.train = 12'000, .eval = 600};

    std::int64_t depth = 6, width = 96, heads = 3, mlpWidth = 192; // of the ViT: 0.46 million parameters, 1.9 MB
    std::int64_t patch = 4;                                        // pixels

    std::int64_t steps = 3'000; // where the request names none
    std::int64_t batchSize = 64;
    double learningRate = 1e-3, weightDecay = 0.05, warmupShare = 0.1, clipNorm = 1;
    bool flip = true;
    std::uint64_t seed = 0; // of weights, order and augmentation
};

// Writes config.json, preprocessor_config.json and model.safetensors in Hugging Face's layout, readable as any
// backbone. The classifier is left out: the demo's task has classes of its own. Throws Error, Stopped.
void pretrainDemo(const PretrainRequest& request, const PretrainRecipe& recipe, RunObserver& observer,
                  std::stop_token stop);

} // namespace levi
