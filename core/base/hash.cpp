// SPDX-License-Identifier: Apache-2.0
#include "core/base/hash.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <array>
#include <cstdint>

namespace levi {
namespace {

std::string hexOf(XXH128_hash_t hash) {
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

} // namespace

std::string fingerprint(std::span<const std::byte> content) {
    return hexOf(XXH3_128bits(content.data(), content.size()));
}

std::string fingerprint(std::string_view content) {
    return fingerprint(bytesOf(content));
}

std::string fingerprintOfFile(const std::filesystem::path& file) {
    return fingerprint(MappedFile(file).bytes());
}

struct Fingerprinter::State {
    XXH3_state_t* xxh = XXH3_createState();
    State() { XXH3_128bits_reset(xxh); }
    ~State() { XXH3_freeState(xxh); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Fingerprinter::Fingerprinter() : m_state(std::make_unique<State>()) {}
Fingerprinter::~Fingerprinter() = default;

Fingerprinter& Fingerprinter::add(std::span<const std::byte> part) {
    const std::uint64_t length = part.size();
    XXH3_128bits_update(m_state->xxh, &length, sizeof length);
    XXH3_128bits_update(m_state->xxh, part.data(), part.size());
    return *this;
}

Fingerprinter& Fingerprinter::add(std::string_view part) {
    return add(bytesOf(part));
}

std::string Fingerprinter::hex() const {
    return hexOf(XXH3_128bits_digest(m_state->xxh));
}

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() {
        if (!context || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1)
            throw Error("SHA-256 is not available in this build of OpenSSL");
    }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha256::Sha256() : m_state(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

Sha256& Sha256::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size());
    return *this;
}

Sha256& Sha256::add(std::string_view bytes) {
    return add(bytesOf(bytes));
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(m_state->context, digest.data(), &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i)
        text += fmt::format("{:02x}", digest[i]);
    return text;
}

} // namespace levi
