// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/reading.h"

namespace levi {
namespace {

template<typename Change>
Reading changed(const Reading& reading, const Change& change) {
    const auto of = [&change](const at::Tensor& tensor) { return tensor.defined() ? change(tensor) : tensor; };
    return {.pixels = of(reading.pixels),
            .ids = of(reading.ids),
            .mask = of(reading.mask),
            .types = of(reading.types),
            .numbers = of(reading.numbers),
            .categories = of(reading.categories),
            .flags = of(reading.flags)};
}

} // namespace

std::int64_t Reading::rows() const {
    for (const at::Tensor* tensor : {&pixels, &ids, &numbers})
        if (tensor->defined()) return tensor->size(0);
    return 0;
}

Reading Reading::to(at::Device device) const {
    return changed(*this, [device](const at::Tensor& tensor) { return tensor.to(device); });
}

Reading Reading::selected(const at::Tensor& rows) const {
    return changed(*this, [&rows](const at::Tensor& tensor) { return tensor.index_select(0, rows); });
}

} // namespace levi
