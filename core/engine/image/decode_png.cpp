// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/codecs.h"

#include "core/base/error.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <png.h>

namespace levi::codecs {
namespace {

// As in decode_jpeg.cpp: no object with a destructor lives in the frames that longjmp leaves.
struct Session {
    png_structp png = nullptr;
    png_infop info = nullptr;
    const unsigned char* data = nullptr;
    std::size_t remaining = 0;
    char message[200] = "";
};

[[noreturn]] void leave(png_structp png, png_const_charp message) {
    auto& session = *static_cast<Session*>(png_get_error_ptr(png));
    std::snprintf(session.message, sizeof session.message, "%s", message);
    png_longjmp(png, 1);
}

void ignoreWarning(png_structp, png_const_charp) {}

void readBytes(png_structp png, png_bytep out, std::size_t count) {
    auto& session = *static_cast<Session*>(png_get_io_ptr(png));
    if (count > session.remaining) png_error(png, "it ends too early");
    std::memcpy(out, session.data, count);
    session.data += count;
    session.remaining -= count;
}

bool readHeader(Session& session) {
    if (setjmp(png_jmpbuf(session.png))) return false;
    png_set_read_fn(session.png, &session, readBytes);
    png_set_user_limits(session.png, 0x7fffffff, 0x7fffffff); // checkSize decides
    png_read_info(session.png, session.info);
    return true;
}

// rgb: (height, width, 3). Interlaced files come in several passes over the same rows.
bool readPixels(Session& session, unsigned char* rgb) {
    if (setjmp(png_jmpbuf(session.png))) return false;
    png_set_strip_16(session.png); // keeps the high byte
    png_set_palette_to_rgb(session.png);
    if (png_get_bit_depth(session.png, session.info) < 8) png_set_expand_gray_1_2_4_to_8(session.png);
    png_set_gray_to_rgb(session.png);
    png_set_strip_alpha(session.png);
    const int passes = png_set_interlace_handling(session.png);
    png_read_update_info(session.png, session.info);
    const std::size_t stride = std::size_t{png_get_image_width(session.png, session.info)} * 3;
    if (png_get_rowbytes(session.png, session.info) != stride) png_error(session.png, "unexpected row size");
    const png_uint_32 height = png_get_image_height(session.png, session.info);
    for (int pass = 0; pass < passes; ++pass)
        for (png_uint_32 y = 0; y < height; ++y)
            png_read_row(session.png, rgb + y * stride, nullptr);
    return true;
}

class Decoder {
public:
    explicit Decoder(const Source& source) {
        m_session.data = source.data();
        m_session.remaining = source.size();
        m_session.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &m_session, leave, ignoreWarning);
        if (m_session.png) m_session.info = png_create_info_struct(m_session.png);
        if (!m_session.info) {
            png_destroy_read_struct(&m_session.png, nullptr, nullptr);
            throw Error("{}: libpng cannot start; its version differs from the one this was built with", source.name);
        }
    }
    ~Decoder() { png_destroy_read_struct(&m_session.png, &m_session.info, nullptr); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    Session& session() { return m_session; }

private:
    Session m_session;
};

[[noreturn]] void fail(const Source& source, const Session& session) {
    throw Error("{}: is a damaged PNG ({}); replace it or leave it out", source.name, session.message);
}

} // namespace

Picture decodePng(const Source& source) {
    Decoder decoder(source);
    Session& session = decoder.session();
    if (!readHeader(session)) fail(source, session);
    const std::int64_t height = png_get_image_height(session.png, session.info);
    const std::int64_t width = png_get_image_width(session.png, session.info);
    checkSize(source, height, width);
    Picture picture(height, width);
    if (!readPixels(session, picture.rgb.data())) fail(source, session);
    return picture;
}

} // namespace levi::codecs
