// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/resample.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace levi {
namespace {

constexpr int kWeightBits = 22; // 8-bit pixels times weights up to 2 in 32 bits with their sign
constexpr std::int64_t kPixelLimit = 100000000;

double triangle(double x) {
    return std::max(0.0, 1.0 - std::abs(x));
}

double cubic(double x) { // Keys 1981, a = -0.5
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
    return 0.0;
}

struct Kernel {
    double (*weight)(double);
    double support; // half its width at scale 1
};

Kernel kernelOf(Interpolation interpolation) {
    return interpolation == Interpolation::Bicubic ? Kernel{cubic, 2.0} : Kernel{triangle, 1.0};
}

// Which inputs one output is made of.
struct Window {
    std::int64_t first = 0;
    std::vector<std::int32_t> weights; // fixed point, sum about 1 << kWeightBits
};

Window windowAt(std::int64_t output, double scale, std::int64_t inputs, const Kernel& kernel) {
    const double stretch = std::max(scale, 1.0);
    const double centre = (static_cast<double>(output) + 0.5) * scale;
    const double support = kernel.support * stretch;
    Window window;
    window.first = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
    const std::int64_t end = std::min(static_cast<std::int64_t>(centre + support + 0.5), inputs);
    std::vector<double> exact;
    double sum = 0;
    for (std::int64_t i = window.first; i < end; ++i) {
        exact.push_back(kernel.weight((static_cast<double>(i) - centre + 0.5) * (1.0 / stretch)));
        sum += exact.back();
    }
    for (const double weight : exact) {
        const double fixed = (sum != 0.0 ? weight / sum : weight) * (1 << kWeightBits);
        window.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
    }
    return window;
}

std::vector<Window> windows(std::int64_t inputs, std::int64_t outputs, const Kernel& kernel) {
    const double scale = static_cast<double>(inputs) / static_cast<double>(outputs);
    std::vector<Window> all;
    all.reserve(static_cast<std::size_t>(outputs));
    for (std::int64_t output = 0; output < outputs; ++output)
        all.push_back(windowAt(output, scale, inputs, kernel));
    return all;
}

constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t rounded(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

Picture resampledRows(const Picture& picture, std::int64_t width, const Kernel& kernel) {
    const std::vector<Window> columns = windows(picture.width, width, kernel);
    Picture result(picture.height, width);
    for (std::int64_t y = 0; y < picture.height; ++y) {
        std::uint8_t* out = result.pixel(y, 0);
        for (const Window& window : columns) {
            const std::uint8_t* in = picture.pixel(y, window.first);
            std::int32_t sum[3] = {kHalf, kHalf, kHalf};
            for (const std::int32_t weight : window.weights)
                for (std::int32_t& channel : sum)
                    channel += *in++ * weight;
            for (const std::int32_t channel : sum)
                *out++ = rounded(channel);
        }
    }
    return result;
}

Picture resampledColumns(const Picture& picture, std::int64_t height, const Kernel& kernel) {
    const std::vector<Window> rows = windows(picture.height, height, kernel);
    Picture result(height, picture.width);
    const auto stride = static_cast<std::size_t>(picture.width * 3);
    std::vector<std::int32_t> sums(stride);
    for (std::int64_t y = 0; y < height; ++y) {
        const Window& window = rows[static_cast<std::size_t>(y)];
        std::fill(sums.begin(), sums.end(), kHalf);
        const std::uint8_t* in = picture.pixel(window.first, 0);
        for (const std::int32_t weight : window.weights) {
            for (std::size_t i = 0; i < stride; ++i)
                sums[i] += in[i] * weight;
            in += stride;
        }
        std::transform(sums.begin(), sums.end(), result.pixel(y, 0), rounded);
    }
    return result;
}

} // namespace

Picture resized(const Picture& picture, PictureSize size, Interpolation interpolation) {
    if (size.height <= 0 || size.width <= 0 || size.height > kPixelLimit / size.width ||
        picture.height > kPixelLimit / size.width)
        throw Error("Cannot resize {} x {} pixels to {} x {}: between 1 and {} pixels are possible", picture.width,
                    picture.height, size.width, size.height, kPixelLimit);
    const Kernel kernel = kernelOf(interpolation);
    if (picture.width == size.width && picture.height == size.height) return picture;
    if (picture.width == size.width) return resampledColumns(picture, size.height, kernel);
    Picture narrowed = resampledRows(picture, size.width, kernel);
    return picture.height == size.height ? narrowed : resampledColumns(narrowed, size.height, kernel);
}

} // namespace levi
