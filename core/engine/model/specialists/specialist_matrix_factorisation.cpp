// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/field_specialists.h"
#include "core/spec/kinds.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>

namespace levi {
namespace {

// s = [p * q ; b_u ; b_i]. A linear head on it weighs the factors and the biases: mu + sum_f w_f p_f q_f + b_u + b_i.
class MatrixFactorisationSpecialist final : public PartsSpecialist {
public:
    MatrixFactorisationSpecialist(const MatrixFactorisationOptions& options, const ReadingForm& input,
                                  const Initializer& initializer)
        : PartsSpecialist(initializer), m_options(options), m_ids(options, input, m_parts) {
        const auto values = [&](std::int64_t category) {
            return input.categories[static_cast<std::size_t>(category)].values;
        };
        const auto categories = m_ids.categories();
        m_userBias = m_parts.addEmbedding("specialist.user_bias", values(categories[0]), 1, true);
        m_itemBias = m_parts.addEmbedding("specialist.item_bias", values(categories[1]), 1, true);
        m_parts.addFlops(options.idWidth);
    }

    at::Tensor forward(const Reading& input, const StepDraws* draws) const override {
        const auto ids = m_ids.of(input, draws);
        return at::cat({m_ids.user(ids, m_parts) * m_ids.item(ids, m_parts),
                        at::embedding(m_parts.value(m_userBias), ids.user),
                        at::embedding(m_parts.value(m_itemBias), ids.item)},
                       1);
    }

    std::int64_t outputWidth() const override { return m_options.idWidth + 2; }
    double headDropout() const override { return m_options.dropout; }

private:
    MatrixFactorisationOptions m_options;
    IdEmbedding m_ids;
    std::size_t m_userBias = 0, m_itemBias = 0;
};

} // namespace

std::unique_ptr<Specialist> makeMatrixFactorisation(const Options& options, const ReadingForm& input,
                                                    const Initializer& initializer) {
    return std::make_unique<MatrixFactorisationSpecialist>(*options.as<MatrixFactorisationOptions>(), input,
                                                           initializer);
}

} // namespace levi
