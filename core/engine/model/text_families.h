// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/text_encoder.h"

#include <nlohmann/json_fwd.hpp>

namespace levi {

// The families of texts, a file each.

bool claimsBert(const nlohmann::json& config);
Blueprint planBert(const Checkpoint& checkpoint, const OpenOptions& options);
bool claimsRoberta(const nlohmann::json& config);
Blueprint planRoberta(const Checkpoint& checkpoint, const OpenOptions& options);
bool claimsDistilbert(const nlohmann::json& config);
Blueprint planDistilbert(const Checkpoint& checkpoint, const OpenOptions& options);
bool claimsT5(const nlohmann::json& config);
Blueprint planT5(const Checkpoint& checkpoint, const OpenOptions& options);

// BERT's configuration and names, which RoBERTa shares.
struct BertDefaults {
    std::string family, architecture;
    std::int64_t vocabulary = 0, pad = 0;
};
TextEncoderConfig readBertConfig(const Checkpoint& checkpoint, const BertDefaults& defaults,
                                 std::vector<std::string>& problems);
TextEncoderNames::Block bertBlockNames();

} // namespace levi
