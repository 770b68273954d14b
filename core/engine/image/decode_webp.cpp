// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/codecs.h"

#include "core/base/error.h"

#include <webp/decode.h>

namespace levi::codecs {

Picture decodeWebp(const Source& source) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(source.data(), source.size(), &features) != VP8_STATUS_OK)
        throw Error("{}: is a damaged WebP (its header cannot be read); replace it or leave it out", source.name);
    if (features.has_animation)
        throw Error("{}: is an animated WebP, expected a single picture; convert it", source.name);
    checkSize(source, features.height, features.width);
    Picture picture(features.height, features.width);
    const auto stride = static_cast<int>(picture.width * 3);
    if (!WebPDecodeRGBInto(source.data(), source.size(), picture.rgb.data(), picture.rgb.size(), stride))
        throw Error("{}: is a damaged WebP (its pixels cannot be read); replace it or leave it out", source.name);
    return picture;
}

} // namespace levi::codecs
