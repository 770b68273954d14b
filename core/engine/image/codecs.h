// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// One function per format, for decode.cpp only. Each throws Error naming the picture; none turns it upright.
namespace levi::codecs {

struct Source {
    std::span<const std::byte> bytes;
    std::string_view name;
    std::int64_t pixelLimit = 0;

    const unsigned char* data() const { return reinterpret_cast<const unsigned char*>(bytes.data()); }
    std::size_t size() const { return bytes.size(); }
};

// Throws Error unless both sides are positive and their product is within the limit.
void checkSize(const Source& source, std::int64_t height, std::int64_t width);

Picture decodeJpeg(const Source& source);
Picture decodePng(const Source& source);
Picture decodeWebp(const Source& source);

} // namespace levi::codecs
