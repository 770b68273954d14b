// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>

namespace levi {

enum class Activation { Gelu, GeluTanh, Relu, Silu }; // Gelu: the erf form

at::Tensor apply(Activation activation, const at::Tensor& x);

// By the names that configurations use ("gelu", "gelu_new", "relu", "silu", ...); nothing for others.
std::optional<Activation> activationNamed(std::string_view name);
std::string_view nameOf(Activation activation);

} // namespace levi
