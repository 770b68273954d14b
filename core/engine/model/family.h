// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/backbone.h"
#include "core/engine/model/checkpoint.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace levi {

// What a family makes of a checkpoint before anything is allocated. Problems go into `info`.
struct Blueprint {
    BackboneInfo info;
    std::vector<TensorSpec> tensors;  // to read, in order of computation; empty where the config has problems
    std::vector<std::string> ignored; // may be in the file unread: names, or beginnings that end in '.'

    // All that the config decides of the forward pass and that neither names nor shapes of the tensors tell: heads,
    // norm epsilon, image size, ... Part of the backbone's fingerprint.
    std::string meaning;

    // Last changes to the weights as read (float32), e.g. resized position embeddings. May be empty.
    std::function<void(std::vector<NamedTensor>& parameters)> adapt;
    std::function<std::unique_ptr<Backbone>(BackboneInfo info, BackboneTensors tensors)> build;
};

// A kind of backbone. Adding one: its file with these two functions, and one line in families.cpp.
struct BackboneFamily {
    std::string name;
    bool (*claims)(const nlohmann::json& config);
    Blueprint (*plan)(const Checkpoint& checkpoint, const OpenOptions& options);
};

std::span<const BackboneFamily> backboneFamilies();

} // namespace levi
