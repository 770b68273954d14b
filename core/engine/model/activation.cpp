// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/activation.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

#include <algorithm>
#include <array>

namespace levi {
namespace {

struct Named {
    std::string_view name;
    Activation activation;
};
constexpr std::array<Named, 8> kNames = {{{"gelu", Activation::Gelu},
                                          {"gelu_new", Activation::GeluTanh},
                                          {"relu", Activation::Relu},
                                          {"silu", Activation::Silu},
                                          {"gelu_python", Activation::Gelu},
                                          {"gelu_pytorch_tanh", Activation::GeluTanh},
                                          {"gelu_fast", Activation::GeluTanh},
                                          {"swish", Activation::Silu}}};

} // namespace

at::Tensor apply(Activation activation, const at::Tensor& x) {
    switch (activation) {
    case Activation::Gelu:
        return at::gelu(x);
    case Activation::GeluTanh:
        return at::gelu(x, "tanh");
    case Activation::Relu:
        return at::relu(x);
    case Activation::Silu:
        break;
    }
    return at::silu(x);
}

std::optional<Activation> activationNamed(std::string_view name) {
    const auto* found = std::ranges::find(kNames, name, &Named::name);
    return found == kNames.end() ? std::nullopt : std::optional(found->activation);
}

std::string_view nameOf(Activation activation) {
    return std::ranges::find(kNames, activation, &Named::activation)->name;
}

} // namespace levi
