// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/packed_blocks.h"
#include "core/engine/model/prenorm_block.h"
#include "core/engine/model/preprocess_config.h"
#include "core/engine/model/vit_config.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace levi {
namespace {

class VisionTransformer final : public Backbone {
public:
    VisionTransformer(BackboneInfo info, VitConfig config, VitNames names, BackboneTensors tensors)
        : Backbone(std::move(info), std::move(tensors)), m_config(std::move(config)), m_names(std::move(names)) {
        bind();
    }

private:
    VisionTransformer(const VisionTransformer& other)
        : Backbone(other), m_config(other.m_config), m_names(other.m_names) {
        bind();
    }

    std::unique_ptr<Backbone> copy() const override { return std::unique_ptr<Backbone>(new VisionTransformer(*this)); }

    void weightsChanged() override {
        m_packed.clear();
        bind();
    }

    void checkInput(const BackboneInput& input) const override {
        const auto& pixels = input.values;
        const bool fits = pixels.defined() && pixels.dim() == 4 && pixels.size(1) == 3 &&
                          pixels.size(2) == info().imageHeight && pixels.size(3) == info().imageWidth;
        if (input.holdsTexts())
            throw Error(
                "{}: found input_ids of shape {}, expected pixel_values: this backbone reads pictures, not texts",
                info().architecture, shapeText(pixels.sizes()));
        if (fits) return;
        throw Error("{}: found pixel_values of shape {}, expected [B, 3, {}, {}]", info().architecture,
                    pixels.defined() ? shapeText(pixels.sizes()) : "nothing", info().imageHeight, info().imageWidth);
    }

    void run(const BackboneInput& input, const Pass& pass, const StateVisitor& visit) const override {
        const auto packed = pass.isPacked(1) ? packedBlocks(pass) : nullptr;
        at::Tensor x;
        for (std::int64_t layer = 0; layer <= m_config.depth + 1; ++layer) {
            const c10::AutoGradMode recorded(pass.records(layer));
            const auto block = static_cast<std::size_t>(layer - 1);
            if (layer == 0)
                x = withPrefix(patches(input.values));
            else if (layer > m_config.depth)
                x = apply(m_finalNorm, x);
            else if (pass.isPacked(layer))
                x = apply((*packed)[block], x, m_config.heads);
            else
                x = apply(m_blocks[block], x, m_config.heads, input.draws);
            visit(static_cast<std::size_t>(layer), x);
        }
    }

    // pixels: (B, 3, h, w). Returns (B, h / p * w / p, D), row by row from the top left. A convolution for both kinds
    // of kernels: it is one hundredth of the work, and its rounding is the largest there is (inputs are not normalised
    // yet).
    at::Tensor patches(const at::Tensor& pixels) const {
        const auto p = m_config.patch;
        return at::conv2d(pixels, m_patches.weight, m_patches.bias, {p, p}).flatten(2).transpose(1, 2);
    }

    // Class token, distillation token, then the patches, with their positions added.
    at::Tensor withPrefix(const at::Tensor& patchTokens) const {
        std::vector<at::Tensor> tokens;
        for (const auto& token : m_prefix)
            tokens.push_back(token.expand({patchTokens.size(0), 1, m_config.width}));
        tokens.push_back(m_config.positionsForPrefix ? patchTokens : patchTokens + m_positions);
        const auto x = at::cat(tokens, 1);
        return m_config.positionsForPrefix ? x + m_positions : x;
    }

    // Distilled: one head reads the class token, the other the distillation token; logits are their mean.
    std::map<std::string, at::Tensor> runHeads(const at::Tensor& last) const override {
        std::map<std::string, at::Tensor> heads;
        std::vector<at::Tensor> logits;
        for (const auto& head : m_classifiers)
            logits.push_back(apply(head, last.select(1, static_cast<std::int64_t>(logits.size()))));
        if (logits.size() == 1) heads["logits"] = logits[0];
        if (logits.size() == 2) {
            heads["logits"] = (logits[0] + logits[1]) / 2;
            heads["cls_logits"] = logits[0];
            heads["distillation_logits"] = logits[1];
        }
        if (m_pooler.weight.defined()) heads["pooler_output"] = apply(m_pooler, last.select(1, 0)).tanh();
        return heads;
    }

    std::shared_ptr<const std::vector<PackedBlock>> packedBlocks(const Pass& pass) const {
        const auto rows = kUsualSamples * info().layers[0].tokens;
        return m_packed.get(std::min(m_config.depth, pass.firstTrained - 1),
                            [&](std::size_t block) { return packed(m_blocks[block], rows); });
    }

    LayerNorm norm(const std::string& module) const {
        return {tensor(module + ".weight"), tensor(module + ".bias"), m_config.normEpsilon};
    }

    PreNormBlock boundBlock(std::int64_t index) const {
        using enum VitNames::Part;
        const auto name = [this, index](VitNames::Part part) { return m_names.block(index, part); };
        PreNormBlock block = {norm(name(Norm1)), norm(name(Norm2)), {}, linear(name(Projection)),
                              linear(name(Fc1)), linear(name(Fc2)), {}, {}};
        for (const auto part : m_names.attentionInputs())
            block.inputs.push_back(linear(name(part)));
        if (!m_config.layerScale) return block;
        block.gamma1 = tensor(name(Gamma1));
        block.gamma2 = tensor(name(Gamma2));
        return block;
    }

    void bind() {
        m_prefix = {tensor(m_names.classToken())};
        if (m_config.distilled) m_prefix.push_back(tensor(m_names.distillationToken()));
        m_patches = linear(m_names.patchProjection());
        m_positions = tensor(m_names.positions());
        m_finalNorm = norm(m_names.finalNorm());
        m_blocks.clear();
        for (std::int64_t i = 0; i < m_config.depth; ++i)
            m_blocks.push_back(boundBlock(i));
        m_classifiers.clear();
        for (const auto& module : m_names.classifiers())
            if (tensorIfExists(module + ".weight").defined()) m_classifiers.push_back(linear(module));
        m_pooler = tensorIfExists(m_names.pooler() + ".weight").defined() ? linear(m_names.pooler()) : Linear();
    }

    VitConfig m_config;
    VitNames m_names;
    std::vector<at::Tensor> m_prefix; // class token, distillation token
    Linear m_patches;                 // (D, 3, p, p)
    at::Tensor m_positions;
    std::vector<PreNormBlock> m_blocks;
    LayerNorm m_finalNorm;
    std::vector<Linear> m_classifiers;
    Linear m_pooler;
    PackedBlocks<PackedBlock> m_packed;
};

// What the families' own preprocessing is where the checkpoint says nothing.
PreprocessRecipe familyRecipe(const VitConfig& config, bool deit, ImageSize image) {
    PreprocessRecipe recipe = exactRecipe(image, Interpolation::Bilinear);
    if (config.naming == VitNaming::Timm)
        recipe =
            shortestSideRecipe(static_cast<std::int64_t>(double(image.height) / 0.9), image, Interpolation::Bicubic);
    else if (deit)
        recipe = shortestSideRecipe(image.height * 256 / 224, image, Interpolation::Bicubic);
    if (config.naming == VitNaming::HuggingFace) recipe.cropRounding = CropRounding::Down;
    if (!deit) return recipe;
    recipe.mean = kImageNetMean;
    recipe.std = kImageNetStd;
    return recipe;
}

PreprocessRecipe vitRecipe(const Checkpoint& checkpoint, const VitConfig& config, ImageSize image, Remarks& remarks) {
    const auto byDefault = familyRecipe(config, claimsDeit(checkpoint.config), image);
    const auto cfg = checkpoint.config.find("pretrained_cfg");
    if (cfg != checkpoint.config.end() && cfg->is_object()) return timmRecipe(*cfg, byDefault, image, remarks);
    if (checkpoint.preprocessor) return huggingFaceRecipe(*checkpoint.preprocessor, byDefault, image, remarks);
    remarks.notes.push_back("the checkpoint does not say how pictures are prepared: the family's defaults are used");
    return byDefault;
}

// The image size that was asked for, if the patches divide it.
ImageSize wantedImage(const VitConfig& config, const OpenOptions& options, std::vector<std::string>& problems) {
    const auto image = options.imageSize.value_or(config.image);
    constexpr std::int64_t kMost = 8192;
    const auto fits = [&config](std::int64_t side) { return side > 0 && side <= kMost && side % config.patch == 0; };
    if (fits(image.height) && fits(image.width)) return image;
    problems.push_back(fmt::format("image size: found {}x{}, expected multiples of the patch size {} up to {}",
                                   image.height, image.width, config.patch, kMost));
    return config.image;
}

// The naming decides how position embeddings are resized.
std::string meaningOf(const VitConfig& config, ImageSize image) {
    return fmt::format("vit {} depth {} heads {} patch {} image {}x{} of {}x{} epsilon {} distilled {} positions {}",
                       config.naming == VitNaming::Timm ? "timm" : "hf", config.depth, config.heads, config.patch,
                       image.height, image.width, config.image.height, config.image.width, config.normEpsilon,
                       config.distilled, config.positionsForPrefix);
}

std::function<void(std::vector<NamedTensor>&)> positionAdapter(const VitConfig& config, const VitNames& names,
                                                               ImageSize image) {
    if (image == config.image) return {};
    const auto p = config.patch;
    const GridResize resize = {config.positionsForPrefix ? config.prefixTokens() : 0,
                               config.image.height / p,
                               config.image.width / p,
                               image.height / p,
                               image.width / p,
                               config.naming == VitNaming::Timm};
    return [resize, name = names.positions()](std::vector<NamedTensor>& parameters) {
        for (auto& parameter : parameters)
            if (parameter.name == name) parameter.tensor = resizePositions(parameter.tensor, resize);
    };
}

const char* familyOf(const Checkpoint& checkpoint) {
    return claimsDeit(checkpoint.config) ? "deit" : "vit";
}

// The heads that the checkpoint has, and the classes of its classifier.
void tellHeads(Blueprint& blueprint, const VitNames& names, Remarks& remarks) {
    std::string heads;
    for (const auto& spec : blueprint.tensors) {
        if (spec.kind != TensorSpec::Kind::Head || !spec.name.ends_with(".weight")) continue;
        heads += (heads.empty() ? "" : ", ") + spec.name.substr(0, spec.name.rfind('.'));
        if (!spec.name.starts_with(names.pooler())) blueprint.info.classes = spec.shape[0];
    }
    if (!heads.empty()) remarks.notes.push_back("heads of the checkpoint, left out of training: " + heads);
}

} // namespace

Blueprint planVit(const Checkpoint& checkpoint, const OpenOptions& options) {
    Blueprint blueprint;
    Remarks remarks;
    const auto config = readVitConfig(checkpoint, remarks.problems);
    if (!remarks.problems.empty()) {
        blueprint.info.family = familyOf(checkpoint);
        blueprint.info.architecture = config.architecture;
        blueprint.info.problems = remarks.problems;
        return blueprint;
    }
    const auto names = vitNames(config, checkpoint);
    const auto image = wantedImage(config, options, remarks.problems);
    blueprint.tensors = vitTensors(config, names, checkpoint);
    blueprint.ignored = {"embeddings.mask_token", "vit.embeddings.mask_token", "deit.embeddings.mask_token",
                         "decoder."};
    blueprint.info = vitInfo(config, image);
    blueprint.info.names = names.ofOthers();
    blueprint.info.family = familyOf(checkpoint);
    blueprint.meaning = meaningOf(config, image);
    blueprint.info.preprocess = vitRecipe(checkpoint, config, image, remarks);
    tellHeads(blueprint, names, remarks);
    blueprint.info.problems = remarks.problems;
    blueprint.info.notes = remarks.notes;
    blueprint.adapt = positionAdapter(config, names, image);
    blueprint.build = [config, names](BackboneInfo info, BackboneTensors tensors) {
        return std::make_unique<VisionTransformer>(std::move(info), config, names, std::move(tensors));
    };
    return blueprint;
}

} // namespace levi
