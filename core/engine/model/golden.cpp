// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/golden.h"

#include "core/base/error.h"
#include "core/engine/model/backbone.h"

#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <map>

namespace levi {
namespace {

constexpr double kForwardTolerance = 5e-6;
constexpr double kGradientTolerance = 1e-5;
constexpr std::string_view kGradient = "grad.";
constexpr std::array<std::string_view, 5> kInputs = {"pixel_values", "input_ids", "attention_mask", "token_type_ids",
                                                     "cotangent"};

using Outputs = std::map<std::string, at::Tensor>;

bool isInput(std::string_view name) {
    return std::ranges::find(kInputs, name) != kInputs.end();
}

BackboneInput goldenInput(const Safetensors& io) {
    BackboneInput input;
    if (io.find("pixel_values"))
        input.values = io.read("pixel_values").to(at::kFloat);
    else if (io.find("input_ids"))
        input.values = io.read("input_ids").to(at::kLong);
    else
        throw Error("{}: has neither pixel_values nor input_ids", io.file());
    if (io.find("attention_mask")) input.mask = io.read("attention_mask");
    return input;
}

Outputs forwardOutputs(const Backbone& backbone, const BackboneInput& input) {
    const c10::NoGradGuard noGrad;
    const auto hidden = backbone.forward(input);
    Outputs outputs = hidden.heads;
    outputs["last_hidden_state"] = hidden.last;
    for (std::size_t l = 0; l < hidden.states.size(); ++l)
        outputs[fmt::format("hidden_states.{}", l)] = hidden.states[l];
    return outputs;
}

// Gradients of sum(last_hidden_state * cotangent), named "grad." + parameter.
Outputs gradientOutputs(Backbone& backbone, const BackboneInput& input, const Safetensors& io) {
    if (!io.find("cotangent")) throw Error("{}: has gradients but no cotangent", io.file());
    const auto cotangent = io.read("cotangent").to(at::kFloat);
    backbone.setTrainable(true);
    const auto last = backbone.forward(input).last;
    if (last.sizes() != cotangent.sizes())
        throw Error("{}: cotangent has shape {}, last_hidden_state {}", io.file(), shapeText(cotangent.sizes()),
                    shapeText(last.sizes()));
    std::vector<at::Tensor> parameters;
    for (const auto& parameter : backbone.parameters())
        parameters.push_back(parameter.tensor);
    const auto gradients = torch::autograd::grad({(last * cotangent).sum()}, parameters, {}, {}, false, true);
    Outputs outputs;
    for (std::size_t i = 0; i < gradients.size(); ++i)
        if (gradients[i].defined()) outputs[std::string(kGradient) + backbone.parameters()[i].name] = gradients[i];
    backbone.setTrainable(false);
    return outputs;
}

double largest(const at::Tensor& tensor) {
    return tensor.numel() == 0 ? 0.0 : tensor.abs().max().item<double>();
}

GoldenTensor compared(const std::string& name, const at::Tensor& reference, const Outputs& outputs, double tolerance) {
    GoldenTensor result;
    result.name = name;
    result.allowed = tolerance * std::max(1.0, largest(reference));
    const auto found = outputs.find(name);
    if (found == outputs.end()) {
        result.remark = "this backbone does not produce it";
    } else if (found->second.sizes() != reference.sizes()) {
        result.remark =
            fmt::format("shape {}, expected {}", shapeText(found->second.sizes()), shapeText(reference.sizes()));
    } else {
        result.produced = true;
        result.largestDifference = largest(found->second.detach().to(at::kDouble) - reference);
    }
    return result;
}

} // namespace

GoldenReport runGolden(const std::filesystem::path& folder, const GoldenOptions& options) {
    const Safetensors io(folder / "io.safetensors");
    const auto backbone = openBackbone(folder);
    const auto input = goldenInput(io);
    GoldenReport report;
    report.folder = folder.string();
    report.family = backbone->info().family;

    std::vector<std::string> outputs, gradients;
    for (const auto& entry : io.tensors()) {
        if (isInput(entry.name)) continue;
        (entry.name.starts_with(kGradient) ? gradients : outputs).push_back(entry.name);
    }
    std::ranges::sort(outputs);
    std::ranges::sort(gradients);
    const auto compare = [&](const std::vector<std::string>& names, const Outputs& ours, const char* path,
                             double tolerance) {
        for (const auto& name : names) {
            report.tensors.push_back(compared(name, io.read(name).to(at::kDouble), ours, tolerance));
            report.tensors.back().path = path;
        }
    };
    if (!options.plainOnly && backbone->kernelsInUse() == Kernels::Packed)
        compare(outputs, forwardOutputs(*backbone, input), "packed", kForwardTolerance);
    backbone->setKernels(Kernels::Plain);
    compare(outputs, forwardOutputs(*backbone, input), "plain", kForwardTolerance);
    if (!gradients.empty()) compare(gradients, gradientOutputs(*backbone, input, io), "gradient", kGradientTolerance);
    return report;
}

} // namespace levi
