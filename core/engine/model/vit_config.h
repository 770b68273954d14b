// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/family.h"

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// Vision transformers: ViT (Dosovitskiy et al. 2021) and DeiT with distillation token (Touvron et al. 2021), as
// transformers and as timm name and configure them.

enum class VitNaming { HuggingFace, Timm };

struct VitConfig {
    VitNaming naming = VitNaming::HuggingFace;
    std::string architecture;
    std::int64_t depth = 0;
    std::int64_t width = 0;
    std::int64_t heads = 0;
    std::int64_t mlpWidth = 0;
    std::int64_t patch = 0; // pixels
    ImageSize image;        // of the checkpoint
    double normEpsilon = 0;
    bool qkvBias = true;
    bool layerScale = false;        // timm: x * gamma after attention and MLP
    bool distilled = false;         // a second prefix token
    bool positionsForPrefix = true; // false: position embeddings for patches only (timm no_embed_class)

    std::int64_t prefixTokens() const { return distilled ? 2 : 1; }
    std::int64_t patches(ImageSize size) const { return (size.height / patch) * (size.width / patch); }
};

// The checkpoint's names for the parts of the network.
class VitNames {
public:
    VitNames(VitNaming naming, std::string prefix, bool deit = false)
        : m_naming(naming), m_prefix(std::move(prefix)), m_deit(deit) {}

    std::string classToken() const;
    std::string distillationToken() const;
    std::string positions() const;
    std::string patchProjection() const; // a module: .weight, .bias
    std::string finalNorm() const;       // a module

    enum class Part { Norm1, Query, Key, Value, Qkv, Projection, Gamma1, Norm2, Fc1, Fc2, Gamma2 };
    std::string block(std::int64_t index, Part part) const; // a module; gammas are tensors
    std::vector<Part> attentionInputs() const;              // Query, Key, Value or Qkv

    std::string pooler() const { return m_prefix + "pooler.dense"; }
    NamesOfOthers ofOthers() const;
    std::vector<std::string> classifiers() const; // modules that may be there; two: logits are their mean

private:
    VitNaming m_naming;
    std::string m_prefix;
    bool m_deit; // Hugging Face's DeiT rather than its ViT
};

// Reads config.json; problems are noted, nothing is thrown.
VitConfig readVitConfig(const Checkpoint& checkpoint, std::vector<std::string>& problems);
VitNames vitNames(const VitConfig& config, const Checkpoint& checkpoint); // finds the prefix
std::vector<TensorSpec> vitTensors(const VitConfig& config, const VitNames& names, const Checkpoint& checkpoint);
BackboneInfo vitInfo(const VitConfig& config, ImageSize image);

bool claimsVit(const nlohmann::json& config);
bool claimsDeit(const nlohmann::json& config);
Blueprint planVit(const Checkpoint& checkpoint, const OpenOptions& options);

} // namespace levi
