// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/merged_weights.h"

#include "core/base/error.h"

#include <ATen/ops/lerp.h>

namespace levi {
namespace {

// "" where both have the same tensors.
std::string difference(const Weights& a, const Weights& b) {
    if (a.size() != b.size()) return fmt::format("{} tensors against {}", a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].name != b[i].name) return fmt::format("'{}' against '{}'", a[i].name, b[i].name);
        if (a[i].tensor.sizes() != b[i].tensor.sizes())
            return fmt::format("'{}' of shape {} against {}", a[i].name, shapeText(a[i].tensor.sizes()),
                               shapeText(b[i].tensor.sizes()));
    }
    return {};
}

} // namespace

Weights mixed(const Weights& a, const Weights& b, double share) {
    if (const auto text = difference(a, b); !text.empty()) throw Error("These weights do not mix: {}", text);
    if (share == 0) return a;
    if (share == 1) return b;
    Weights result;
    for (std::size_t i = 0; i < a.size(); ++i)
        result.push_back({a[i].name, at::lerp(a[i].tensor, b[i].tensor, share)});
    return result;
}

void checkSameTensors(const ParentWeights& a, const ParentWeights& b) {
    if (const auto text = difference(a.trained, b.trained); !text.empty())
        throw Error("'{}' (seed {}) and '{}' (seed {}) train different networks, {}; expected runs of one network",
                    a.name, a.seed, b.name, b.seed, text);
}

} // namespace levi
