// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace levi {

// Content fingerprints (128-bit XXH3, 32 hex digits): fast, for cache keys and to notice a changed file. Not a
// signature.
std::string fingerprint(std::string_view content);
std::string fingerprint(std::span<const std::byte> content);
std::string fingerprintOfFile(const std::filesystem::path& file);

// Fingerprint of many parts fed one after the other; each part's length counts, so ("ab","c") differs from ("a","bc").
class Fingerprinter {
public:
    Fingerprinter();
    ~Fingerprinter();
    Fingerprinter(const Fingerprinter&) = delete;
    Fingerprinter& operator=(const Fingerprinter&) = delete;
    Fingerprinter& add(std::string_view part);
    Fingerprinter& add(std::span<const std::byte> part);
    std::string hex() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// SHA-256 over bytes fed one after the other, 64 hex digits: what scripts compare (weights_sha256, predictions_sha256).
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256& add(std::string_view bytes);
    Sha256& add(std::span<const std::byte> bytes);
    std::string hex(); // ends the digest: call once

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace levi
