// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/augment.h"

#include "core/engine/image/preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace levi {
namespace {

struct Box {
    std::int64_t top = 0, left = 0, height = 0, width = 0;
};

Box wholeBox(const Picture& picture, PictureSize size) { // the largest middle box of the result's aspect
    Box box{.height = picture.height, .width = picture.width};
    if (picture.width * size.height > picture.height * size.width)
        box.width = std::max<std::int64_t>(1, picture.height * size.width / size.height);
    else
        box.height = std::max<std::int64_t>(1, picture.width * size.height / size.width);
    box.top = (picture.height - box.height) / 2;
    box.left = (picture.width - box.width) / 2;
    return box;
}

Box randomBox(const Picture& picture, const Augmentation& augmentation, Random& random) {
    const double area = static_cast<double>(picture.height * picture.width);
    const double resultAspect =
        static_cast<double>(augmentation.size.width) / static_cast<double>(augmentation.size.height);
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double share = random.uniform(augmentation.options.cropShare, 1.0);
        const double aspect = resultAspect * std::exp(random.uniform(std::log(3.0 / 4.0), std::log(4.0 / 3.0)));
        const auto width = std::llround(std::sqrt(area * share * aspect));
        const auto height = std::llround(std::sqrt(area * share / aspect));
        if (width < 1 || height < 1 || width > picture.width || height > picture.height) continue;
        Box box{.height = height, .width = width};
        box.top = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(picture.height - height + 1)));
        box.left = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(picture.width - width + 1)));
        return box;
    }
    return wholeBox(picture, augmentation.size);
}

Picture cut(const Picture& picture, const Box& box) {
    Picture result(box.height, box.width);
    for (std::int64_t y = 0; y < box.height; ++y)
        std::copy_n(picture.pixel(box.top + y, box.left), box.width * 3, result.pixel(y, 0));
    return result;
}

void mirror(Picture& picture) {
    for (std::int64_t y = 0; y < picture.height; ++y)
        for (std::int64_t left = 0, right = picture.width - 1; left < right; ++left, --right)
            std::swap_ranges(picture.pixel(y, left), picture.pixel(y, left) + 3, picture.pixel(y, right));
}

std::uint8_t clamped(double value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

double luma(const std::uint8_t* pixel) {
    return 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
}

// Brightness scales values, contrast the distance to the picture's mean grey, saturation the distance to a pixel's
// grey.
void jitter(Picture& picture, const std::array<double, 3>& scales) {
    const auto [brightness, contrast, saturation] = scales;
    double mean = 0;
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3)
        mean += luma(&picture.rgb[i]);
    mean *= brightness * 3.0 / static_cast<double>(picture.rgb.size());
    for (std::size_t i = 0; i < picture.rgb.size(); i += 3) {
        const double grey = luma(&picture.rgb[i]) * brightness;
        for (std::size_t c = 0; c < 3; ++c) {
            const double saturated = grey + (picture.rgb[i + c] * brightness - grey) * saturation;
            picture.rgb[i + c] = clamped(mean + (saturated - mean) * contrast);
        }
    }
}

} // namespace

Picture augmented(const Picture& picture, const Augmentation& augmentation, Random& random) {
    const AugmentOptions& options = augmentation.options;
    Picture result = options.cropShare < 1.0 ? resized(cut(picture, randomBox(picture, augmentation, random)),
                                                       augmentation.size, augmentation.interpolation)
                                             : picture;
    const bool mirrored = random.uniform() < 0.5;
    if (options.flip && mirrored) mirror(result);
    std::array<double, 3> scales{};
    for (double& scale : scales)
        scale = random.uniform(1.0 - options.jitter, 1.0 + options.jitter);
    if (options.jitter > 0) jitter(result, scales);
    return result;
}

} // namespace levi
