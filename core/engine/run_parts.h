// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/method.h"
#include "core/engine/model/backbone.h"
#include "core/engine/reader_views.h"
#include "core/spec/experiment_spec.h"
#include "core/spec/spec_hash.h"
#include "core/spec/validate.h"

#include <memory>
#include <optional>
#include <string>

namespace levi {

// From the spec's sections to the engine's objects. Throws Error naming the field.

// Folder of the spec's backbone; "resource:NAME" is backbones/NAME of the program's resources.
std::filesystem::path backboneFolder(const ExperimentSpec& spec);
std::filesystem::path resolvedBackboneFolder(const std::string& path);
BackboneInfo backboneInfo(const ExperimentSpec& spec); // with problems, not thrown
std::unique_ptr<Backbone> backboneOf(const ExperimentSpec& spec, at::Device device);

// For the cell's key: fingerprints in the place of paths, taps as numbers. backbone: null where the method reads none.
ResolvedFacts resolvedFacts(const ExperimentSpec& spec, const std::string& dataFingerprint,
                            const BackboneInfo* backbone);

bool usesBackbone(const ExperimentSpec& spec);
bool usesSpecialist(const ExperimentSpec& spec);

// Why the method cannot tell groups apart among these, if it has to.
std::optional<Problem> groupsProblem(const ExperimentSpec& spec, const TrainingGroups& groups);

// All that decides a network's shape.
struct NetworkSource {
    const ExperimentSpec& spec;
    std::int64_t outputs = 0;               // see Task
    const BackboneInfo* backbone = nullptr; // null: the method reads none
    std::unique_ptr<Backbone> trained;      // as it starts; trained as the spec says. Null: frozen
    std::optional<Standardisation> standardisation;
    at::Tensor kept; // of a method that selects features
    at::Device device = at::kCPU;
    std::optional<ReadingForm> specialistReads; // nothing: as the spec alone says
};
std::unique_ptr<Network> networkOf(NetworkSource source);

} // namespace levi
