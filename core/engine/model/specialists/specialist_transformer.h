// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/specialists/specialist.h"
#include "core/spec/specialists/transformer_options.h"

namespace levi {

// A pre-norm transformer on patches of the picture (Dosovitskiy et al. 2021), without a class token. Throws Error where
// the patch does not divide the picture or the heads not the width.
class TransformerSpecialist : public Specialist {
public:
    TransformerSpecialist(const TransformerOptions& options, const InputShape& input, const Initializer& initializer);

    at::Tensor forward(const Reading& input, const StepDraws* draws) const override;
    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }
    const std::vector<Parameter>& parameters() const override { return m_parameters; }
    std::int64_t flopsPerSample() const override { return m_flops; }

private:
    void addEmbedding(const InputShape& input, const Initializer& initializer);
    void addBlock(std::int64_t index, const Initializer& initializer);
    void addLinear(const std::string& name, std::int64_t in, std::int64_t out, const Initializer& initializer);
    void addNorm(const std::string& name, const Initializer& initializer);

    TransformerOptions m_options;
    std::int64_t m_tokens = 0;
    std::int64_t m_flops = 0;
    std::vector<Parameter> m_parameters; // embedding 3, then 12 of each block, norm 2, output 2
};

std::unique_ptr<Specialist> makeTransformer(const Options& options, const ReadingForm& input,
                                            const Initializer& initializer);

} // namespace levi
