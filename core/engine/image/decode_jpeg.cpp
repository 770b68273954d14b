// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/codecs.h"

#include "core/base/error.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <jpeglib.h>

#include <jerror.h>

namespace levi::codecs {
namespace {

constexpr int kScanLimit = 500; // a progressive file of many tiny scans would take minutes

// libjpeg reports errors by a function that must not return. `readHeader` and `readPixels` alone enter the library;
// each sets the place to return to, and no object with a destructor lives in their frames, so that longjmp skips none.
struct Session {
    jpeg_decompress_struct jpeg;
    jpeg_error_mgr errors;
    jpeg_progress_mgr progress;
    std::jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
};

Session& sessionOf(j_common_ptr jpeg) {
    return *static_cast<Session*>(jpeg->client_data);
}

[[noreturn]] void leave(j_common_ptr jpeg) {
    Session& session = sessionOf(jpeg);
    session.errors.format_message(jpeg, session.message);
    std::longjmp(session.escape, 1);
}

// Warnings that mean lost pixels count as errors; others (bytes between markers) are common and harmless.
void noteWarning(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    switch (sessionOf(jpeg).errors.msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        leave(jpeg);
    default:
        break;
    }
}

void limitScans(j_common_ptr jpeg) {
    if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kScanLimit) return;
    Session& session = sessionOf(jpeg);
    std::snprintf(session.message, sizeof session.message, "more than %d scans", kScanLimit);
    std::longjmp(session.escape, 1);
}

bool readHeader(Session& session, const unsigned char* data, std::size_t size) {
    if (setjmp(session.escape)) return false;
    jpeg_create_decompress(&session.jpeg);
    session.jpeg.progress = &session.progress;
    jpeg_mem_src(&session.jpeg, data, size);
    jpeg_read_header(&session.jpeg, TRUE);
    return true;
}

// rgb: (height, width, 3). Default settings: islow DCT, fancy upsampling.
bool readPixels(Session& session, unsigned char* rgb) {
    if (setjmp(session.escape)) return false;
    session.jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&session.jpeg);
    const std::size_t stride = std::size_t{session.jpeg.output_width} * 3;
    while (session.jpeg.output_scanline < session.jpeg.output_height) {
        JSAMPROW row = rgb + session.jpeg.output_scanline * stride;
        jpeg_read_scanlines(&session.jpeg, &row, 1);
    }
    jpeg_finish_decompress(&session.jpeg);
    return true;
}

// Owns what the library allocates for one picture.
class Decoder {
public:
    Decoder() {
        std::memset(&m_session, 0, sizeof m_session);
        m_session.jpeg.err = jpeg_std_error(&m_session.errors);
        m_session.errors.error_exit = leave;
        m_session.errors.emit_message = noteWarning;
        m_session.progress.progress_monitor = limitScans;
        m_session.jpeg.client_data = &m_session;
    }
    ~Decoder() { jpeg_destroy_decompress(&m_session.jpeg); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    Session& session() { return m_session; }

private:
    Session m_session;
};

[[noreturn]] void fail(const Source& source, const Session& session) {
    throw Error("{}: is a damaged JPEG ({}); replace it or leave it out", source.name, session.message);
}

void checkColours(const Source& source, const jpeg_decompress_struct& jpeg) {
    if (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK)
        throw Error("{}: is a JPEG in CMYK colours, expected RGB or grey; convert it", source.name);
    if (jpeg.jpeg_color_space == JCS_UNKNOWN)
        throw Error("{}: is a JPEG of {} channels, expected 1 or 3", source.name, jpeg.num_components);
}

} // namespace

Picture decodeJpeg(const Source& source) {
    Decoder decoder;
    Session& session = decoder.session();
    if (!readHeader(session, source.data(), source.size())) fail(source, session);
    checkSize(source, session.jpeg.image_height, session.jpeg.image_width);
    checkColours(source, session.jpeg);
    Picture picture(session.jpeg.image_height, session.jpeg.image_width);
    if (!readPixels(session, picture.rgb.data())) fail(source, session);
    return picture;
}

} // namespace levi::codecs
