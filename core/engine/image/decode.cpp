// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/decode.h"

#include "core/base/error.h"
#include "core/engine/image/codecs.h"
#include "core/engine/image/exif.h"

#include <cstring>

namespace levi {
namespace {

using codecs::Source;

bool hasMagic(const Source& source, std::string_view magic, std::size_t at = 0) {
    return source.size() >= at + magic.size() && std::memcmp(source.data() + at, magic.data(), magic.size()) == 0;
}

Picture decodeByMagic(const Source& source) {
    if (hasMagic(source, "\xFF\xD8\xFF")) return codecs::decodeJpeg(source);
    if (hasMagic(source, "\x89PNG\r\n\x1A\n")) return codecs::decodePng(source);
    if (hasMagic(source, "RIFF") && hasMagic(source, "WEBP", 8)) return codecs::decodeWebp(source);
    if (source.bytes.empty()) throw Error("{}: is empty, expected a JPEG, PNG or WebP picture", source.name);
    throw Error("{}: is not a JPEG, PNG or WebP picture by its first bytes; convert it to one of these", source.name);
}

} // namespace

void codecs::checkSize(const Source& source, std::int64_t height, std::int64_t width) {
    if (height <= 0 || width <= 0)
        throw Error("{}: has {} x {} pixels, expected at least one", source.name, width, height);
    if (height > source.pixelLimit / width)
        throw Error("{}: has {} x {} pixels, at most {} are read; scale it down", source.name, width, height,
                    source.pixelLimit);
}

Picture decodePicture(std::span<const std::byte> bytes, std::string_view name, const DecodeOptions& options) {
    Picture picture = decodeByMagic({.bytes = bytes, .name = name, .pixelLimit = options.pixelLimit});
    return options.applyExif ? upright(std::move(picture), exifOrientation(bytes)) : picture;
}

} // namespace levi
