// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace levi {

struct JsonLimits {
    std::uint64_t sizeBytes = 32 << 20; // room for the names of 100,000 classes
    std::size_t values = 5'000'000;     // of all kinds, so that memory is bounded; a published tokenizer has 2,000,000
    bool uniqueKeys = false;            // refuse an object that has a key twice; else the last one counts
};

// A JSON object from a file that we did not write: bounded in size, depth and values. Throws Error naming the file.
nlohmann::json readJsonObject(const std::filesystem::path& file, const JsonLimits& limits = {});

} // namespace levi
