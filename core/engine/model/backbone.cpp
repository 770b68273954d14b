// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/backbone.h"

#include "core/base/error.h"
#include "core/engine/model/packed_linear.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace levi {
namespace {

// Samples per piece of the frozen pass: the activations of one stay in the cache, and below the size from which the C
// library maps and unmaps each buffer anew. Measured for ViT-Ti and ViT-B on 2 cores: 8 beats 2, 4 and 32.
constexpr std::int64_t kPieceSamples = 8;

std::vector<NamedTensor> clones(const std::vector<NamedTensor>& tensors) {
    std::vector<NamedTensor> result;
    for (const auto& [name, tensor] : tensors)
        result.push_back({name, tensor.detach().clone()});
    return result;
}

at::Tensor findTensor(const std::vector<NamedTensor>& tensors, const std::string& name) {
    const auto found = std::ranges::find(tensors, name, &NamedTensor::name);
    return found == tensors.end() ? at::Tensor() : found->tensor;
}

// Class token and mean over what is no prefix token and counts. state: (B, T, D). Returns (B, 2, D).
at::Tensor pooled(const at::Tensor& state, const at::Tensor& mask, std::int64_t prefixTokens) {
    const auto rest = state.slice(1, prefixTokens);
    if (!mask.defined()) return at::stack({state.select(1, 0), rest.mean(1)}, 1);
    const auto weights = mask.slice(1, prefixTokens).to(state.scalar_type()).unsqueeze(2);
    const auto mean = (rest * weights).sum(1) / weights.sum(1).clamp_min(1);
    return at::stack({state.select(1, 0), mean}, 1);
}

} // namespace

Backbone::~Backbone() = default;

Backbone::Backbone(BackboneInfo info, std::vector<NamedTensor> parameters, std::vector<NamedTensor> heads)
    : m_info(std::move(info)), m_parameters(std::move(parameters)), m_heads(std::move(heads)) {}

Backbone::Backbone(const Backbone& other)
    : m_info(other.m_info),
      m_parameters(clones(other.m_parameters)),
      m_heads(clones(other.m_heads)),
      m_kernels(other.m_kernels) {}

Hidden Backbone::forward(const BackboneInput& input) const {
    checkInput(input);
    Hidden hidden;
    const auto kernels = c10::GradMode::is_enabled() ? Kernels::Plain : kernelsInUse();
    const auto last = static_cast<std::size_t>(m_info.depth) + 1;
    run(input, kernels, [&hidden, last](std::size_t index, const at::Tensor& state) {
        if (index == last)
            hidden.last = state;
        else
            hidden.states.push_back(state);
    });
    hidden.heads = runHeads(hidden.last);
    return hidden;
}

at::Tensor Backbone::pooledFeatures(const BackboneInput& input) const {
    checkInput(input);
    const bool withGradients = c10::GradMode::is_enabled();
    const auto kernels = withGradients ? Kernels::Plain : kernelsInUse();
    const std::int64_t samples = input.values.size(0);
    const std::int64_t piece = withGradients || kernels == Kernels::Plain ? samples : kPieceSamples;
    std::vector<at::Tensor> pieces;
    for (std::int64_t begin = 0; begin < samples; begin += piece) {
        const auto slice = [begin, end = begin + piece](const at::Tensor& tensor) {
            return tensor.defined() ? tensor.slice(0, begin, end) : tensor;
        };
        const BackboneInput part = {slice(input.values), slice(input.mask)};
        std::vector<at::Tensor> features;
        run(part, kernels, [&](std::size_t, const at::Tensor& state) {
            features.push_back(pooled(state, part.mask, m_info.prefixTokens));
        });
        pieces.push_back(at::stack(features, 1));
    }
    if (pieces.empty()) return at::empty({0, m_info.depth + 2, 2, m_info.width}, m_parameters[0].tensor.options());
    return pieces.size() == 1 ? pieces[0] : at::cat(pieces);
}

std::vector<NamedTensor> Backbone::copyOfParameters() const {
    return clones(m_parameters);
}

void Backbone::setParameters(const std::vector<NamedTensor>& values) {
    std::vector<at::Tensor> sources;
    for (const auto& [name, target] : m_parameters) {
        sources.push_back(findTensor(values, name));
        if (!sources.back().defined()) throw Error("{}: no value for parameter '{}'", m_info.architecture, name);
        if (sources.back().sizes() != target.sizes())
            throw Error("{}: parameter '{}' has shape {}, found {}", m_info.architecture, name,
                        shapeText(target.sizes()), shapeText(sources.back().sizes()));
    }
    const c10::NoGradGuard noGrad;
    for (std::size_t i = 0; i < sources.size(); ++i)
        m_parameters[i].tensor.copy_(sources[i]);
    weightsChanged();
}

void Backbone::setTrainable(bool trainable) {
    m_trainable = trainable;
    for (auto& [name, tensor] : m_parameters) {
        if (!trainable && tensor.grad().defined()) tensor.mutable_grad() = at::Tensor();
        tensor.set_requires_grad(trainable);
    }
    weightsChanged();
}

void Backbone::to(at::Device device, at::ScalarType dtype) {
    for (auto* tensors : {&m_parameters, &m_heads})
        for (auto& [name, tensor] : *tensors)
            tensor = tensor.detach().to(device, dtype);
    setTrainable(m_trainable);
}

at::Device Backbone::device() const {
    return m_parameters[0].tensor.device();
}

void Backbone::setKernels(Kernels kernels) {
    m_kernels = kernels;
}

Kernels Backbone::kernelsInUse() const {
    const auto& weights = m_parameters[0].tensor;
    const bool packable =
        !m_trainable && weights.is_cpu() && weights.scalar_type() == at::kFloat && PackedLinear::available();
    return packable ? m_kernels : Kernels::Plain;
}

std::unique_ptr<Backbone> Backbone::clone() const {
    auto result = copy();
    result->setTrainable(m_trainable);
    return result;
}

at::Tensor Backbone::tensorIfExists(const std::string& name) const {
    const auto parameter = findTensor(m_parameters, name);
    return parameter.defined() ? parameter : findTensor(m_heads, name);
}

const at::Tensor& Backbone::tensor(const std::string& name) const {
    for (const auto* tensors : {&m_parameters, &m_heads}) {
        const auto found = std::ranges::find(*tensors, name, &NamedTensor::name);
        if (found != tensors->end()) return found->tensor;
    }
    throw Error("{}: has no tensor '{}'", m_info.architecture, name);
}

} // namespace levi
