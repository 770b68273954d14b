// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/layer_ensemble.h"

#include "core/base/error.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>

#include <cmath>

namespace levi {

LayerEnsemble::LayerEnsemble(AdapterShape shape, const Initializer& initializer) : m_shape(std::move(shape)) {
    if (m_shape.layers.empty()) throw Error("A layer ensemble needs at least one layer");
    const std::int64_t in = m_shape.stateWidth + m_shape.specialistWidth;
    if (m_shape.hiddenWidth > 0) {
        addLayer("hidden", in, m_shape.hiddenWidth, initializer);
        addLayer("output", m_shape.hiddenWidth, m_shape.outputs, initializer);
    } else {
        addLayer("output", in, m_shape.outputs, initializer);
    }
}

void LayerEnsemble::addLayer(const std::string& part, std::int64_t in, std::int64_t out,
                             const Initializer& initializer) {
    const double bound = 1 / std::sqrt(static_cast<double>(in)); // as torch.nn.Linear
    std::vector<at::Tensor> weights, biases;
    for (const std::string& layer : m_shape.layers) {
        const auto name = fmt::format("adapters.{}.{}", layer, part);
        weights.push_back(initializer.draw(name + ".weight", {in, out}, bound));
        biases.push_back(initializer.draw(name + ".bias", {1, out}, bound));
    }
    const std::string name = "adapters." + part;
    m_parameters.push_back(initializer.parameter(name + ".weight", at::stack(weights), Pace::Head, true));
    m_parameters.push_back(initializer.parameter(name + ".bias", at::stack(biases), Pace::Head, false));
}

at::Tensor LayerEnsemble::beforeOutput(const at::Tensor& z, const at::Tensor& s) const {
    auto x = z;
    if (s.defined()) x = at::cat({z, s.unsqueeze(0).expand({z.size(0), s.size(0), s.size(1)})}, 2);
    for (std::size_t i = 0; i + 2 < m_parameters.size(); i += 2)
        x = at::gelu(at::baddbmm(m_parameters[i + 1].value, x, m_parameters[i].value));
    return x;
}

at::Tensor LayerEnsemble::output(const at::Tensor& x) const {
    const std::size_t last = m_parameters.size() - 2;
    return at::baddbmm(m_parameters[last + 1].value, x, m_parameters[last].value);
}

std::int64_t LayerEnsemble::flopsPerSample() const {
    std::int64_t flops = 0;
    for (const Parameter& parameter : m_parameters)
        flops += parameter.decays ? 2 * parameter.value.numel() : 0;
    return flops;
}

at::Tensor combined(const at::Tensor& y, Combine how, const at::Tensor& scores) {
    if (how == Combine::MeanLogits) return y.mean(0);
    if (how == Combine::Learned) return y.mul(at::softmax(scores, 0).reshape({-1, 1, 1})).sum(0);
    return at::logsumexp(at::log_softmax(y, 2), 0).sub(std::log(static_cast<double>(y.size(0))));
}

at::Tensor ensembleLoss(const at::Tensor& y, const at::Tensor& targets, const EnsembleLoss& loss) {
    const auto whole = [&](const at::Tensor& of) {
        return predictionLoss(combined(of, loss.combine, loss.scores), targets, loss.labelSmoothing);
    };
    if (loss.of == LossOf::Whole) return whole(y);
    // Every layer has the same rows, so the mean over all of (T * B) is the mean over layers of the means over rows.
    const auto parts = predictionLoss(y.reshape({-1, y.size(2)}), targets.repeat({y.size(0)}), loss.labelSmoothing);
    return loss.combine == Combine::Learned ? parts.add(whole(y.detach())) : parts;
}

at::Tensor predictionLoss(const at::Tensor& outputs, const at::Tensor& targets, double labelSmoothing) {
    if (targets.is_floating_point()) return at::mse_loss(outputs.to(at::kFloat).squeeze(1), targets);
    return at::cross_entropy_loss(outputs.to(at::kFloat), targets, {}, at::Reduction::Mean, -100, labelSmoothing);
}

} // namespace levi
