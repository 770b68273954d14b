// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace levi::test {

// The rows of a role, for a predictions file that is written without Torch: two classes, two domains.
struct MadeRole {
    std::string role;
    std::vector<std::string> rows;
    std::vector<std::int64_t> labels, domains;
    std::vector<float> logits; // two a row
};

// Names, type, shape and bytes of a tensor as they stand in a safetensors file.
struct MadeTensor {
    std::string name, dtype;
    std::vector<std::int64_t> shape;
    std::string bytes;
};

template<typename T>
std::string bytesOf(const std::vector<T>& values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

inline std::string safetensorsBytes(const std::vector<MadeTensor>& tensors, nlohmann::json metadata) {
    nlohmann::json header = {{"__metadata__", std::move(metadata)}};
    std::string data;
    for (const MadeTensor& tensor : tensors) {
        header[tensor.name] = {{"dtype", tensor.dtype},
                               {"shape", tensor.shape},
                               {"data_offsets", {data.size(), data.size() + tensor.bytes.size()}}};
        data += tensor.bytes;
    }
    const std::string text = header.dump();
    return bytesOf(std::vector{static_cast<std::uint64_t>(text.size())}) + text + data;
}

inline std::vector<MadeTensor> predictionTensors(const std::vector<MadeRole>& roles) {
    std::vector<std::int64_t> labels, domains, sizes;
    std::vector<float> logits;
    std::string ids;
    for (const MadeRole& role : roles) {
        labels.insert(labels.end(), role.labels.begin(), role.labels.end());
        domains.insert(domains.end(), role.domains.begin(), role.domains.end());
        logits.insert(logits.end(), role.logits.begin(), role.logits.end());
        sizes.push_back(static_cast<std::int64_t>(role.rows.size()));
        for (const std::string& row : role.rows)
            ids += row + '\0';
    }
    const auto rows = static_cast<std::int64_t>(labels.size());
    return {{"labels", "I64", {rows}, bytesOf(labels)},
            {"domains", "I64", {rows}, bytesOf(domains)},
            {"role_rows", "I64", {static_cast<std::int64_t>(sizes.size())}, bytesOf(sizes)},
            {"logits", "F32", {rows, 2}, bytesOf(logits)},
            {"row_ids", "U8", {static_cast<std::int64_t>(ids.size())}, ids}};
}

inline nlohmann::json predictionMetadata(const std::vector<MadeRole>& roles) {
    std::vector<std::string> names;
    for (const MadeRole& role : roles)
        names.push_back(role.role);
    return {{"format", "levi predictions 1"},
            {"classes", R"(["cat", "dog"])"},
            {"domains", R"(["photo", "sketch"])"},
            {"roles", nlohmann::json(names).dump()}};
}

inline std::string predictionsBytes(const std::vector<MadeRole>& roles) {
    return safetensorsBytes(predictionTensors(roles), predictionMetadata(roles));
}

} // namespace levi::test
