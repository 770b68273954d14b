// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/backbone.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/engine/model/packed_linear.h"
#include "core/engine/model/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace levi {
namespace {

// Samples per piece of the frozen pass: the activations of one stay in the cache, and below the size from which the C
// library maps and unmaps each buffer anew. Measured for ViT-Ti and ViT-B on 2 cores: 8 beats 2, 4 and 32.
constexpr std::int64_t kPieceSamples = 8;

constexpr const char* kA = ".lora_A.weight";
constexpr const char* kB = ".lora_B.weight";

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

// Returns (B, 2, D).
at::Tensor pooled(const TokenStates& tokens, PooledPair pair) {
    if (pair == PooledPair::LastAndMax) return at::stack({lastToken(tokens), maxOfTokens(tokens)}, 1);
    return at::stack({classToken(tokens), meanOfTokens(tokens)}, 1);
}

BackboneInput partOf(const BackboneInput& input, std::int64_t begin, std::int64_t count) {
    if (begin == 0 && count >= input.values.size(0)) return input;
    const auto slice = [=](const at::Tensor& tensor) {
        return tensor.defined() ? tensor.slice(0, begin, begin + count) : tensor;
    };
    return {.values = slice(input.values), .mask = slice(input.mask), .tokenTypes = slice(input.tokenTypes)};
}

bool isMatrix(const NamedTensor& parameter, const ParameterPlace& place) {
    return !place.isBias && !place.isNorm && !place.isLowRank && parameter.tensor.dim() > 1;
}

} // namespace

Backbone::~Backbone() = default;

Backbone::Backbone(BackboneInfo info, BackboneTensors tensors)
    : m_info(std::move(info)),
      m_tensors(std::move(tensors)),
      m_trained(m_tensors.parameters.size(), false),
      m_firstTrained(m_info.depth + 2) {}

Backbone::Backbone(const Backbone& other)
    : m_info(other.m_info),
      m_tensors{clones(other.m_tensors.parameters), other.m_tensors.places, clones(other.m_tensors.heads)},
      m_lowRank(other.m_lowRank),
      m_trained(other.m_trained),
      m_firstTrained(other.m_firstTrained),
      m_kernels(other.m_kernels),
      m_pooling(other.m_pooling) {}

Backbone::Pass Backbone::passOf(const BackboneInput& input) const {
    const bool withGradients = c10::GradMode::is_enabled();
    const bool toTheInput = withGradients && input.values.requires_grad();
    return {.kernels = kernelsInUse(), .firstTrained = toTheInput ? 0 : m_firstTrained, .withGradients = withGradients};
}

Hidden Backbone::forward(const BackboneInput& input) const {
    checkInput(input);
    Hidden hidden;
    const auto last = static_cast<std::size_t>(m_info.depth) + 1;
    run(input, passOf(input), [&hidden, last](std::size_t index, const at::Tensor& state) {
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
    const auto pass = passOf(input);
    const bool trains = pass.withGradients && pass.firstTrained <= m_info.depth + 1;
    const std::int64_t samples = input.values.size(0);
    const std::int64_t piece = trains || pass.kernels == Kernels::Plain ? samples : kPieceSamples;
    std::vector<at::Tensor> pieces;
    for (std::int64_t begin = 0; begin < samples; begin += piece) {
        const auto part = partOf(input, begin, piece);
        std::vector<at::Tensor> features;
        run(part, pass, [&](std::size_t, const at::Tensor& state) {
            features.push_back(
                pooled({.state = state, .mask = part.mask, .prefixTokens = m_info.prefixTokens}, m_pooling));
        });
        pieces.push_back(at::stack(features, 1));
    }
    if (pieces.empty()) return at::empty({0, m_info.depth + 2, 2, m_info.width}, parameters()[0].tensor.options());
    return pieces.size() == 1 ? pieces[0] : at::cat(pieces);
}

std::vector<NamedTensor> Backbone::copyOfParameters() const {
    return clones(m_tensors.parameters);
}

void Backbone::setParameters(const std::vector<NamedTensor>& values) {
    for (const auto& [name, target] : m_tensors.parameters)
        if (!findTensor(values, name).defined())
            throw Error("{}: no value for parameter '{}'", m_info.architecture, name);
    replace(values);
}

void Backbone::replace(const std::vector<NamedTensor>& values) {
    for (const auto& [name, value] : values) {
        const auto target = tensorIfExists(name);
        if (!target.defined()) throw Error("{}: has no parameter '{}'", m_info.architecture, name);
        const bool isHead = findTensor(m_tensors.heads, name).defined();
        const std::size_t first = isHead && value.dim() > 0 ? 1 : 0;
        if (value.dim() != target.dim() || value.sizes().slice(first) != target.sizes().slice(first))
            throw Error("{}: parameter '{}' has shape {}, found {}", m_info.architecture, name,
                        shapeText(target.sizes()), shapeText(value.sizes()));
    }
    const c10::NoGradGuard noGrad;
    for (const auto& [name, value] : values) {
        auto* target = findParameterOrHead(name);
        if (value.sizes() == target->sizes())
            target->copy_(value);
        else
            *target = value.to(target->options());
    }
    addToFingerprint(values);
    weightsChanged();
}

void Backbone::addToFingerprint(const std::vector<NamedTensor>& news) {
    Fingerprinter all;
    all.add(m_info.weightsFingerprint);
    for (const auto& [name, tensor] : news) {
        const auto value = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
        all.add(name).add(rawBytes(value));
    }
    m_info.weightsFingerprint = all.hex();
}

void Backbone::addLowRank(const std::vector<LowRankPart>& parts) {
    const auto options = parameters()[0].tensor.options();
    std::vector<NamedTensor> news;
    for (const LowRankPart& part : parts) {
        checkFits(part);
        const ParameterPlace place = {.layer = layerOf(part.module), .isLowRank = true};
        for (const auto& [name, value] : {std::pair{part.module + kA, part.a}, std::pair{part.module + kB, part.b}}) {
            news.push_back({name, value.detach().to(options)});
            m_tensors.parameters.push_back(news.back());
            m_tensors.places.push_back(place);
            m_trained.push_back(false);
        }
        m_lowRank.push_back({.module = part.module, .a = {}, .b = {}, .scale = part.scale, .dropout = part.dropout});
    }
    addToFingerprint(news);
    weightsChanged();
}

void Backbone::checkFits(const LowRankPart& part) const {
    const auto weight = tensorIfExists(part.module + ".weight");
    if (!weight.defined() || weight.dim() != 2)
        throw Error("{}: has no linear layer '{}' for a low-rank part", m_info.architecture, part.module);
    if (tensorIfExists(part.module + kA).defined())
        throw Error("{}: '{}' has a low-rank part already", m_info.architecture, part.module);
    const bool fits = part.a.dim() == 2 && part.b.dim() == 2 && part.a.size(0) == part.b.size(1) &&
                      part.a.size(1) == weight.size(1) && part.b.size(0) == weight.size(0);
    if (fits) return;
    throw Error("{}: '{}' is {}, its low-rank part has A {} and B {}, expected (r, in) and (out, r)",
                m_info.architecture, part.module, shapeText(weight.sizes()), shapeText(part.a.sizes()),
                shapeText(part.b.sizes()));
}

// A head reads what comes last.
std::int64_t Backbone::layerOf(const std::string& module) const {
    const auto& all = m_tensors.parameters;
    const auto found = std::ranges::find(all, module + ".weight", &NamedTensor::name);
    return found == all.end() ? m_info.depth + 1
                              : m_tensors.places[static_cast<std::size_t>(found - all.begin())].layer;
}

void Backbone::mergeLowRank() {
    const c10::NoGradGuard noGrad;
    for (const LowRankPart& part : m_lowRank)
        findParameterOrHead(part.module + ".weight")->copy_(merged(linear(part.module)).weight);
    for (std::size_t i = m_trained.size(); i-- > 0;) {
        if (!m_tensors.places[i].isLowRank) continue;
        const auto at = static_cast<std::ptrdiff_t>(i);
        m_tensors.parameters.erase(m_tensors.parameters.begin() + at);
        m_tensors.places.erase(m_tensors.places.begin() + at);
        m_trained.erase(m_trained.begin() + at);
    }
    m_lowRank.clear();
    recordTrained();
    addToFingerprint({});
    weightsChanged();
}

void Backbone::setTrainable(const ParameterChoice& choice) {
    for (std::size_t i = 0; i < m_trained.size(); ++i)
        m_trained[i] = choice(m_tensors.places[i]);
    recordTrained();
    weightsChanged();
}

void Backbone::recordTrained() {
    m_firstTrained = m_info.depth + 2;
    for (std::size_t i = 0; i < m_trained.size(); ++i) {
        auto& tensor = m_tensors.parameters[i].tensor;
        if (!m_trained[i] && tensor.grad().defined()) tensor.mutable_grad() = at::Tensor();
        tensor.set_requires_grad(m_trained[i]);
        if (m_trained[i]) m_firstTrained = std::min(m_firstTrained, m_tensors.places[i].layer);
    }
}

std::vector<TrainedTensor> Backbone::trainedTensors() const {
    std::vector<TrainedTensor> trained;
    for (std::size_t i = 0; i < m_trained.size(); ++i) {
        const auto& [name, tensor] = m_tensors.parameters[i];
        if (m_trained[i]) trained.push_back({name, tensor, m_tensors.places[i]});
    }
    return trained;
}

double Backbone::trainingFlopsPerSample() const {
    auto flops = static_cast<double>(m_info.flopsPerSample);
    std::vector<bool> matrices(static_cast<std::size_t>(m_info.depth) + 2, false);
    for (std::size_t i = 0; i < m_trained.size(); ++i) {
        const auto& parameter = m_tensors.parameters[i];
        const auto layer = static_cast<std::size_t>(m_tensors.places[i].layer);
        if (m_trained[i] && isMatrix(parameter, m_tensors.places[i])) matrices[layer] = true;
        if (!m_tensors.places[i].isLowRank || layer >= m_info.layers.size()) continue;
        const auto products = 2 * m_info.layers[layer].tokens * parameter.tensor.numel();
        flops += static_cast<double>(products * (m_trained[i] ? 3 : 1));
    }
    for (std::size_t layer = 0; layer < m_info.layers.size(); ++layer) {
        const auto own = static_cast<double>(m_info.layers[layer].flopsPerSample);
        if (layer > 0 && static_cast<std::int64_t>(layer) >= m_firstTrained) flops += own;
        if (matrices[layer]) flops += own;
    }
    return flops;
}

void Backbone::to(at::Device device, at::ScalarType dtype) {
    for (auto* tensors : {&m_tensors.parameters, &m_tensors.heads})
        for (auto& [name, tensor] : *tensors)
            tensor = tensor.detach().to(device, dtype);
    recordTrained();
    weightsChanged();
}

at::Device Backbone::device() const {
    return parameters()[0].tensor.device();
}

void Backbone::setKernels(Kernels kernels) {
    m_kernels = kernels;
}

Kernels Backbone::kernelsInUse() const {
    const auto& weights = parameters()[0].tensor;
    const bool packable = m_firstTrained > 0 && weights.is_cpu() && weights.scalar_type() == at::kFloat &&
                          PackedLinear::available() && !at::autocast::is_autocast_enabled(at::kCPU);
    return packable ? m_kernels : Kernels::Plain;
}

std::unique_ptr<Backbone> Backbone::clone() const {
    auto result = copy();
    result->recordTrained();
    return result;
}

at::Tensor* Backbone::findParameterOrHead(const std::string& name) {
    for (auto* tensors : {&m_tensors.parameters, &m_tensors.heads}) {
        const auto found = std::ranges::find(*tensors, name, &NamedTensor::name);
        if (found != tensors->end()) return &found->tensor;
    }
    return nullptr;
}

at::Tensor Backbone::tensorIfExists(const std::string& name) const {
    const auto parameter = findTensor(m_tensors.parameters, name);
    return parameter.defined() ? parameter : findTensor(m_tensors.heads, name);
}

const at::Tensor& Backbone::tensor(const std::string& name) const {
    for (const auto* tensors : {&m_tensors.parameters, &m_tensors.heads}) {
        const auto found = std::ranges::find(*tensors, name, &NamedTensor::name);
        if (found != tensors->end()) return found->tensor;
    }
    throw Error("{}: has no tensor '{}'", m_info.architecture, name);
}

Linear Backbone::linear(const std::string& module) const {
    Linear result{.weight = tensor(module + ".weight"), .bias = tensorIfExists(module + ".bias")};
    const auto part = std::ranges::find(m_lowRank, module, &LowRankPart::module);
    if (part != m_lowRank.end())
        result.lowRank = {.a = tensor(module + kA),
                          .b = tensor(module + kB),
                          .scale = part->scale,
                          .dropout = part->dropout,
                          .stream = "dropout-lora " + module};
    return result;
}

} // namespace levi
