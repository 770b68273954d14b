// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/specialist_transformer.h"

#include "core/base/error.h"
#include "core/engine/model/prenorm_block.h"
#include "core/spec/kinds.h"

#include <ATen/ops/conv2d.h>

#include <cmath>

namespace levi {
namespace {

constexpr std::size_t kEmbeddingParts = 3, kBlockParts = 12;
constexpr double kPositionBound = 0.02 * 1.7320508; // uniform of standard deviation .02
constexpr double kNormEpsilon = 1e-6;

LayerNorm normOf(const Parameter* parts) {
    return {parts[0].value, parts[1].value, kNormEpsilon};
}

Linear linearOf(const Parameter* parts) {
    return {parts[0].value, parts[1].value};
}

PreNormBlock blockOf(const Parameter* parts) {
    return {.norm1 = normOf(parts),
            .norm2 = normOf(parts + 6),
            .inputs = {linearOf(parts + 2)},
            .projection = linearOf(parts + 4),
            .fc1 = linearOf(parts + 8),
            .fc2 = linearOf(parts + 10)};
}

} // namespace

TransformerSpecialist::TransformerSpecialist(const TransformerOptions& options, const InputShape& input,
                                             const Initializer& initializer)
    : m_options(options) {
    if (options.embeddingWidth % options.heads != 0)
        throw Error("specialist.heads: {} heads do not divide a width of {}", options.heads, options.embeddingWidth);
    if (input[1] % options.patch != 0 || input[2] % options.patch != 0)
        throw Error("specialist.patch: patches of {} pixels do not divide the {} x {} picture; choose a divisor, or "
                    "another specialist_view.resolution",
                    options.patch, input[1], input[2]);
    addEmbedding(input, initializer);
    for (std::int64_t block = 1; block <= options.blocks; ++block)
        addBlock(block, initializer);
    addNorm("specialist.norm", initializer);
    m_flops *= m_tokens;
    addLinear("specialist.output", options.embeddingWidth, options.outputWidth, initializer);
    m_flops +=
        options.blocks * 4 * m_tokens * m_tokens * options.embeddingWidth; // scores and their products with the values
}

void TransformerSpecialist::addEmbedding(const InputShape& input, const Initializer& initializer) {
    const std::int64_t patch = m_options.patch, width = m_options.embeddingWidth;
    m_tokens = input[1] / patch * (input[2] / patch);
    const std::int64_t in = input[0] * patch * patch;
    const double bound = std::sqrt(6 / static_cast<double>(in + width)); // Glorot and Bengio 2010, uniform
    m_parameters.push_back(
        initializer.uniform("specialist.embedding.weight", {width, input[0], patch, patch}, bound, Pace::Specialist));
    m_parameters.push_back(initializer.constant("specialist.embedding.bias", {width}, 0, Pace::Specialist));
    m_parameters.push_back(initializer.parameter(
        "specialist.positions", initializer.draw("specialist.positions", {1, m_tokens, width}, kPositionBound),
        Pace::Specialist, false));
    m_flops += 2 * in * width;
}

void TransformerSpecialist::addBlock(std::int64_t index, const Initializer& initializer) {
    const auto name = fmt::format("specialist.block{}", index);
    const std::int64_t width = m_options.embeddingWidth;
    addNorm(name + ".norm1", initializer);
    addLinear(name + ".qkv", width, 3 * width, initializer);
    addLinear(name + ".projection", width, width, initializer);
    addNorm(name + ".norm2", initializer);
    addLinear(name + ".fc1", width, 4 * width, initializer);
    addLinear(name + ".fc2", 4 * width, width, initializer);
}

void TransformerSpecialist::addLinear(const std::string& name, std::int64_t in, std::int64_t out,
                                      const Initializer& initializer) {
    const double bound = std::sqrt(6 / static_cast<double>(in + out));
    m_parameters.push_back(initializer.uniform(name + ".weight", {out, in}, bound, Pace::Specialist));
    m_parameters.push_back(initializer.constant(name + ".bias", {out}, 0, Pace::Specialist));
    m_flops += 2 * in * out;
}

void TransformerSpecialist::addNorm(const std::string& name, const Initializer& initializer) {
    m_parameters.push_back(initializer.constant(name + ".weight", {m_options.embeddingWidth}, 1, Pace::Specialist));
    m_parameters.push_back(initializer.constant(name + ".bias", {m_options.embeddingWidth}, 0, Pace::Specialist));
}

at::Tensor TransformerSpecialist::forward(const Reading& input, const StepDraws*) const {
    const Parameter* parts = m_parameters.data();
    auto x = at::conv2d(input.pixels.contiguous(), parts[0].value, parts[1].value, m_options.patch);
    x = x.flatten(2).transpose(1, 2).add(parts[2].value);
    parts += kEmbeddingParts;
    for (std::int64_t block = 0; block < m_options.blocks; ++block, parts += kBlockParts)
        x = apply(blockOf(parts), x, m_options.heads);
    return apply(linearOf(parts + 2), apply(normOf(parts), x).mean(1));
}

std::unique_ptr<Specialist> makeTransformer(const Options& options, const ReadingForm& input,
                                            const Initializer& initializer) {
    return std::make_unique<TransformerSpecialist>(*options.as<TransformerOptions>(), input.picture, initializer);
}

} // namespace levi
