// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/inflate.h"

#include "core/base/error.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <zlib.h>

namespace levi {

struct Inflater::State {
    z_stream stream{};
    std::span<const std::byte> rest; // not yet given to zlib
    bool ended = false;

    // One step of at most 1 GiB in and out: zlib counts in 32 bits. Returns how many bytes came out.
    std::size_t step(unsigned char* out, std::size_t count, const std::string& name) {
        constexpr std::size_t kStepBytes = std::size_t{1} << 30;
        if (stream.avail_in == 0 && !rest.empty()) {
            const std::size_t chunk = std::min(rest.size(), kStepBytes);
            stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(rest.data()));
            stream.avail_in = static_cast<uInt>(chunk);
            rest = rest.subspan(chunk);
        }
        stream.next_out = out;
        stream.avail_out = static_cast<uInt>(std::min(count, kStepBytes));
        const uInt room = stream.avail_out;
        const int result = inflate(&stream, Z_NO_FLUSH);
        ended = result == Z_STREAM_END;
        if (result != Z_OK && result != Z_STREAM_END)
            throw Error("{}: is damaged or cut short ({}); fetch it again", name,
                        stream.msg ? stream.msg : "compressed bytes are missing");
        return room - stream.avail_out;
    }
};

Inflater::Inflater(std::span<const std::byte> compressed, Deflated kind, std::string name) : m_name(std::move(name)) {
    auto state = std::make_unique<State>();
    state->rest = compressed;
    if (inflateInit2(&state->stream, kind == Deflated::Raw ? -MAX_WBITS : MAX_WBITS + 16) != Z_OK)
        throw Error("{}: zlib cannot start", m_name);
    m_state = state.release();
}

Inflater::~Inflater() {
    inflateEnd(&m_state->stream);
    delete m_state;
}

std::string Inflater::read(std::size_t count) {
    std::string bytes(count, '\0');
    std::size_t filled = 0;
    while (filled < count) {
        if (m_state->ended) throw Error("{}: ends after {} of {} bytes; fetch it again", m_name, filled, count);
        filled += m_state->step(reinterpret_cast<unsigned char*>(bytes.data()) + filled, count - filled, m_name);
    }
    return bytes;
}

bool Inflater::atEnd() {
    unsigned char beyond = 0;
    while (!m_state->ended)
        if (m_state->step(&beyond, 1, m_name) > 0) return false;
    return true;
}

} // namespace levi
