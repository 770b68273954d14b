// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/specialist_parts.h"
#include "core/engine/model/specialists/text_specialists.h"
#include "core/spec/kinds.h"
#include "core/spec/specialists/text_options.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>

namespace levi {
namespace {

// s = W mean_t(E[id_t]) + b over the tokens that count.
class BagSpecialist final : public PartsSpecialist {
public:
    BagSpecialist(const BagOptions& options, const ReadingForm& input, const Initializer& initializer)
        : PartsSpecialist(initializer), m_options(options), m_pad(input.pad) {
        m_tokens = m_parts.addEmbedding("specialist.tokens", input.vocabulary, options.embeddingWidth, false);
        m_parts.addFlops(2 * input.tokens * options.embeddingWidth);
        m_output = m_parts.addLinear("specialist.output", options.embeddingWidth, options.outputWidth);
    }

    at::Tensor forward(const Reading& input, const StepDraws*) const override {
        const auto embedded = at::embedding(m_parts.value(m_tokens), input.ids, m_pad); // (B, T, E)
        const auto counts = input.mask.to(embedded.scalar_type()).unsqueeze(2);
        return m_parts.linear(m_output, (embedded * counts).sum(1) / counts.sum(1).clamp_min(1));
    }

    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }

private:
    BagOptions m_options;
    std::int64_t m_pad;
    std::size_t m_tokens = 0, m_output = 0;
};

} // namespace

std::unique_ptr<Specialist> makeBag(const Options& options, const ReadingForm& input, const Initializer& initializer) {
    return std::make_unique<BagSpecialist>(*options.as<BagOptions>(), input, initializer);
}

} // namespace levi
