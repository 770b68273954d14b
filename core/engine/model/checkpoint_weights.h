// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/safetensors.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// The weights of a checkpoint folder: model.safetensors, or the shards that model.safetensors.index.json names. The
// index has to say of every tensor where it lies, and nothing else: shards of another model are noticed. Immutable.
class CheckpointWeights {
public:
    // Null where the folder has neither. Throws Error naming the file.
    static std::shared_ptr<const CheckpointWeights> open(const std::filesystem::path& folder);

    std::vector<const TensorEntry*> tensors() const; // shard by shard, in order of their bytes
    const TensorEntry* find(std::string_view name) const;
    at::Tensor read(const std::string& name) const; // see Safetensors::read
    bool isFinite(const std::string& name) const;   // see Safetensors::isFinite
    std::string contentFingerprint() const;         // of all bytes

private:
    CheckpointWeights() = default;
    void addShard(const std::filesystem::path& file);
    void addShards(const std::filesystem::path& index);

    std::vector<std::unique_ptr<const Safetensors>> m_shards;
    std::map<std::string, const Safetensors*, std::less<>> m_byName;
};

} // namespace levi
