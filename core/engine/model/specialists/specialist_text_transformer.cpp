// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/blocks.h"
#include "core/engine/model/key_mask.h"
#include "core/engine/model/specialists/specialist_parts.h"
#include "core/engine/model/specialists/text_specialists.h"
#include "core/spec/kinds.h"
#include "core/spec/specialists/text_options.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/gelu.h>

namespace levi {
namespace {

constexpr double kNormEpsilon = 1e-6;

// Blocks of x + proj(attention(norm1 x)), then x + fc2(gelu(fc1(norm2 x))) on token embeddings with learned positions.
// Padding is no key of the attention, and is left out of the mean.
class TextTransformerSpecialist final : public PartsSpecialist {
public:
    TextTransformerSpecialist(const TextTransformerOptions& options, const ReadingForm& input,
                              const Initializer& initializer)
        : PartsSpecialist(initializer), m_options(options), m_pad(input.pad) {
        const std::int64_t width = options.embeddingWidth;
        if (width % options.heads != 0)
            throw Error("specialist.heads: {} heads do not divide a width of {}", options.heads, width);
        m_tokens = m_parts.addEmbedding("specialist.tokens", input.vocabulary, width, false);
        m_positions = m_parts.addEmbedding("specialist.positions", input.tokens, width, false);
        for (std::int64_t block = 1; block <= options.blocks; ++block)
            m_blocks.push_back(addBlock(fmt::format("specialist.block{}", block)));
        m_parts.addFlops(m_parts.flops() * (input.tokens - 1));                     // one token is counted already
        m_parts.addFlops(options.blocks * 4 * input.tokens * input.tokens * width); // scores, and values times them
        m_norm = m_parts.addNorm("specialist.norm", width);
        m_output = m_parts.addLinear("specialist.output", width, options.outputWidth);
    }

    at::Tensor forward(const Reading& input, const StepDraws*) const override {
        const auto& tokens = m_parts.value(m_tokens);
        const auto& positions = m_parts.value(m_positions);
        if (input.ids.size(1) > positions.size(0))
            throw Error("a text of {} tokens, expected at most {}", input.ids.size(1), positions.size(0));
        auto x = at::embedding(tokens, input.ids, m_pad) + positions.slice(0, 0, input.ids.size(1)); // (B, T, D)
        const KeyMask mask(input.mask, x.scalar_type());
        for (const Block& block : m_blocks)
            x = apply(block, x, mask);
        const auto counts = input.mask.to(x.scalar_type()).unsqueeze(2); // (B, T, 1)
        const auto mean = (norm(m_norm, x) * counts).sum(1) / counts.sum(1).clamp_min(1);
        return m_parts.linear(m_output, mean);
    }

    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }

private:
    struct Block { // places
        std::size_t norm1 = 0, qkv = 0, projection = 0, norm2 = 0, fc1 = 0, fc2 = 0;
    };

    Block addBlock(const std::string& name) {
        const std::int64_t width = m_options.embeddingWidth;
        return {.norm1 = m_parts.addNorm(name + ".norm1", width),
                .qkv = m_parts.addLinear(name + ".qkv", width, 3 * width),
                .projection = m_parts.addLinear(name + ".projection", width, width),
                .norm2 = m_parts.addNorm(name + ".norm2", width),
                .fc1 = m_parts.addLinear(name + ".fc1", width, 4 * width),
                .fc2 = m_parts.addLinear(name + ".fc2", 4 * width, width)};
    }

    at::Tensor norm(std::size_t place, const at::Tensor& x) const {
        return levi::apply(LayerNorm{m_parts.value(place), m_parts.value(place + 1), kNormEpsilon}, x);
    }

    at::Tensor apply(const Block& block, const at::Tensor& x, const KeyMask& mask) const {
        const auto qkv = m_parts.linear(block.qkv, norm(block.norm1, x)).chunk(3, 2);
        const Attention how{.heads = m_options.heads, .added = mask.added()};
        const auto seen = x + m_parts.linear(block.projection, attention(qkv[0], qkv[1], qkv[2], how));
        return seen + m_parts.linear(block.fc2, at::gelu(m_parts.linear(block.fc1, norm(block.norm2, seen))));
    }

    TextTransformerOptions m_options;
    std::int64_t m_pad;
    std::vector<Block> m_blocks;
    std::size_t m_tokens = 0, m_positions = 0, m_norm = 0, m_output = 0;
};

} // namespace

std::unique_ptr<Specialist> makeTextTransformer(const Options& options, const ReadingForm& input,
                                                const Initializer& initializer) {
    return std::make_unique<TextTransformerSpecialist>(*options.as<TextTransformerOptions>(), input, initializer);
}

} // namespace levi
