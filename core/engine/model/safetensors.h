// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"
#include "core/base/safetensors_header.h"

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

struct NamedTensor {
    std::string name;
    at::Tensor tensor;
};

std::string_view rawBytes(const at::Tensor& tensor); // of a contiguous one on the CPU, while it lives

// A safetensors file, checked and mapped when it is opened; a tensor's bytes are read when it is asked for.
// Immutable, so it may be read from several threads. Throws Error naming the file.
class Safetensors {
public:
    // Pickles (.bin, .pt, .pth) are refused with the way to convert them: they execute code.
    explicit Safetensors(const std::filesystem::path& file);

    const std::vector<TensorEntry>& tensors() const { return m_header.tensors; } // in order of their bytes
    const std::map<std::string, std::string>& metadata() const { return m_header.metadata; }
    const std::string& file() const { return m_name; }

    const TensorEntry* find(std::string_view name) const; // null where there is none
    at::Tensor read(const std::string& name) const;       // a copy of its own, on the CPU, in the stored dtype
    bool isFinite(const TensorEntry& entry) const;        // of this file: no value is NaN or infinite; reads them all
    std::string contentFingerprint() const;               // of all bytes of the file

private:
    std::span<const std::byte> bytesOf(const TensorEntry& entry) const;

    std::string m_name;
    MappedFile m_mapped;
    SafetensorsHeader m_header;
    std::map<std::string, const TensorEntry*, std::less<>> m_byName;
};

// Writes all or nothing. The bytes depend on content alone: tensors by alignment (largest first), then name; the header
// is padded to a multiple of 8. Tensors of any device and layout are copied. Throws Error on a name given twice.
void writeSafetensors(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors,
                      const std::map<std::string, std::string>& metadata = {{"format", "pt"}});

// Throws Error with the way to convert where the file is a pickle by name or by its first bytes.
void refusePickle(const std::filesystem::path& file);

} // namespace levi
