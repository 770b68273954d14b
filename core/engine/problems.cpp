// SPDX-License-Identifier: Apache-2.0
#include "core/engine/problems.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/backbone_training.h"
#include "core/engine/data/kept_data.h"
#include "core/engine/devices.h"
#include "core/engine/run_parts.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/readings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace levi {
namespace {

// The field of the data section that a sentence about files is best shown at.
std::string dataField(const ExperimentSpec& spec) {
    for (const FieldRow& row : fieldRows(spec, section("data")))
        if (row.info.type == FieldType::Path) return row.path;
    return "data.kind";
}

// A sentence that begins with a field of the data stands there.
Problem dataProblem(const ExperimentSpec& spec, const std::string& sentence) {
    for (const FieldRow& row : fieldRows(spec, section("data")))
        if (sentence.starts_with(row.path + ": ")) return {row.path, sentence.substr(row.path.size() + 2)};
    return {dataField(spec), sentence};
}

bool hasEmptyPath(const ExperimentSpec& spec, std::string_view part) {
    for (const FieldRow& row : fieldRows(spec, section(part)))
        if (row.info.required && row.value.is_string() && row.value.get<std::string>().empty()) return true;
    return false;
}

// What was read; null where there is nothing to use.
std::shared_ptr<const ReadData> addData(std::vector<Problem>& problems, const ExperimentSpec& spec, KeptData& data,
                                        std::stop_token stop) {
    if (hasEmptyPath(spec, "data")) return nullptr; // validate() says so
    auto read = data.read(spec.data, {.cacheFolder = data.cacheFolder(), .stop = std::move(stop)});
    for (const std::string& text : read->problems)
        problems.push_back(dataProblem(spec, text));
    if (!read->problems.empty() || !read->dataset) return nullptr;
    const auto groups = trainingGroups(read->dataset->training.train);
    if (auto problem = groupsProblem(spec, groups)) problems.push_back(std::move(*problem));
    return read;
}

void addBackbone(std::vector<Problem>& problems, const ExperimentSpec& spec) {
    if (hasEmptyPath(spec, "backbone")) return;
    BackboneInfo info;
    try {
        info = backboneInfo(spec);
    } catch (const Error& error) {
        problems.push_back({"backbone.path", error.what()});
        return;
    }
    const std::string adapter = backboneOptions(spec).adapter.string();
    for (const std::string& text : info.problems) {
        const bool isOfAdapter = !adapter.empty() && text.starts_with(adapter);
        problems.push_back({isOfAdapter ? "backbone.adapter" : "backbone.path", text});
    }
    if (!info.usable()) return;
    std::ranges::move(readerProblems(spec, info), std::back_inserter(problems));
    if (auto problem = trainingProblem(spec, info)) problems.push_back(std::move(*problem));
    try {
        planOf(spec, static_cast<int>(info.depth));
    } catch (const Error& error) {
        problems.push_back({"method.taps", error.what()});
    }
}

// train: null where there is none.
void addSpecialist(std::vector<Problem>& problems, const ExperimentSpec& spec, const RowSet* train) {
    if (!train && spec.specialistView.is(kFieldsReading)) return; // what stands in the way is said
    try {
        if (auto problem = specialistLengthProblem(spec)) problems.push_back(std::move(*problem));
        makeSpecialist(spec.specialist, specialistView(spec, train)->form(), Initializer(spec.seed));
    } catch (const Error& error) {
        const std::string sentence = error.what(); // "specialist.width: …"
        const auto colon = sentence.find(": ");
        problems.push_back(colon == std::string::npos ? Problem{"specialist.kind", sentence}
                                                      : Problem{sentence.substr(0, colon), sentence.substr(colon + 2)});
    }
}

void addDevice(std::vector<Problem>& problems, const ExperimentSpec& spec) {
    const std::string& device = spec.compute.device;
    if (const auto problem = deviceProblem(device)) problems.push_back({"compute.device", *problem});
    if (const auto problem = precisionProblem(device, precisionOf(spec)))
        problems.push_back({"train.precision", *problem});
}

} // namespace

std::vector<Problem> engineProblems(const ExperimentSpec& spec, KeptData& data, std::stop_token stop) {
    std::vector<Problem> problems;
    if (spec.method.kind().method.isDerived) {
        if (spec.method.kind().method.mixesWeights) addDevice(problems, spec);
        return problems;
    }
    const auto read = addData(problems, spec, data, std::move(stop));
    if (usesBackbone(spec)) addBackbone(problems, spec);
    if (usesSpecialist(spec)) addSpecialist(problems, spec, read ? &read->dataset->training.train : nullptr);
    addDevice(problems, spec);
    return problems;
}

} // namespace levi
