// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/specialist_cnn.h"

#include "core/base/error.h"
#include "core/spec/kinds.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/linear.h>

#include <cmath>

namespace levi {
namespace {

constexpr std::int64_t kGroupWidth = 8; // channels a group: divides every width that the spec allows
constexpr std::int64_t kMinSide = 2;    // pixels that the last stage needs to read more than padding

std::int64_t halved(std::int64_t side) {
    return (side + 1) / 2; // 3x3, stride 2, padding 1
}

} // namespace

CnnSpecialist::CnnSpecialist(const CnnOptions& options, const InputShape& input, const Initializer& initializer)
    : m_options(options) {
    auto [channels, height, width] = input;
    std::int64_t out = options.width;
    for (std::int64_t stage = 0; stage < options.depth; ++stage) {
        if (stage > 0) {
            height = halved(height);
            width = halved(width);
            out *= 2;
        }
        if (std::min(height, width) < kMinSide)
            throw Error("specialist.depth: {} stages halve the {} x {} picture below {} pixels; use fewer stages or a "
                        "larger specialist_view.resolution",
                        options.depth, input[1], input[2], kMinSide);
        addStage(stage + 1, channels, out, initializer);
        m_flops += 2 * 9 * channels * out * height * width;
        channels = out;
    }
    const double bound = 1 / std::sqrt(static_cast<double>(channels));
    m_parameters.push_back(
        initializer.uniform("specialist.output.weight", {options.outputWidth, channels}, bound, Pace::Specialist));
    m_parameters.push_back(initializer.constant("specialist.output.bias", {options.outputWidth}, 0, Pace::Specialist));
    m_flops += 2 * channels * options.outputWidth;
}

void CnnSpecialist::addStage(std::int64_t index, std::int64_t in, std::int64_t out, const Initializer& initializer) {
    const auto name = fmt::format("specialist.stage{}", index);
    const double bound = std::sqrt(6 / static_cast<double>(9 * in)); // He et al. 2015, uniform
    const auto kernel = initializer.draw(name + ".conv.weight", {out, in, 3, 3}, bound);
    m_parameters.push_back(initializer.parameter(
        name + ".conv.weight", kernel.contiguous(at::MemoryFormat::ChannelsLast), Pace::Specialist, true));
    m_parameters.push_back(initializer.constant(name + ".norm.weight", {out}, 1, Pace::Specialist));
    m_parameters.push_back(initializer.constant(name + ".norm.bias", {out}, 0, Pace::Specialist));
}

at::Tensor CnnSpecialist::forward(const Reading& input, const StepDraws*) const {
    auto x = input.pixels.contiguous(at::MemoryFormat::ChannelsLast);
    const auto stages = static_cast<std::size_t>(m_options.depth);
    for (std::size_t stage = 0; stage < stages; ++stage) {
        const Parameter* part = &m_parameters[3 * stage];
        const std::int64_t stride = stage == 0 ? 1 : 2;
        x = at::conv2d(x, part[0].value, {}, stride, 1);
        x = at::gelu(at::group_norm(x, x.size(1) / kGroupWidth, part[1].value, part[2].value));
    }
    const Parameter* output = &m_parameters[3 * stages];
    return at::linear(x.mean({2, 3}), output[0].value, output[1].value);
}

std::unique_ptr<Specialist> makeCnn(const Options& options, const ReadingForm& input, const Initializer& initializer) {
    return std::make_unique<CnnSpecialist>(*options.as<CnnOptions>(), input.picture, initializer);
}

} // namespace levi
