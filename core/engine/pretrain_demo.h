// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/demo_world.h"
#include "core/jobs/engine.h"

namespace levi {

// How the demo's backbone is made: a small ViT, trained from scratch to name the kinds of shapes of the pretraining
// world.
struct PretrainRecipe {
    // Its flaws: labels that lump two shapes each, so that the last layer need not tell them apart, and patterns that
    // go with the shapes.
    WorldOptions world = {.seed = 7'000, .styleStrength = 0.5, .noise = 0.1, .kinds = 3};
    WorldSizes rows = {.train = 9'600, .eval = 600};

    std::int64_t depth = 6, width = 64, heads = 4, mlpWidth = 192; // of the ViT: 0.27 million parameters, 1.1 MB
    std::int64_t patch = 8;                                        // pixels

    std::int64_t steps = 900; // where the request names none
    std::int64_t batchSize = 64;
    double learningRate = 2e-3, weightDecay = 0.05, warmupShare = 0.1, clipNorm = 1;
    bool flip = true;
    std::uint64_t seed = 0; // of weights, order and augmentation
};

// Without the flaws: labels that tell all shapes apart, patterns drawn by chance. All else alike.
PretrainRecipe cleanRecipe();

// Writes config.json, preprocessor_config.json and model.safetensors in Hugging Face's layout, readable as any
// backbone. The classifier is left out: the demo's task has classes of its own. Throws Error, Stopped.
void pretrainDemo(const PretrainRequest& request, const PretrainRecipe& recipe, RunObserver& observer,
                  std::stop_token stop);

} // namespace levi
