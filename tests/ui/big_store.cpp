// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/big_store.h"

#include "core/base/random.h"
#include "core/spec/kinds.h"
#include "core/spec/spec_json.h"
#include "core/store/bundle_reader.h"
#include "core/store/run_bundle.h"
#include "core/store/run_store.h"

#include <fmt/format.h>

namespace levi::test {
namespace {

constexpr int kEpochs = 3;

std::vector<std::string> trainedMethods() {
    std::vector<std::string> kinds;
    for (const Kind& kind : methodKinds().all())
        if (!kind.method.isDerived) kinds.push_back(kind.key);
    return kinds;
}

ExperimentSpec specOf(int setting, const std::string& method) {
    ExperimentSpec spec;
    setFieldText(spec, "name", fmt::format("{}, trial {}", methodKinds().at(method).label, setting));
    setFieldText(spec, "data.path", "/data/pacs.zip");
    setFieldText(spec, "data.ood", "cartoon,sketch");
    setFieldText(spec, "backbone.path", "/models/vit_tiny");
    setFieldText(spec, "method.kind", method);
    setFieldText(spec, "train.learning_rate", fmt::format("{}", 1e-4 * (setting + 1)));
    return spec;
}

void addRole(std::vector<MetricRow>& rows, const std::string& role, double accuracy) {
    rows.push_back({.role = role, .metric = "accuracy", .value = accuracy, .count = 250});
    rows.push_back({.role = role, .metric = "nll", .value = 2 - accuracy, .count = 250});
}

CandidateRecord candidateOf(int setting, std::uint64_t seed, int epoch) {
    Random random(streamSeed(seed, fmt::format("setting {}", setting), static_cast<std::uint64_t>(epoch)));
    const double base = 0.4 + 0.002 * setting + 0.02 * epoch;
    CandidateRecord candidate{.epoch = epoch, .step = 19 * epoch, .trainLoss = 1.0 / epoch, .seconds = 1.0 * epoch};
    for (const auto& [role, shift] : {std::pair{"id_val", 0.1}, std::pair{"id_test", 0.1},
                                      std::pair{"ood_test/cartoon", 0.0}, std::pair{"ood_test/sketch", -0.1}})
        addRole(candidate.metrics, role, base + shift + 0.01 * random.normal());
    return candidate;
}

StoredRun runOf(int setting, const std::string& method, std::uint64_t seed) {
    ExperimentSpec spec = specOf(setting, method);
    spec.seed = seed;
    StoredRun run;
    run.canonicalText = fmt::format("big {}", setting);
    run.summary.specJson = toJson(spec, true).dump();
    run.summary.cell = fmt::format("{:016x}", streamSeed(1, run.canonicalText));
    run.summary.name = spec.name;
    run.summary.method = method;
    run.summary.seed = seed;
    run.summary.state = RunState::Done;
    run.summary.startedUnixSeconds = 1.76e9 + setting;
    run.summary.seconds = 12;
    for (int epoch = 1; epoch <= kEpochs; ++epoch)
        run.candidates.push_back(candidateOf(setting, seed, epoch));
    run.picked = kEpochs - 1;
    run.environment = {{"levi", "0.1.0"}, {"device", "cpu"}, {"data_fingerprint", "d"}};
    return run;
}

} // namespace

void fillBigStore(const std::filesystem::path& file, int settings) {
    const auto methods = trainedMethods();
    Bundle bundle;
    for (int setting = 0; setting < settings; ++setting)
        for (std::uint64_t seed = 0; seed < kSeedsOfBigStore; ++seed)
            bundle.runs.push_back(runOf(setting, methods[static_cast<std::size_t>(setting) % methods.size()], seed));
    RunStore(file).bringIn(bundle);
}

} // namespace levi::test
