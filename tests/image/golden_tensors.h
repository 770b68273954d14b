// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace levi::test {

// A tensor of a trusted fixture file, raw.
struct GoldenTensor {
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::string data;

    std::vector<std::uint8_t> bytes() const { return {data.begin(), data.end()}; }

    std::vector<float> halves() const { // F16 as float; fixtures hold finite numbers only
        std::vector<float> values;
        for (std::size_t i = 0; i + 1 < data.size(); i += 2) {
            std::uint16_t bits = 0;
            std::memcpy(&bits, data.data() + i, 2);
            const int exponent = bits >> 10 & 31;
            const double fraction = (bits & 1023) / 1024.0;
            const double magnitude = exponent ? std::ldexp(1 + fraction, exponent - 15) : std::ldexp(fraction, -14);
            values.push_back(static_cast<float>(bits >> 15 ? -magnitude : magnitude));
        }
        return values;
    }
};

inline std::map<std::string, GoldenTensor> goldenTensors(const std::filesystem::path& file) {
    const std::string content = readFile(file);
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, content.data(), 8);
    std::map<std::string, GoldenTensor> tensors;
    const auto header = nlohmann::json::parse(content.substr(8, headerBytes));
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") continue;
        const auto offsets = entry.at("data_offsets").get<std::vector<std::size_t>>();
        tensors[name] = {entry.at("dtype"), entry.at("shape"),
                         content.substr(8 + headerBytes + offsets[0], offsets[1] - offsets[0])};
    }
    return tensors;
}

} // namespace levi::test
