// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/safetensors.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>

namespace levi {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors bytes are copied as they lie");

struct DtypeName {
    std::string_view name;
    at::ScalarType type;
};

constexpr std::array<DtypeName, 13> kTypes = {{{"BOOL", at::kBool},
                                               {"U8", at::kByte},
                                               {"I8", at::kChar},
                                               {"U16", at::kUInt16},
                                               {"I16", at::kShort},
                                               {"F16", at::kHalf},
                                               {"BF16", at::kBFloat16},
                                               {"U32", at::kUInt32},
                                               {"I32", at::kInt},
                                               {"F32", at::kFloat},
                                               {"U64", at::kUInt64},
                                               {"I64", at::kLong},
                                               {"F64", at::kDouble}}};

at::ScalarType scalarType(const TensorDtype& dtype) {
    return std::ranges::find(kTypes, dtype.name, &DtypeName::name)->type;
}

const TensorDtype& dtypeOf(const NamedTensor& named) {
    const auto found = std::ranges::find(kTypes, named.tensor.scalar_type(), &DtypeName::type);
    if (found == kTypes.end())
        throw Error("tensor '{}' has the type {}, which safetensors files of ours do not hold", named.name,
                    c10::toString(named.tensor.scalar_type()));
    return *findTensorDtype(found->name);
}

// Tensors in the order of the file, each contiguous on the CPU.
std::vector<NamedTensor> ordered(const std::vector<NamedTensor>& tensors) {
    std::vector<NamedTensor> result;
    std::set<std::string> names;
    for (const auto& [name, tensor] : tensors) {
        if (!names.insert(name).second) throw Error("cannot write tensor '{}' twice into one file", name);
        result.push_back({name, tensor.detach().to(at::kCPU).contiguous()});
    }
    std::ranges::sort(result, [](const NamedTensor& a, const NamedTensor& b) {
        const auto sizeA = dtypeOf(a).sizeBytes, sizeB = dtypeOf(b).sizeBytes;
        return sizeA != sizeB ? sizeA > sizeB : a.name < b.name;
    });
    return result;
}

std::string headerText(const std::vector<NamedTensor>& tensors, const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::uint64_t begin = 0;
    for (const auto& named : tensors) {
        const std::uint64_t end = begin + named.tensor.nbytes();
        header[named.name] = {
            {"dtype", dtypeOf(named).name}, {"shape", named.tensor.sizes().vec()}, {"data_offsets", {begin, end}}};
        begin = end;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

// By torch.save's zip or a pickle's PROTO opcode. A safetensors header of 128 bytes begins with 0x80 too, but then with
// '{'.
bool startsLikePickle(std::span<const std::byte> bytes) {
    char first[9] = {};
    if (!bytes.empty()) std::memcpy(first, bytes.data(), std::min(bytes.size(), sizeof first));
    const bool zip = std::memcmp(first, "PK\x03\x04", 4) == 0;
    const bool pickle = first[0] == '\x80' && first[1] >= 2 && first[1] <= 5;
    return (zip || pickle) && first[8] != '{';
}

bool isNamedAsPickle(const std::filesystem::path& file) {
    const auto extension = file.extension();
    return extension == ".bin" || extension == ".pt" || extension == ".pth" || extension == ".ckpt";
}

[[noreturn]] void refuseAsPickle(const std::filesystem::path& file) {
    throw Error(
        "{}: is a pickle, and pickles execute code, so it is not read; convert it where you trust it: python -c "
        "\"import torch, safetensors.torch as s; s.save_file({{k: v.contiguous() for k, v in torch.load('{}', "
        "map_location='cpu', weights_only=True).items()}}, 'model.safetensors')\"",
        file.string(), file.filename().string());
}

// Exponents of all ones are infinities and NaNs. The values may lie at any address.
template<typename Bits>
bool allFinite(std::span<const std::byte> bytes, Bits exponent) {
    constexpr std::size_t kPiece = std::size_t{1} << 16; // bytes that are looked at without a branch
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(bytes.size(), kPiece));
        bool isFinite = true;
        for (std::size_t i = 0; i < piece.size(); i += sizeof(Bits)) {
            Bits value;
            std::memcpy(&value, piece.data() + i, sizeof value);
            isFinite &= (value & exponent) != exponent;
        }
        if (!isFinite) return false;
        bytes = bytes.subspan(piece.size());
    }
    return true;
}

} // namespace

std::string_view rawBytes(const at::Tensor& tensor) {
    return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

void refusePickle(const std::filesystem::path& file) {
    if (isNamedAsPickle(file)) refuseAsPickle(file);
    MappedFile mapped;
    try {
        mapped = MappedFile(file);
    } catch (const Error&) {
        return; // whoever reads it says why not
    }
    if (startsLikePickle(mapped.bytes())) refuseAsPickle(file);
}

Safetensors::Safetensors(const std::filesystem::path& file) : m_name(file.string()) {
    if (isNamedAsPickle(file)) refuseAsPickle(file);
    m_mapped = MappedFile(file);
    if (startsLikePickle(m_mapped.bytes())) refuseAsPickle(file);
    m_header = parseSafetensorsHeader(m_mapped.bytes(), m_name);
    for (const auto& entry : m_header.tensors)
        m_byName.emplace(entry.name, &entry);
}

const TensorEntry* Safetensors::find(std::string_view name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : found->second;
}

at::Tensor Safetensors::read(const std::string& name) const {
    const auto* entry = find(name);
    if (!entry) throw Error("{}: has no tensor '{}'", m_name, name);
    at::Tensor tensor = at::empty(entry->shape, at::TensorOptions().dtype(scalarType(*entry->dtype)));
    // The bytes may lie at any address: older writers did not align the header.
    const auto bytes = bytesOf(*entry);
    if (!bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
    return tensor;
}

bool Safetensors::isFinite(const TensorEntry& entry) const {
    const auto bytes = bytesOf(entry);
    if (entry.dtype->name == "F32") return allFinite<std::uint32_t>(bytes, 0x7f80'0000);
    if (entry.dtype->name == "F16") return allFinite<std::uint16_t>(bytes, 0x7c00);
    if (entry.dtype->name == "BF16") return allFinite<std::uint16_t>(bytes, 0x7f80);
    if (entry.dtype->name == "F64") return allFinite<std::uint64_t>(bytes, 0x7ff0'0000'0000'0000);
    return true;
}

std::span<const std::byte> Safetensors::bytesOf(const TensorEntry& entry) const {
    return m_mapped.bytes().subspan(m_header.dataOffset + entry.begin, entry.end - entry.begin);
}

std::string Safetensors::contentFingerprint() const {
    return fingerprint(m_mapped.bytes());
}

void writeSafetensors(const std::filesystem::path& file, const std::vector<NamedTensor>& tensors,
                      const std::map<std::string, std::string>& metadata) {
    const auto inOrder = ordered(tensors);
    const std::string header = headerText(inOrder, metadata);
    std::string content;
    const std::uint64_t length = header.size();
    content.append(reinterpret_cast<const char*>(&length), sizeof length).append(header);
    for (const auto& named : inOrder)
        content.append(rawBytes(named.tensor));
    writeFileAtomically(file, content);
}

} // namespace levi
