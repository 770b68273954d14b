// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/spec/experiment_spec.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace levi {

// One box of the top lane: a hidden state, or a run of untapped ones that is folded ("3 … 9").
struct PictureBlock {
    int first = 0, last = 0; // taps; equal unless folded
    QString name;            // "emb", "8", "3 … 9"
    QString widthText;       // "192"
    QString tip;             // name, shape, parameters, cost
    double cost = 0;         // share of the dearest block, 0 to 1
    bool isTapped = false;

    bool isFolded() const { return first != last; }
};

// How the hidden states become a prediction.
enum class Readout { Adapters, Concatenation, LastState, None };

// What the picture of a method shows: values, no coordinates. Made from the method's traits and fields, so that a new
// method has a picture too.
struct MethodPicture {
    std::vector<PictureBlock> blocks; // empty: the method has no backbone, or none is known yet
    bool trainsBackbone = false;
    QString backboneReads, specialistReads; // "pictures", "texts", "columns"
    QString backboneText;                   // "ViT, frozen"
    Readout readout = Readout::None;
    bool isTappable = false;
    QString pinText;     // "standardize, cls+mean"
    QString adapterText; // "adapters: mlp, 64 wide"
    QString headText;    // "linear", of methods with one head
    QString combineText; // "mean of logits"
    bool hasSpecialist = false;
    QString specialistText, specialistDetail; // "CNN", "48 px, 0.41 M"
    QStringList parents;                      // of a derived method
    bool isDerived = false;
    QString problem; // why the taps cannot be shown

    std::vector<int> taps() const;
    int depth() const { return blocks.empty() ? 0 : blocks.back().last; }
};

struct PictureInput {
    const ExperimentSpec& spec;
    const BackboneInfo* backbone = nullptr;
    const CostEstimate* cost = nullptr;
    std::set<int> unfolded; // first taps of the runs that are shown in full
};

MethodPicture pictureOf(const PictureInput& input);

// The value of a field, or nothing where the spec's kinds have no such field.
std::optional<Json> fieldIfAny(const ExperimentSpec& spec, const std::string& path);

} // namespace levi
