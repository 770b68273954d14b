// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/train_options.h"

#include <ATen/core/Tensor.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

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

// While it lives, MixedPrecision leaves this thread alone: for a loss that is made of products of matrices.
class FullPrecision {
private:
    c10::impl::ExcludeDispatchKeyGuard m_none{c10::autocast_dispatch_keyset};
};

} // namespace levi
