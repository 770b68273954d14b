// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"
#include "tests/store/made_runs.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace levi::test {

struct MadeRun {
    std::uint64_t seed = 0;
    std::string study = {};
    double learningRate = 1e-3;
    std::vector<std::int64_t> parents = {};
    std::string numerics = "1";
    std::string metric = "accuracy"; // by domain
};

// A finished run as the program makes one: the cell's key is that of its text.
inline std::int64_t addRun(RunStore& store, const MadeRun& made) {
    ExperimentSpec spec;
    setField(spec, "name", "LEVI");
    setField(spec, "data.kind", "image_folder");
    setField(spec, "data.path", "/home/someone/secret/pacs.zip");
    setField(spec, "train.learning_rate", made.learningRate);
    spec.seed = made.seed;
    const ResolvedFacts facts = {{"data.path", "0123"}};
    const auto id = store.beginRun({.specJson = toJson(spec, true).dump(),
                                    .canonicalText = canonicalText(spec, facts),
                                    .cell = cellKey(spec, facts),
                                    .name = "LEVI",
                                    .method = "levi",
                                    .taps = "8-12",
                                    .seed = made.seed,
                                    .environment = {{"host", "secret-machine"},
                                                    {"numerics_version", made.numerics},
                                                    {"compiler", "GNU 12 at /usr/bin/g++\ncache=/home/x/f 1/2"}},
                                    .parents = made.parents,
                                    .study = made.study});
    std::vector<std::int64_t> candidates;
    for (int epoch = 1; epoch <= 3; ++epoch) {
        auto one = candidate(epoch, 0.1 + 0.2 * epoch);
        one.metrics.push_back({"id_val", "photo", made.metric, 0.5, 10});
        one.metrics.push_back({"id_val", "photo", "other", 0.5, 10});
        one.metrics.push_back({"id_val", "", "share/dog", 0.5, 100});
        candidates.push_back(store.addCandidate(id, one));
    }
    store.endRun(id, {.seconds = 12.5,
                      .pickedCandidate = candidates[1],
                      .backboneSamples = 7,
                      .weightsSha256 = fmt::format("w {} {}", made.seed, made.learningRate),
                      .predictionsSha256 = "p",
                      .trainableParameters = 99,
                      .peakMemoryBytes = 1234,
                      .efficiency = {.trainingFlops = 1e15}});
    return id;
}

inline std::filesystem::path onlySetting(const std::filesystem::path& bundle) {
    return std::filesystem::directory_iterator(bundle / "settings")->path();
}

inline std::string errorOf(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace levi::test
