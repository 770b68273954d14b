// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/random.h"
#include "core/engine/image/resample.h"
#include "core/spec/views/picture_views.h"

namespace levi {

struct Augmentation {
    AugmentOptions options;
    PictureSize size; // of the result
    Interpolation interpolation = Interpolation::Bilinear;
};

// Random crop resized to `size` (area uniform in [cropShare, 1], aspect log-uniform in [3/4, 4/3], ten tries, else the
// middle), flip, colour jitter: in this order, each drawn whether it applies or not. Without crops the picture must
// have `size` already.
Picture augmented(const Picture& picture, const Augmentation& augmentation, Random& random);

} // namespace levi
