// SPDX-License-Identifier: Apache-2.0
#include "core/engine/inference_cost.h"

#include "core/base/random.h"
#include "core/engine/features/backbone_input.h"
#include "core/engine/train/mixed_precision.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <functional>

namespace levi {
namespace {

constexpr std::int64_t kRows = 8;
constexpr std::size_t kMostPasses = 15; // of each kind, after one that packs weights
constexpr double kEnoughSeconds = 0.5;  // of all passes: slow networks are timed less often

// Rows that say nothing, in the shape that a view gives.
Reading noise(const ReadingForm& form, const char* purpose) {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(streamSeed(0, purpose));
    if (form.kind == ReadingKind::Picture) {
        const auto [channels, height, width] = form.picture;
        return {.pixels = at::empty({kRows, channels, height, width}, at::kFloat).normal_(0, 1, generator)};
    }
    if (form.kind == ReadingKind::Text)
        return {.ids = at::empty({kRows, form.tokens}, at::kLong).random_(0, form.vocabulary, generator),
                .mask = at::ones({kRows, form.tokens}, at::kLong)};
    const auto wide = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    return {.numbers = at::empty({kRows, wide(form.numbers)}, at::kFloat).normal_(0, 1, generator),
            .categories = at::zeros({kRows, wide(form.categories)}, at::kLong),
            .flags = at::zeros({kRows, wide(form.flags)}, at::kFloat)};
}

double bytesOf(const at::Tensor& tensor) {
    return static_cast<double>(tensor.nbytes());
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double secondsOf(const std::function<void()>& pass) {
    const auto begin = std::chrono::steady_clock::now();
    pass();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double heldBy(const std::function<void()>& pass) {
    const auto meter = std::make_shared<AllocationMeter>();
    const c10::DebugInfoGuard installed(c10::DebugInfoKind::PROFILER_STATE, meter);
    pass();
    return static_cast<double>(meter->peakBytes());
}

std::optional<Standardisation> standardisationOf(const Network& network) {
    std::optional<Standardisation> found;
    for (const auto& [name, tensor] : network.constants()) {
        if (name == "standardisation.mean") found.emplace().mean = tensor;
        if (name == "standardisation.scale" && found) found->scale = tensor;
    }
    return found;
}

// The passes that are compared, each waiting for its result; as an answer computes them: a network in the precision
// that it was trained in, features of a frozen backbone in fp32.
class Passes {
public:
    explicit Passes(const RunSetup& setup) : m_setup(setup), m_backbone(setup.inputs.frozen) {
        if (setup.inputs.readsRows) splitNetwork();
        const auto& [backbone, specialist] = std::pair{setup.inputs.backbone.view, setup.inputs.specialist.view};
        if (m_backbone) m_read = noise(backbone->form(), "inference pixels").to(setup.device);
        if (specialist) m_specialist = noise(specialist->form(), "inference pictures").to(setup.device);
    }

    bool hasBackbone() const { return m_backbone != nullptr; }
    void bare() const { pooled().to(at::kCPU); }
    void whole() const {
        StepInput input{.specialist = m_specialist};
        if (m_backbone) input.pooled = selectSlots(pooled(), m_setup.plan.slots);
        const MixedPrecision mixed(precisionOf(m_setup.spec), m_setup.device);
        readout().logits(input).to(at::kCPU);
    }

    double backboneFlops() const { return m_backbone ? static_cast<double>(m_backbone->info().flopsPerSample) : 0; }
    double flops() const { return backboneFlops() + readout().flopsPerSample(); }
    double backboneBytes() const {
        double bytes = 0;
        if (!m_backbone) return bytes;
        for (const NamedTensor& parameter : m_backbone->parameters())
            bytes += bytesOf(parameter.tensor);
        return bytes;
    }
    double ownBytes() const {
        double bytes = 0;
        for (const Parameter& parameter : readout().parameters())
            bytes += bytesOf(parameter.value);
        for (const NamedTensor& constant : readout().constants())
            bytes += bytesOf(constant.tensor);
        return bytes;
    }

private:
    // Of the same shapes, and so of the same cost, as what was trained in one piece.
    void splitNetwork() {
        m_opened = backboneOf(m_setup.spec, m_setup.device);
        m_backbone = m_opened.get();
        m_readout = networkOf({.spec = m_setup.spec,
                               .outputs = m_setup.data.outputs(),
                               .backbone = &m_setup.info,
                               .standardisation = standardisationOf(*m_setup.network),
                               .device = m_setup.device,
                               .specialistReads = specialistForm()});
    }
    std::optional<ReadingForm> specialistForm() const {
        const auto& view = m_setup.inputs.specialist.view;
        return view ? std::optional(view->form()) : std::nullopt;
    }
    const Network& readout() const { return m_readout ? *m_readout : *m_setup.network; }
    at::Tensor pooled() const {
        const MixedPrecision mixed(trainsBackbone(m_setup.spec) ? precisionOf(m_setup.spec) : Precision::Fp32,
                                   m_setup.device);
        return m_backbone->pooledFeatures(backboneInput(m_read));
    }

    const RunSetup& m_setup;
    const Backbone* m_backbone; // null: the network reads none
    std::unique_ptr<Backbone> m_opened;
    std::unique_ptr<Network> m_readout; // null: the run's own, which holds no backbone
    Reading m_read, m_specialist;
};

struct Timed {
    std::vector<double> bare, whole;
};

Timed timed(const Passes& passes, const std::stop_token& stop) {
    Timed seconds;
    const auto began = std::chrono::steady_clock::now();
    const auto isEnough = [&] {
        const auto spent = std::chrono::steady_clock::now() - began;
        return seconds.whole.size() >= kMostPasses ||
               (!seconds.whole.empty() && std::chrono::duration<double>(spent).count() > kEnoughSeconds);
    };
    while (!isEnough()) {
        if (stop.stop_requested()) return {};
        if (passes.hasBackbone()) seconds.bare.push_back(secondsOf([&] { passes.bare(); }));
        seconds.whole.push_back(secondsOf([&] { passes.whole(); }));
    }
    return seconds;
}

void measure(RunSetup& setup) {
    const c10::NoGradGuard noGrad;
    const Passes passes(setup);
    passes.whole(); // packs weights
    const Timed seconds = timed(passes, setup.stop);
    if (seconds.whole.empty()) return; // stopped
    Efficiency& cost = setup.result.efficiency;
    cost.inferenceFlopsPerSample = passes.flops();
    cost.inferenceSecondsPerSample = median(seconds.whole) / kRows;
    cost.inferencePeakBytes = passes.backboneBytes() + passes.ownBytes() + heldBy([&] { passes.whole(); });
    if (!passes.hasBackbone()) return;
    cost.backboneFlopsPerSample = passes.backboneFlops();
    cost.backboneSecondsPerSample = median(seconds.bare) / kRows;
    cost.backbonePeakBytes = passes.backboneBytes() + heldBy([&] { passes.bare(); });
}

} // namespace

std::int64_t AllocationMeter::peakBytes() const {
    const std::lock_guard lock(m_mutex);
    return m_peak;
}

void AllocationMeter::reportMemoryUsage(void*, std::int64_t bytes, std::size_t, std::size_t, c10::Device) {
    const std::lock_guard lock(m_mutex);
    m_live += bytes;
    m_peak = std::max(m_peak, m_live);
}

// What is measured after the run must not cost the run.
void measureInference(RunSetup& setup) {
    if (setup.stop.stop_requested()) return;
    try {
        measure(setup);
    } catch (const std::exception& error) {
        setup.progress.logged("warn", fmt::format("what an answer costs cannot be measured: {}", error.what()));
    }
}

} // namespace levi
