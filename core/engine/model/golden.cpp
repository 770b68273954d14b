// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/golden.h"

#include "core/base/error.h"
#include "core/engine/model/backbone.h"
#include "core/engine/model/peft_format.h"

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

struct GoldenInput {
    BackboneInput input;
    at::Tensor cotangent; // undefined: there is none
};

GoldenInput goldenInput(const Safetensors& io) {
    GoldenInput read;
    if (io.find("pixel_values"))
        read.input.values = io.read("pixel_values").to(at::kFloat);
    else if (io.find("input_ids"))
        read.input.values = io.read("input_ids").to(at::kLong);
    else
        throw Error("{}: has neither pixel_values nor input_ids", io.file());
    if (io.find("attention_mask")) read.input.mask = io.read("attention_mask");
    if (io.find("token_type_ids")) read.input.tokenTypes = io.read("token_type_ids").to(at::kLong);
    if (io.find("cotangent")) read.cotangent = io.read("cotangent").to(at::kFloat);
    return read;
}

// The io.safetensors with the inputs: the folder's own, else the base's.
GoldenInput inputOf(const Safetensors& io, const std::filesystem::path& base) {
    const bool own = io.find("pixel_values") || io.find("input_ids");
    return own || base.empty() ? goldenInput(io) : goldenInput(Safetensors(base / "io.safetensors"));
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

// Gradients of sum(last_hidden_state * cotangent), named "grad." + prefix + parameter.
Outputs gradientOutputs(Backbone& backbone, const GoldenInput& given, const std::string& prefix) {
    if (!given.cotangent.defined()) throw Error("{}: has gradients but no cotangent", backbone.info().folder);
    backbone.setTrainable(everyParameter);
    const auto last = backbone.forward(given.input).last;
    if (last.sizes() != given.cotangent.sizes())
        throw Error("{}: cotangent has shape {}, last_hidden_state {}", backbone.info().folder,
                    shapeText(given.cotangent.sizes()), shapeText(last.sizes()));
    std::vector<at::Tensor> parameters;
    for (const auto& parameter : backbone.parameters())
        parameters.push_back(parameter.tensor);
    const auto gradients = torch::autograd::grad({(last * given.cotangent).sum()}, parameters, {}, {}, false, true);
    Outputs outputs;
    for (std::size_t i = 0; i < gradients.size(); ++i)
        if (gradients[i].defined())
            outputs[std::string(kGradient) + prefix + backbone.parameters()[i].name] = gradients[i];
    backbone.setTrainable(noParameter);
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

struct GoldenOutputs {
    Outputs outputs;
    const char* path;
    double tolerance = kForwardTolerance;
};

struct GoldenNames {
    std::vector<std::string> outputs, gradients;
};

GoldenNames namesIn(const Safetensors& io) {
    GoldenNames names;
    for (const auto& entry : io.tensors())
        if (!isInput(entry.name))
            (entry.name.starts_with(kGradient) ? names.gradients : names.outputs).push_back(entry.name);
    std::ranges::sort(names.outputs);
    std::ranges::sort(names.gradients);
    return names;
}

std::unique_ptr<Backbone> goldenBackbone(const std::filesystem::path& folder, const std::filesystem::path& base) {
    if (base.empty() && std::filesystem::exists(folder / "adapter_config.json"))
        throw Error("{}: holds an adapter; name the folder of its backbone (--base)", folder.string());
    auto backbone = openBackbone(base.empty() ? folder : base);
    if (!base.empty()) adapt(*backbone, readPeftAdapter(folder, backbone->info()));
    return backbone;
}

// The tensors of these names in the reference beside ours, reckoned on `path`.
void compare(GoldenReport& report, const Safetensors& io, const std::vector<std::string>& names,
             const GoldenOutputs& ours) {
    for (const auto& name : names) {
        report.tensors.push_back(compared(name, io.read(name).to(at::kDouble), ours.outputs, ours.tolerance));
        report.tensors.back().path = ours.path;
    }
}

} // namespace

GoldenReport runGolden(const std::filesystem::path& folder, const GoldenOptions& options) {
    const auto backbone = goldenBackbone(folder, options.base);
    const Safetensors io(folder / "io.safetensors");
    const auto given = inputOf(io, options.base);
    GoldenReport report;
    report.folder = folder.string();
    report.family = backbone->info().family;
    const auto [outputs, gradients] = namesIn(io);
    const auto compareForward = [&](const char* path) {
        compare(report, io, outputs, {forwardOutputs(*backbone, given.input), path});
    };
    if (!options.plainOnly && backbone->kernelsInUse() == Kernels::Packed) compareForward("packed");
    backbone->setKernels(Kernels::Plain);
    compareForward("plain");
    const std::string prefix = options.base.empty() ? "" : "base_model.model.";
    if (!gradients.empty())
        compare(report, io, gradients, {gradientOutputs(*backbone, given, prefix), "gradient", kGradientTolerance});
    if (options.base.empty()) return report;
    backbone->mergeLowRank();
    compareForward("merged");
    return report;
}

} // namespace levi
