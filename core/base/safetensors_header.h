// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// The header of a safetensors file: 8 bytes little-endian length N, then N bytes of JSON, then the tensors' bytes.

struct TensorDtype {
    std::string_view name; // as the header spells it
    std::size_t sizeBytes; // also the alignment the writer orders by
};

// Null for a dtype that we do not read (8-bit floats and smaller, complex numbers, unknown names).
const TensorDtype* findTensorDtype(std::string_view name);

struct TensorEntry {
    std::string name;
    const TensorDtype* dtype = nullptr;
    std::vector<std::int64_t> shape; // [] is a scalar, a zero makes an empty tensor
    std::uint64_t begin = 0;         // bytes, from the end of the header
    std::uint64_t end = 0;
};

struct SafetensorsHeader {
    std::vector<TensorEntry> tensors; // in order of their bytes
    std::map<std::string, std::string> metadata;
    std::size_t dataOffset = 0; // bytes from the start of the file
};

// Checks every rule of the format before anything is believed: length within the file, JSON that is one object without
// duplicate keys, string metadata, known dtypes, sizes that fit their shapes without overflow, and tensors that fill
// the rest of the file without hole or overlap. `file` is only for messages. Throws Error.
SafetensorsHeader parseSafetensorsHeader(std::span<const std::byte> bytes, const std::string& file);

std::string shapeText(std::span<const std::int64_t> shape); // "[2, 3]"

} // namespace levi
