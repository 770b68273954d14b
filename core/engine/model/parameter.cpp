// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/parameter.h"

#include "core/base/random.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

namespace levi {

at::Tensor Initializer::draw(const std::string& name, at::IntArrayRef shape, double bound) const {
    auto tensor = at::empty(shape, at::kFloat);
    Random random(streamSeed(m_seed, "init " + name));
    float* values = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        values[i] = static_cast<float>(random.uniform(-bound, bound));
    return tensor;
}

Parameter Initializer::uniform(const std::string& name, at::IntArrayRef shape, double bound, Pace pace) const {
    return parameter(name, draw(name, shape, bound), pace, true);
}

Parameter Initializer::constant(const std::string& name, at::IntArrayRef shape, double value, Pace pace) const {
    return parameter(name, at::full(shape, value, at::kFloat), pace, false);
}

Parameter Initializer::parameter(const std::string& name, const at::Tensor& value, Pace pace, bool decays) const {
    auto own = value.to(m_device).set_requires_grad(true);
    return {.name = name, .value = std::move(own), .pace = pace, .decays = decays};
}

at::Tensor hidden(const at::Tensor& x, double share, const char* purpose, const StepDraws& draws) {
    if (share <= 0) return x;
    const auto seed = streamSeed(draws.seed, purpose, static_cast<std::uint64_t>(draws.step));
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    auto mask = at::empty(x.sizes(), at::kFloat); // drawn on the CPU on every device: the same masks everywhere
    mask.bernoulli_(1 - share, generator).div_(1 - share);
    return x.mul(mask.to(x.device()));
}

} // namespace levi
