// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/golden_report.h"

#include <filesystem>

namespace levi {

struct GoldenOptions {
    bool plainOnly = false; // leave the packed kernels out
    std::filesystem::path
        base; // of an adapter: the folder with its backbone; empty: the folder holds a backbone itself
};

// Runs a folder in the golden format (config.json, model.safetensors, io.safetensors) and compares every output and
// every gradient of sum(last_hidden_state * cotangent) in io.safetensors. With max|ref| over the tensor, allowed are
// 5e-6 * max(1, max|ref|) for outputs and 1e-5 * max(1, max|ref|) for gradients: the references' own float32 rounding
// stays below half of that, while a wrong GELU or norm epsilon lies above. With a base the folder holds a LoRA adapter
// in PEFT's format; inputs that its io.safetensors lacks are the base's, and its merged weights are compared as well.
// Throws Error where the folder cannot be run.
GoldenReport runGolden(const std::filesystem::path& folder, const GoldenOptions& options = {});

} // namespace levi
