// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/mixed_precision.h"

#include <ATen/autocast_mode.h>

namespace levi {

MixedPrecision::MixedPrecision(Precision precision, at::Device device)
    : m_device(device.type()), m_on(precision == Precision::Bf16) {
    if (!m_on) return;
    at::autocast::set_autocast_dtype(m_device, at::kBFloat16);
    at::autocast::set_autocast_enabled(m_device, true);
    at::autocast::set_autocast_cache_enabled(false); // a cached copy of a weight would outlive the step that changes it
}

MixedPrecision::~MixedPrecision() {
    if (!m_on) return;
    at::autocast::set_autocast_enabled(m_device, false);
    at::autocast::clear_cache();
}

} // namespace levi
