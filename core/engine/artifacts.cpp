// SPDX-License-Identifier: Apache-2.0
#include "core/engine/artifacts.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <ATen/ops/cat.h>

#include <atomic>
#include <chrono>
#include <unistd.h>

namespace levi {
namespace {

// Unique on this machine: time, process, count.
std::string uniqueName() {
    static std::atomic<unsigned> s_count{0};
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return fmt::format("run-{:x}-{:x}-{}", milliseconds, getpid(), s_count++);
}

} // namespace

Artifacts::Artifacts(const std::filesystem::path& artifactFolder) : m_name(uniqueName()) {
    m_folder = artifactFolder / m_name;
    std::error_code failed;
    std::filesystem::create_directories(m_folder, failed);
    if (failed) throw Error("{}: cannot be created: {}", m_folder.string(), failed.message());
}

ArtifactRecord Artifacts::record(const std::string& kind, const std::string& name) const {
    const MappedFile file(m_folder / name);
    Sha256 sha;
    sha.add(file.bytes());
    return {.kind = kind,
            .path = (m_name / name).string(),
            .sha256 = sha.hex(),
            .sizeBytes = static_cast<std::uint64_t>(file.bytes().size())};
}

ArtifactRecord Artifacts::predictions(const PredictionsFile& predictions) const {
    writePredictions(m_folder / "predictions.safetensors", predictions);
    return record("predictions", "predictions.safetensors");
}

ArtifactRecord Artifacts::weights(const std::string& kind, std::vector<NamedTensor> trained,
                                  const std::vector<NamedTensor>& constants, const WeightsNotes& notes) const {
    trained.insert(trained.end(), constants.begin(), constants.end());
    writeSafetensors(m_folder / (kind + ".safetensors"), trained, weightsMetadata(notes));
    return record(kind, kind + ".safetensors");
}

std::vector<ArtifactRecord> Artifacts::adapter(const PeftAdapter& adapter, const NamesOfOthers& names) const {
    writePeftAdapter(m_folder / "adapter", adapter, names);
    return {record("adapter", "adapter/adapter_model.safetensors"),
            record("adapter_config", "adapter/adapter_config.json")};
}

ArtifactRecord Artifacts::candidates(const std::vector<CandidateLogits>& candidates) const {
    std::vector<NamedTensor> tensors;
    for (const CandidateLogits& candidate : candidates)
        tensors.push_back({fmt::format("candidate.{}", candidate.index), at::cat(candidate.logits)});
    writeSafetensors(m_folder / "candidates.safetensors", tensors);
    return record("candidates", "candidates.safetensors");
}

} // namespace levi
