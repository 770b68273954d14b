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
constexpr std::int64_t kLongestText = 8192; // tokens, where the backbone sets no limit

at::Tensor noise(at::IntArrayRef shape, std::string_view purpose) {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(streamSeed(0, purpose));
    return at::empty(shape, at::kFloat).normal_(0, 1, generator);
}

// Texts of equal length, without padding.
at::Tensor anyTokens(const BackboneInfo& info, std::int64_t samples) {
    auto ids = at::empty({samples, info.layers[0].tokens}, at::kLong);
    Random random(streamSeed(0, "bench texts"));
    auto* id = ids.mutable_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < ids.numel(); ++i)
        id[i] = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(info.vocabulary)));
    return ids;
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

void checkLength(const BenchOptions& options, const BackboneInfo& info) {
    if (!info.readsTexts()) return;
    const std::int64_t most = info.longestText > 0 ? info.longestText : kLongestText;
    if (options.tokens < 1 || options.tokens > most)
        throw Error("tokens: found {}, expected 1 to {}", options.tokens, most);
}

BackboneInput anyInput(const BackboneInfo& info, std::int64_t samples) {
    if (info.readsTexts()) return {.values = anyTokens(info, samples)};
    return {.values = noise({samples, 3, info.imageHeight, info.imageWidth}, "bench pictures")};
}

BenchReport startedReport(const Backbone& backbone, const BenchOptions& options) {
    const auto& info = backbone.info();
    BenchReport report;
    report.folder = info.folder;
    report.architecture = info.architecture;
    report.randomWeights = info.weightsFingerprint.empty();
    report.batch = options.batch;
    report.tokens = info.readsTexts() ? options.tokens : 0;
    report.threads = at::get_num_threads();
    report.gflopPerSample = 1e-9 * double(info.flopsPerSample);
    report.hasPacked = !options.plainOnly && backbone.kernelsInUse() == Kernels::Packed;
    return report;
}

// Kernels and a product of the MLP's size in turn, so that whatever else the machine does meets all of them alike.
struct Bench {
    Backbone& backbone;
    BackboneInput input;
    MatrixProduct product;
    std::vector<double> plain = {}, packed = {}, ratios = {}, matrix = {}; // seconds

    double timed(Kernels kernels) const {
        backbone.setKernels(kernels);
        return secondsOf([&] { backbone.pooledFeatures(input); });
    }

    void warmUp(bool hasPacked) const {
        if (hasPacked) timed(Kernels::Packed); // packs the weights
        timed(Kernels::Plain);
    }

    void measurePair(bool hasPacked) {
        if (hasPacked) packed.push_back(timed(Kernels::Packed));
        plain.push_back(timed(Kernels::Plain));
        if (hasPacked) ratios.push_back(plain.back() / packed.back());
        for (int i = 0; i < 3; ++i)
            matrix.push_back(secondsOf([&] { at::mm(product.a, product.b); }));
    }

    void tell(BenchReport& report) const {
        report.pairs = static_cast<int>(plain.size());
        if (!matrix.empty()) report.matrixGflopPerSecond = product.gflop() / median(matrix);
        report.plain = figure(median(plain), report);
        report.packed = figure(median(packed), report);
        report.speedup = median(ratios);
    }
};

} // namespace

BenchReport benchForward(const std::filesystem::path& folder, const BenchOptions& options, std::stop_token stop) {
    checkOptions(options);
    const c10::NoGradGuard noGrad;
    const auto backbone = openBackbone(folder, {.imageSize = {}, .randomSeed = 0, .textTokens = options.tokens});
    const auto& info = backbone->info();
    checkLength(options, info);
    BenchReport report = startedReport(*backbone, options);
    Bench bench{.backbone = *backbone,
                .input = anyInput(info, options.batch),
                .product = {noise({options.batch * info.layers[0].tokens, info.width}, "bench matrix a"),
                            noise({info.width, 4 * info.width}, "bench matrix b")}};
    bench.warmUp(report.hasPacked);
    for (int pair = 0; pair < options.pairs && !stop.stop_requested(); ++pair)
        bench.measurePair(report.hasPacked);
    bench.tell(report);
    return report;
}

} // namespace levi
