// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/text_families.h"
#include "core/engine/model/text_input.h"

namespace levi {

// Liu et al. 2019: BERT with positions that are counted over the tokens that are no padding.

bool claimsRoberta(const nlohmann::json& config) {
    return callsItself(config, "roberta", "Roberta");
}

Blueprint planRoberta(const Checkpoint& checkpoint, const OpenOptions& options) {
    TextEncoderPlan plan;
    plan.config =
        readBertConfig(checkpoint, {.family = "roberta", .architecture = "RobertaModel", .vocabulary = 50265, .pad = 1},
                       plan.problems);
    plan.config.countsPositions = true;
    if (plan.problems.empty() && plan.config.pad < 0)
        plan.problems.push_back(
            "config.json: pad_token_id: found null, expected a number: positions are counted from it");
    plan.names.wrapperPrefix = "roberta.";
    plan.names.blocks = "encoder.layer";
    plan.names.block = bertBlockNames();
    plan.names.pooler = "pooler.dense";
    plan.names.dense = "classifier.dense";
    plan.names.classifier = "classifier.out_proj";
    plan.names.loraTargets = {"query", "value"};
    plan.names.ignored = {"lm_head.", "classifier.", "qa_outputs."};
    return planTextEncoder(checkpoint, options, std::move(plan));
}

} // namespace levi
