// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/train_options.h"

#include <ATen/core/Tensor.h>

namespace levi {

// While it lives, products of matrices and convolutions of this thread are computed in bfloat16 where the precision
// says so; parameters, norms and losses stay float32. Nothing happens with fp32.
class MixedPrecision {
public:
    MixedPrecision(Precision precision, at::Device device);
    ~MixedPrecision();
    MixedPrecision(const MixedPrecision&) = delete;
    MixedPrecision& operator=(const MixedPrecision&) = delete;

private:
    at::DeviceType m_device;
    bool m_on;
};

} // namespace levi
