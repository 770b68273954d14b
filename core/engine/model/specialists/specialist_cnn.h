// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/specialists/specialist.h"
#include "core/spec/specialists/cnn_options.h"

namespace levi {

// Stages of 3x3 convolution, GroupNorm and GELU; each stage after the first halves the resolution (stride 2) and
// doubles the width; global average pooling; a linear layer to s. GroupNorm (Wu and He 2018) rather than BatchNorm: it
// keeps no running statistics, so a row's output depends on no other row, training and evaluation agree, and weights
// alone are the state.
class CnnSpecialist : public Specialist {
public:
    CnnSpecialist(const CnnOptions& options, const InputShape& input, const Initializer& initializer);

    at::Tensor forward(const Reading& input, const StepDraws* draws) const override;
    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }
    const std::vector<Parameter>& parameters() const override { return m_parameters; }
    std::int64_t flopsPerSample() const override { return m_flops; }

private:
    void addStage(std::int64_t index, std::int64_t in, std::int64_t out, const Initializer& initializer);

    CnnOptions m_options;
    std::vector<Parameter> m_parameters; // per stage: conv weight, norm weight, norm bias; then output weight and bias
    std::int64_t m_flops = 0;
};

std::unique_ptr<Specialist> makeCnn(const Options& options, const ReadingForm& input, const Initializer& initializer);

} // namespace levi
