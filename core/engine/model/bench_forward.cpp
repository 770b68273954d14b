// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/bench_forward.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/model/backbone.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace levi {
namespace {

constexpr std::int64_t kMostSamples = 4096;

at::Tensor noise(at::IntArrayRef shape, std::string_view purpose) {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(streamSeed(0, purpose));
    return at::empty(shape, at::kFloat).normal_(0, 1, generator);
}

template<typename Work>
double secondsOf(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// A product of the size that the MLP has: all tokens of the batch, width by four times the width.
struct MatrixProduct {
    at::Tensor a, b;
    double gflop() const { return 2e-9 * double(a.size(0)) * double(a.size(1)) * double(b.size(1)); }
};

BenchFigure figure(double seconds, const BenchReport& report) {
    if (seconds <= 0) return {};
    BenchFigure result;
    result.secondsPerBatch = seconds;
    result.samplesPerSecond = double(report.batch) / seconds;
    result.gflopPerSecond = result.samplesPerSecond * report.gflopPerSample;
    if (report.matrixGflopPerSecond > 0)
        result.fractionOfMatrixRate = result.gflopPerSecond / report.matrixGflopPerSecond;
    return result;
}

void checkOptions(const BenchOptions& options) {
    if (options.batch < 1 || options.batch > kMostSamples)
        throw Error("batch: found {}, expected 1 to {}", options.batch, kMostSamples);
    if (options.pairs < 1 || options.pairs > 1000) throw Error("pairs: found {}, expected 1 to 1000", options.pairs);
}

} // namespace

BenchReport benchForward(const std::filesystem::path& folder, const BenchOptions& options, std::stop_token stop) {
    checkOptions(options);
    const c10::NoGradGuard noGrad;
    const auto backbone = openBackbone(folder, {.imageSize = {}, .randomSeed = 0});
    const auto& info = backbone->info();
    BenchReport report;
    report.folder = folder.string();
    report.architecture = info.architecture;
    report.randomWeights = info.weightsFingerprint.empty();
    report.batch = options.batch;
    report.threads = at::get_num_threads();
    report.gflopPerSample = 1e-9 * double(info.flopsPerSample);
    report.hasPacked = !options.plainOnly && backbone->kernelsInUse() == Kernels::Packed;

    const BackboneInput input = {noise({options.batch, 3, info.imageHeight, info.imageWidth}, "bench pictures"), {}};
    const MatrixProduct product = {noise({options.batch * info.layers[0].tokens, info.width}, "bench matrix a"),
                                   noise({info.width, 4 * info.width}, "bench matrix b")};
    const auto timed = [&](Kernels kernels) {
        backbone->setKernels(kernels);
        return secondsOf([&] { backbone->pooledFeatures(input); });
    };
    if (report.hasPacked) timed(Kernels::Packed); // packs the weights
    timed(Kernels::Plain);
    std::vector<double> plain, packed, ratios, matrix;
    for (int pair = 0; pair < options.pairs && !stop.stop_requested(); ++pair) {
        if (report.hasPacked) packed.push_back(timed(Kernels::Packed));
        plain.push_back(timed(Kernels::Plain));
        if (report.hasPacked) ratios.push_back(plain.back() / packed.back());
        for (int i = 0; i < 3; ++i)
            matrix.push_back(secondsOf([&] { at::mm(product.a, product.b); }));
    }
    report.pairs = static_cast<int>(plain.size());
    if (!matrix.empty()) report.matrixGflopPerSecond = product.gflop() / median(matrix);
    report.plain = figure(median(plain), report);
    report.packed = figure(median(packed), report);
    report.speedup = median(ratios);
    return report;
}

} // namespace levi
