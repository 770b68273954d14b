// SPDX-License-Identifier: Apache-2.0
#include "core/engine/problems.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/data/load.h"
#include "core/engine/devices.h"
#include "core/engine/run_parts.h"
#include "core/jobs/data_info.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace levi {
namespace {

// The field of the data section that a sentence about files is best shown at.
std::string dataField(const ExperimentSpec& spec) {
    for (const FieldRow& row : fieldRows(spec, section("data")))
        if (row.info.type == FieldType::Path) return row.path;
    return "data.kind";
}

bool hasEmptyPath(const ExperimentSpec& spec, std::string_view part) {
    for (const FieldRow& row : fieldRows(spec, section(part)))
        if (row.info.required && row.value.is_string() && row.value.get<std::string>().empty()) return true;
    return false;
}

void addData(std::vector<Problem>& problems, const ExperimentSpec& spec, std::stop_token stop) {
    if (hasEmptyPath(spec, "data")) return; // validate() says so
    const DataInfo info =
        dataInfo(spec.data, {.load = {.cacheFolder = cacheHome(), .stop = std::move(stop)}, .samplesPerRole = 0});
    for (const std::string& text : info.problems)
        problems.push_back({dataField(spec), text});
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
    for (const std::string& text : info.problems)
        problems.push_back({"backbone.path", text});
    if (!info.usable()) return;
    try {
        planOf(spec, static_cast<int>(info.depth));
    } catch (const Error& error) {
        problems.push_back({"method.taps", error.what()});
    }
}

void addSpecialist(std::vector<Problem>& problems, const ExperimentSpec& spec) {
    try {
        makeSpecialist(spec.specialist, specialistView(spec).shape(), Initializer(spec.seed));
    } catch (const Error& error) {
        problems.push_back({"specialist.depth", error.what()});
    }
}

} // namespace

std::vector<Problem> engineProblems(const ExperimentSpec& spec, std::stop_token stop) {
    std::vector<Problem> problems;
    if (spec.method.kind().method.isDerived) return problems;
    addData(problems, spec, std::move(stop));
    if (usesBackbone(spec)) addBackbone(problems, spec);
    if (usesSpecialist(spec)) addSpecialist(problems, spec);
    if (const auto device = deviceProblem(spec.compute.device)) problems.push_back({"compute.device", *device});
    return problems;
}

} // namespace levi
