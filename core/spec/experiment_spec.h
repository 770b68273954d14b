// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/kinds.h"
#include "core/spec/train_options.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// All that an experiment is. A value; what the options mean stands beside their structs in data/, backbones/, …
struct ExperimentSpec {
    ExperimentSpec();

    std::string name; // as tables show it; not part of the cell
    std::string notes;
    std::vector<std::string> tags;
    std::uint64_t seed = 0;
    std::vector<std::string> baselines; // methods to compare with, at the same seeds and budget: see baseline_pack.h

    Options data, backbone, method, specialist, backboneView, specialistView;
    TrainOptions train;
    ComputeOptions compute;
};

BackboneMode backboneMode(const ExperimentSpec& spec); // the method's own, else the backbone's field
bool trainsBackbone(const ExperimentSpec& spec);       // any parameter of it
bool trainsInSteps(const ExperimentSpec& spec);        // false: derived, or fitted at once
Precision precisionOf(const ExperimentSpec& spec);     // of its network: fp32 where nothing is trained in steps

// A part of the spec: the JSON object under `key` ("" for the fields at the top).
struct Section {
    std::string key, label, help;
    KindRegistry* kinds = nullptr; // null: one fixed options struct
    const FieldTable& fields(const ExperimentSpec& spec) const;
    const void* address(const ExperimentSpec& spec) const;
    void* address(ExperimentSpec& spec) const;
    bool applies(const ExperimentSpec& spec) const; // does the method read it at all?

    Options ExperimentSpec::*options = nullptr; // of sections that come in kinds
};
const std::vector<Section>& sections(); // in the order of the form
const Section& section(std::string_view key);

// One field of one spec, as form, diff and docs need it. `path` is its JSON path: "seed", "data.split_seed",
// "method.kind".
struct FieldRow {
    std::string path;
    FieldInfo info;
    Json value;
    bool isDefault = true;
    bool applies = true;
    std::optional<Json> usual; // where the rest of the spec decides what the value is when nobody says

    const Json& whereNobodySays() const { return usual ? *usual : info.defaultValue; }
};
std::vector<FieldRow> fieldRows(const ExperimentSpec& spec,
                                const Section& section);     // "<section>.kind" first, where it has kinds
std::vector<FieldRow> fieldRows(const ExperimentSpec& spec); // of all sections

// Fields that were as usual in `before` are as usual in `next`, which came from it by changes, except those that the
// changes gave: an adapter that is trained where nothing was gets the learning rate of adapters. A value that somebody
// gave before and that is as usual is not told from one that nobody gave.
void followUsual(ExperimentSpec& next, const ExperimentSpec& before,
                 const std::function<bool(const std::string& path)>& isGiven);

// Sets one field by its path. Setting "<section>.kind" keeps what was changed of the fields that both kinds share by
// key and type; readers and views that cannot read such rows change with the kind of the data, and views with their
// reader's.
// Throws Error: path, found, expected.
void setField(ExperimentSpec& spec, std::string_view path, const Json& value);
// From text, as --set and the form give it: "method.taps=8-12", "data.ood=cartoon,sketch" (lists by comma).
void setFieldText(ExperimentSpec& spec, std::string_view path, std::string_view text);
void setAssignment(ExperimentSpec& spec, std::string_view assignment); // "path=text"
Json fieldValue(const ExperimentSpec& spec, std::string_view path);

} // namespace levi
