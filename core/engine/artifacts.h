// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/predictions.h"
#include "core/engine/model/peft_format.h"
#include "core/engine/train/trainer.h"
#include "core/jobs/engine.h"

#include <filesystem>

namespace levi {

// Files of one run, in a subfolder of its own of RunRequest::artifactFolder. Paths in the records are relative to that.
class Artifacts {
public:
    explicit Artifacts(const std::filesystem::path& artifactFolder); // makes the subfolder; throws Error

    ArtifactRecord predictions(const PredictionsFile& predictions) const;
    // `kind`: "weights", or "start" for what training began with. With what a network needs to answer without the data.
    ArtifactRecord weights(const std::string& kind, std::vector<NamedTensor> trained,
                           const std::vector<NamedTensor>& constants, const WeightsNotes& notes) const;
    // The two files of a LoRA adapter in PEFT's format, in a folder of their own.
    std::vector<ArtifactRecord> adapter(const PeftAdapter& adapter, const NamesOfOthers& names) const;
    // Logits of every candidate in float16, predicted numbers in float32: `candidate.<index>` (N, K), roles as in the
    // predictions.
    ArtifactRecord candidates(const std::vector<CandidateLogits>& candidates) const;

private:
    ArtifactRecord record(const std::string& kind, const std::string& name) const;

    std::filesystem::path m_folder, m_name;
};

} // namespace levi
