// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/checkpoint_weights.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/json_file.h"

#include <nlohmann/json.hpp>

#include <set>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostShards = 1024;
constexpr std::size_t kLongestName = 255;

using WeightMap = std::map<std::string, std::string, std::less<>>; // tensor -> shard

// A shard lies beside its index: names with folders in them could lead anywhere.
bool isPlainName(const std::string& name) {
    return name.size() <= kLongestName && name.ends_with(".safetensors") && !name.starts_with('.') &&
           name.find_first_of(std::string_view("/\\\0", 3)) == std::string::npos;
}

WeightMap weightMap(const fs::path& index) {
    const auto object = readJsonObject(index, {.uniqueKeys = true});
    const auto found = object.find("weight_map");
    if (found == object.end() || !found->is_object() || found->empty())
        throw Error("{}: weight_map: found {}, expected an object: tensor -> file", index.string(),
                    found == object.end() ? "nothing"
                    : found->empty()      ? "nothing in it"
                                          : found->type_name());
    WeightMap map;
    for (const auto& [tensor, shard] : found->items()) {
        if (!shard.is_string() || !isPlainName(shard.get<std::string>()))
            throw Error("{}: weight_map: {}: found {}, expected the name of a .safetensors file beside it",
                        index.string(), tensor.substr(0, kLongestName),
                        shard.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace).substr(0, kLongestName));
        map.emplace(tensor, shard.get<std::string>());
    }
    return map;
}

} // namespace

std::shared_ptr<const CheckpointWeights> CheckpointWeights::open(const fs::path& folder) {
    std::shared_ptr<CheckpointWeights> weights(new CheckpointWeights);
    const auto whole = folder / "model.safetensors", index = folder / "model.safetensors.index.json";
    if (fs::exists(whole))
        weights->addShard(whole);
    else if (fs::exists(index))
        weights->addShards(index);
    else
        return nullptr;
    return weights;
}

void CheckpointWeights::addShard(const fs::path& file) {
    m_shards.push_back(std::make_unique<const Safetensors>(file));
    for (const TensorEntry& entry : m_shards.back()->tensors())
        m_byName.emplace(entry.name, m_shards.back().get());
}

void CheckpointWeights::addShards(const fs::path& index) {
    const WeightMap map = weightMap(index);
    std::set<std::string> files;
    for (const auto& [tensor, file] : map)
        files.insert(file);
    if (files.size() > kMostShards)
        throw Error("{}: names {} files, at most {} are read", index.string(), files.size(), kMostShards);
    for (const std::string& file : files)
        if (!fs::exists(index.parent_path() / file))
            throw Error("{}: names {}, which is not there", index.string(), file);
    for (const std::string& file : files) {
        addShard(index.parent_path() / file);
        for (const TensorEntry& entry : m_shards.back()->tensors())
            if (const auto said = map.find(entry.name); said == map.end() || said->second != file)
                throw Error("{}: {} holds {}, which the index says to be in {}", index.string(), file, entry.name,
                            said == map.end() ? "no file" : said->second);
    }
    for (const auto& [tensor, file] : map)
        if (!m_byName.contains(tensor))
            throw Error("{}: says that {} is in {}, which does not hold it", index.string(), tensor, file);
}

std::vector<const TensorEntry*> CheckpointWeights::tensors() const {
    std::vector<const TensorEntry*> all;
    for (const auto& shard : m_shards)
        for (const TensorEntry& entry : shard->tensors())
            all.push_back(&entry);
    return all;
}

const TensorEntry* CheckpointWeights::find(std::string_view name) const {
    const auto shard = m_byName.find(name);
    return shard == m_byName.end() ? nullptr : shard->second->find(name);
}

at::Tensor CheckpointWeights::read(const std::string& name) const {
    const auto shard = m_byName.find(name);
    if (shard == m_byName.end()) throw Error("the checkpoint has no tensor '{}'", name);
    return shard->second->read(name);
}

bool CheckpointWeights::isFinite(const std::string& name) const {
    const auto shard = m_byName.find(name);
    if (shard == m_byName.end()) throw Error("the checkpoint has no tensor '{}'", name);
    return shard->second->isFinite(*shard->second->find(name));
}

std::string CheckpointWeights::contentFingerprint() const {
    if (m_shards.size() == 1) return m_shards[0]->contentFingerprint();
    Fingerprinter all;
    for (const auto& shard : m_shards)
        all.add(shard->contentFingerprint());
    return all.hex();
}

} // namespace levi
