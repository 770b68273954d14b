// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/lora.h"

#include <filesystem>
#include <string>
#include <vector>

namespace levi {

class Backbone;
struct TensorSpec;

// LoRA adapters in PEFT's file format: a folder with adapter_config.json and adapter_model.safetensors. Modules go by
// their names in our checkpoint; in the file the network may stand in a wrapper with a head of its own ("vit.").
struct PeftAdapter {
    LoraConfig config;
    std::vector<LowRankPart> parts;
    std::vector<NamedTensor>
        saved;        // whole modules that travel with the adapter: "classifier.weight", "classifier.bias"
    std::string base; // base_model_name_or_path
};

// Throws Error with all problems: what the files lack, tensors that do not fit the network or the configuration, and
// variants that change the network in another way (DoRA, biases, …), by name.
PeftAdapter readPeftAdapter(const std::filesystem::path& folder, const BackboneInfo& info);

// Parts become parameters; saved modules take the place of the checkpoint's, where it has such modules. Returns the
// names of those that it has not.
std::vector<std::string> adapt(Backbone& backbone, const PeftAdapter& adapter);

// The same before anything is read: which saved modules do not fit a network of these tensors, and which belong to a
// head that it has not and stay unread. A sentence each.
struct SavedModules {
    std::vector<std::string> problems, notes;
};
SavedModules checkSaved(const PeftAdapter& adapter, const BackboneInfo& info, const std::vector<TensorSpec>& tensors,
                        const std::vector<std::string>& ignored = {}); // as the network's file may hold unread

// All or nothing for each of the two files. With `saved` modules the names are those of a network with a head.
void writePeftAdapter(const std::filesystem::path& folder, const PeftAdapter& adapter, const NamesOfOthers& names);

// The configuration alone: its text, and read from JSON (for tests and the above).
std::string peftConfigText(const PeftAdapter& adapter);
PeftAdapter readPeftConfig(const std::filesystem::path& file);

} // namespace levi
