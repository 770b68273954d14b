// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/field_specialists.h"
#include "core/spec/kinds.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>

namespace levi {
namespace {

// s = V gelu(U [p ; q ; p * q ; other fields] + a) + b, with p of the user and q of the item.
class TwoTowerSpecialist final : public PartsSpecialist {
public:
    TwoTowerSpecialist(const TwoTowerOptions& options, const ReadingForm& input, const Initializer& initializer)
        : PartsSpecialist(initializer),
          m_options(options),
          m_ids(options, input, m_parts),
          m_fields(input, options.categoryWidth, m_ids.categories(), m_parts) {
        m_hidden = m_parts.addLinear("specialist.hidden", 3 * options.idWidth + m_fields.width(), options.hiddenWidth);
        m_output = m_parts.addLinear("specialist.output", options.hiddenWidth, options.outputWidth);
    }

    at::Tensor forward(const Reading& input, const StepDraws* draws) const override {
        const auto ids = m_ids.of(input, draws);
        const auto p = m_ids.user(ids, m_parts), q = m_ids.item(ids, m_parts);
        const auto x = at::cat({p, q, p * q, m_fields.of(input, m_parts)}, 1);
        return m_parts.linear(m_output, at::gelu(m_parts.linear(m_hidden, x)));
    }

    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }

private:
    TwoTowerOptions m_options;
    IdEmbedding m_ids;
    FieldEmbedding m_fields;
    std::size_t m_hidden = 0, m_output = 0;
};

} // namespace

std::unique_ptr<Specialist> makeTwoTower(const Options& options, const ReadingForm& input,
                                         const Initializer& initializer) {
    return std::make_unique<TwoTowerSpecialist>(*options.as<TwoTowerOptions>(), input, initializer);
}

} // namespace levi
