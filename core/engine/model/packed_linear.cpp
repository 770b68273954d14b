// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/packed_linear.h"

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <optional>
#include <string_view>

namespace levi {
namespace {

using MaybeTensor = std::optional<at::Tensor>;
using Reorder = at::Tensor(const at::Tensor&, std::optional<c10::SymInt>);
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const MaybeTensor&, std::string_view,
                             c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
using Binary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, const MaybeTensor&,
                          std::string_view);

// The operators that torch.compile's CPU backend calls; they are registered without a C++ header.
struct Operators {
    c10::TypedOperatorHandle<Reorder> reorder;
    c10::TypedOperatorHandle<Pointwise> pointwise;
    c10::TypedOperatorHandle<Binary> binary;
};

std::optional<Operators> findOperators() {
    if (!at::hasMKLDNN()) return {};
    auto& dispatcher = c10::Dispatcher::singleton();
    const auto reorder = dispatcher.findSchema({"mkldnn::_reorder_linear_weight", ""});
    const auto pointwise = dispatcher.findSchema({"mkldnn::_linear_pointwise", ""});
    const auto binary = dispatcher.findSchema({"mkldnn::_linear_pointwise", "binary"});
    if (!reorder || !pointwise || !binary) return {};
    try {
        return Operators{reorder->typed<Reorder>(), pointwise->typed<Pointwise>(), binary->typed<Binary>()};
    } catch (const c10::Error&) { // another signature than the versions that were tried
        return {};
    }
}

const std::optional<Operators>& operators() {
    static const auto found = findOperators();
    return found;
}

MaybeTensor maybe(const at::Tensor& tensor) {
    return tensor.defined() ? MaybeTensor(tensor) : std::nullopt;
}

struct FusedName {
    std::string_view name, form;
};

FusedName fusedName(Activation activation) {
    switch (activation) {
    case Activation::Gelu:
        return {"gelu", "none"};
    case Activation::GeluTanh:
        return {"gelu", "tanh"};
    case Activation::Relu:
        return {"relu", ""};
    case Activation::Silu:
        break;
    }
    return {"swish", ""};
}

} // namespace

bool PackedLinear::available() {
    return operators().has_value();
}

PackedLinear::PackedLinear(const at::Tensor& weight, const at::Tensor& bias, std::int64_t rows)
    : m_weight(operators()->reorder.call(weight.detach().contiguous(), c10::SymInt(rows))),
      m_bias(bias.defined() ? bias.detach().contiguous() : bias) {}

at::Tensor PackedLinear::operator()(const at::Tensor& x) const {
    return operators()->pointwise.call(x, m_weight, maybe(m_bias), "none", c10::List<std::optional<at::Scalar>>(), "");
}

at::Tensor PackedLinear::operator()(const at::Tensor& x, Activation activation) const {
    const auto [name, form] = fusedName(activation);
    return operators()->pointwise.call(x, m_weight, maybe(m_bias), name, c10::List<std::optional<at::Scalar>>(), form);
}

at::Tensor PackedLinear::plus(const at::Tensor& x, const at::Tensor& residual) const {
    return operators()->binary.call(x, residual, m_weight, maybe(m_bias), "add");
}

} // namespace levi
