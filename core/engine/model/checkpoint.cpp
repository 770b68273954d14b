// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/checkpoint.h"

#include "core/base/error.h"
#include "core/base/json_file.h"

#include <algorithm>
#include <map>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostListed = 12; // tensors per sentence: a wrong file lists hundreds

// Refuses what holds weights in a form that is not read. Without any, the folder is one without weights.
void refuseOtherWeights(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file()) refusePickle(entry.path());
}

bool isFloat(const TensorEntry& entry) {
    const auto name = entry.dtype->name;
    return name == "F32" || name == "F16" || name == "BF16" || name == "F64";
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i)
        text += (i ? ", " : "") + names[i];
    return names.size() > kMostListed ? fmt::format("{} and {} more", text, names.size() - kMostListed) : text;
}

// Of a tensor that is there; "": nothing is wrong with it.
std::string formProblem(const TensorSpec& spec, const TensorEntry& entry) {
    if (entry.shape != spec.shape)
        return fmt::format("model.safetensors: {}: found shape {}, config.json asks for {}", spec.name,
                           shapeText(entry.shape), shapeText(spec.shape));
    if (!isFloat(entry))
        return fmt::format("model.safetensors: {}: found dtype {}, expected a float", spec.name, entry.dtype->name);
    return {};
}

} // namespace

bool isIgnored(const std::string& name, const std::vector<std::string>& ignored) {
    return std::ranges::any_of(ignored, [&name](const std::string& pattern) {
        return pattern.ends_with('.') ? name.starts_with(pattern) : name == pattern;
    });
}

Checkpoint openCheckpoint(const fs::path& folder) {
    if (!fs::is_directory(folder)) {
        if (fs::is_regular_file(folder)) refusePickle(folder);
        throw Error("{}: expected a folder with config.json and model.safetensors", folder.string());
    }
    Checkpoint checkpoint;
    checkpoint.folder = folder;
    if (!fs::exists(folder / "config.json"))
        throw Error("{}: has no config.json; a checkpoint is a folder with config.json and model.safetensors",
                    folder.string());
    checkpoint.config = readJsonObject(folder / "config.json");
    if (fs::exists(folder / "preprocessor_config.json"))
        checkpoint.preprocessor = readJsonObject(folder / "preprocessor_config.json");
    checkpoint.weights = CheckpointWeights::open(folder);
    if (!checkpoint.weights) refuseOtherWeights(folder);
    return checkpoint;
}

TensorComparison compareTensors(const CheckpointWeights& weights, const std::vector<TensorSpec>& expected,
                                const std::vector<std::string>& ignored) {
    TensorComparison result;
    std::vector<std::string> missing, unexpected, unread;
    std::map<std::string, const TensorSpec*> wanted;
    for (const auto& spec : expected) {
        wanted.emplace(spec.inFile(), &spec);
        const auto* entry = weights.find(spec.inFile());
        if (!entry)
            missing.push_back(fmt::format("{} {}", spec.name, shapeText(spec.shape)));
        else if (std::string problem = formProblem(spec, *entry); !problem.empty())
            result.problems.push_back(std::move(problem));
    }
    for (const auto* entry : weights.tensors()) {
        if (wanted.contains(entry->name)) continue;
        (isIgnored(entry->name, ignored) ? unread : unexpected).push_back(entry->name);
    }
    if (!missing.empty())
        result.problems.push_back(fmt::format("model.safetensors: {} missing: {}", missing.size(), listed(missing)));
    if (!unexpected.empty())
        result.problems.push_back(
            fmt::format("model.safetensors: {} unexpected: {}", unexpected.size(), listed(unexpected)));
    if (!unread.empty()) result.notes.push_back(fmt::format("not read: {}", listed(unread)));
    return result;
}

TensorComparison compareValues(const CheckpointWeights& weights, const std::vector<TensorSpec>& expected,
                               std::uint64_t mostBytes) {
    TensorComparison result;
    std::vector<std::string> broken;
    for (const auto& spec : expected) {
        if (spec.kind == TensorSpec::Kind::Head) continue;
        const auto* entry = weights.find(spec.inFile());
        const std::uint64_t bytes = entry->end - entry->begin;
        if (bytes > mostBytes) {
            result.notes.emplace_back(
                "the weights are too large to look at every value: there may be some that are not finite");
            break;
        }
        mostBytes -= bytes;
        if (!weights.isFinite(spec.inFile())) broken.push_back(spec.inFile());
    }
    if (!broken.empty())
        result.problems.push_back(
            fmt::format("model.safetensors: {} of the tensors hold values that are not finite (NaN "
                        "or infinite), so nothing can be computed with them: {}; fetch or "
                        "convert the weights again",
                        broken.size(), listed(broken)));
    return result;
}

} // namespace levi
