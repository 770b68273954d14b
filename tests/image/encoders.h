// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

// Small encoders for test pictures. They trust their input.
namespace levi::test {

inline Picture gradient(std::int64_t height, std::int64_t width) {
    Picture picture(height, width);
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            picture.pixel(y, x)[0] = static_cast<std::uint8_t>(x * 255 / width);
            picture.pixel(y, x)[1] = static_cast<std::uint8_t>(y * 255 / height);
            picture.pixel(y, x)[2] = static_cast<std::uint8_t>((x * 7 + y * 13) % 256);
        }
    return picture;
}

// components 3: RGB; 4: the same bytes declared as CMYK (width must be divisible by 4).
inline std::string jpegOf(const Picture& picture, int components = 3) {
    jpeg_compress_struct jpeg;
    jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&jpeg, &data, &size);
    jpeg.image_width = static_cast<JDIMENSION>(picture.width * 3 / components);
    jpeg.image_height = static_cast<JDIMENSION>(picture.height);
    jpeg.input_components = components;
    jpeg.in_color_space = components == 4 ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (std::int64_t y = 0; y < picture.height; ++y) {
        JSAMPROW row = const_cast<JSAMPROW>(picture.pixel(y, 0));
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    std::string encoded(reinterpret_cast<char*>(data), size);
    jpeg_destroy_compress(&jpeg);
    std::free(data);
    return encoded;
}

inline std::string pngOf(const Picture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = 0;
    png_image_write_to_memory(&image, nullptr, &size, 0, picture.rgb.data(), 0, nullptr);
    std::string encoded(size, '\0');
    png_image_write_to_memory(&image, encoded.data(), &size, 0, picture.rgb.data(), 0, nullptr);
    encoded.resize(size);
    return encoded;
}

inline std::string webpOf(const Picture& picture) {
    std::uint8_t* data = nullptr;
    const auto width = static_cast<int>(picture.width);
    const std::size_t size =
        WebPEncodeLosslessRGB(picture.rgb.data(), width, static_cast<int>(picture.height), width * 3, &data);
    std::string encoded(reinterpret_cast<char*>(data), size);
    WebPFree(data);
    return encoded;
}

} // namespace levi::test
