// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/specialist_parts.h"
#include "core/engine/model/specialists/text_specialists.h"
#include "core/spec/kinds.h"
#include "core/spec/specialists/text_options.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/relu.h>

namespace levi {
namespace {

// Kim 2014: for each window of k tokens relu(conv_k(E)), the largest over all places that touch the text, all of them
// side by side, a linear layer. Texts are padded on the right.
class TextCnnSpecialist final : public PartsSpecialist {
public:
    TextCnnSpecialist(const TextCnnOptions& options, const ReadingForm& input, const Initializer& initializer)
        : PartsSpecialist(initializer), m_options(options), m_pad(input.pad) {
        const std::int64_t width = options.embeddingWidth, filters = options.filters;
        m_tokens = m_parts.addEmbedding("specialist.tokens", input.vocabulary, width, false);
        for (const double window : options.windows) {
            const auto k = static_cast<std::int64_t>(window);
            m_windows.push_back(k);
            m_filters.push_back(
                m_parts.addLinear(fmt::format("specialist.window{}", m_windows.size()), width * k, filters));
            m_parts.addFlops(2 * width * k * filters * (input.tokens + k - 2)); // one place is counted already
        }
        m_output = m_parts.addLinear("specialist.output", filters * static_cast<std::int64_t>(m_windows.size()),
                                     options.outputWidth);
    }

    at::Tensor forward(const Reading& input, const StepDraws*) const override {
        const auto counts = input.mask.to(m_parts.value(m_tokens).scalar_type());
        const auto embedded = at::embedding(m_parts.value(m_tokens), input.ids, m_pad) * counts.unsqueeze(2);
        const auto x = embedded.transpose(1, 2).contiguous(); // (B, E, T)
        const auto lengths = input.mask.sum(1, true);         // (B, 1)
        std::vector<at::Tensor> largest;
        for (std::size_t i = 0; i < m_windows.size(); ++i)
            largest.push_back(largestOf(x, lengths, i));
        return m_parts.linear(m_output, at::cat(largest, 1));
    }

    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }

private:
    at::Tensor largestOf(const at::Tensor& x, const at::Tensor& lengths, std::size_t window) const {
        const std::int64_t k = m_windows[window];
        const auto kernel = m_parts.value(m_filters[window]).view({m_options.filters, x.size(1), k});
        const auto found = at::relu(at::conv1d(x, kernel, m_parts.value(m_filters[window] + 1), 1, k - 1));
        const auto places = at::arange(found.size(2), lengths.options()); // place p reads tokens p - k + 1 to p
        const auto isBeyond = places.unsqueeze(0).ge(lengths + (k - 1)).unsqueeze(1);
        return found.masked_fill(isBeyond, 0).amax(2);
    }

    TextCnnOptions m_options;
    std::int64_t m_pad;
    std::vector<std::int64_t> m_windows;
    std::vector<std::size_t> m_filters; // of each window
    std::size_t m_tokens = 0, m_output = 0;
};

} // namespace

std::unique_ptr<Specialist> makeTextCnn(const Options& options, const ReadingForm& input,
                                        const Initializer& initializer) {
    return std::make_unique<TextCnnSpecialist>(*options.as<TextCnnOptions>(), input, initializer);
}

} // namespace levi
