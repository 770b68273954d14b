// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/made_store.h"

#include "core/base/random.h"
#include "core/spec/spec_json.h"

#include <algorithm>
#include <cmath>

#include <sys/wait.h>
#include <unistd.h>

namespace levi::test {
namespace {

struct MadeCell {
    const char* name;
    const char* method;
    const char* taps;
    double id, cartoon, sketch; // accuracy at the end of training
    int seeds;
};
const std::vector<MadeCell> kCells = {
    {"LEVI", "levi", "8-12", 0.931, 0.482, 0.360, 6},
    {"", "all_layer_probe", "8-12", 0.930, 0.461, 0.293, 6},
    {"", "linear_probe", "", 0.912, 0.430, 0.241, 6},
    {"", "full_fine_tuning", "", 0.951, 0.440, 0.283, 4},
    {"", "specialist", "", 0.641, 0.391, 0.345, 6},
    {kHostileName, "levi", "4-12", 0.927, 0.478, 0.371, 6},
    {"Ensemble of probe and specialist", "output_ensemble", "", 0.924, 0.455, 0.330, 6},
};
constexpr int kEpochs = 12;

NewRun newRun(const MadeCell& cell, std::uint64_t seed) {
    ExperimentSpec spec;
    setFieldText(spec, "name", cell.name);
    setFieldText(spec, "data.path", "/data/pacs.zip");
    setFieldText(spec, "data.ood", "cartoon,sketch");
    setFieldText(spec, "backbone.path", "/models/vit_tiny");
    setFieldText(spec, "method.kind", cell.method);
    if (*cell.taps) setFieldText(spec, "method.taps", cell.taps);
    spec.seed = seed;
    const std::string text = std::string(cell.method) + cell.taps + cell.name;
    return {.specJson = toJson(spec, true).dump(),
            .canonicalText = text,
            .cell = fmt::format("{:016x}", streamSeed(1, text)),
            .name = cell.name,
            .method = cell.method,
            .taps = cell.taps,
            .seed = seed,
            .environment = {{"levi", "0.1.0"}, {"device", "cpu, 2 threads"}},
            .parents = {}};
}

void addRole(std::vector<MetricRow>& rows, const std::string& role, const std::string& domain, double accuracy) {
    const auto add = [&](const char* metric, std::optional<double> value) {
        rows.push_back({.role = role, .domain = domain, .metric = metric, .value = value, .count = 250});
    };
    add("accuracy", accuracy);
    add("macro_f1", accuracy - 0.01);
    add("nll", role == "ood_test/sketch" && accuracy < 0.26 ? std::nullopt : std::optional(1.2 - accuracy));
    add("ece", 0.4 - 0.3 * accuracy);
    add("auc", std::nullopt);
}

CandidateRecord candidateOf(const MadeCell& cell, std::uint64_t seed, int epoch) {
    Random random(streamSeed(seed, cell.method + std::string(cell.taps), static_cast<std::uint64_t>(epoch)));
    Random offset(streamSeed(seed, cell.method + std::string(cell.taps) + "offset"));
    const double learnt = 1 - std::exp(-0.45 * epoch);
    const auto at = [&](double end, double noise) {
        return std::clamp(0.14 + (end - 0.14) * learnt + noise * (offset.normal() + 0.4 * random.normal()), 0.0, 1.0);
    };
    CandidateRecord record{.epoch = epoch,
                           .step = epoch * 19,
                           .trainLoss = 0.15 + 1.7 * std::exp(-0.4 * epoch) + 0.02 * random.uniform(),
                           .seconds = 1.4 * epoch};
    addRole(record.metrics, "train", "", at(cell.id + 0.04, 0.002));
    addRole(record.metrics, "id_val", "", at(cell.id, 0.004));
    const double photo = at(cell.id + 0.03, 0.004), art = at(cell.id - 0.03, 0.005);
    addRole(record.metrics, "id_test", "", (photo + art) / 2);
    addRole(record.metrics, "id_test", "photo", photo);
    addRole(record.metrics, "id_test", "art_painting", art);
    addRole(record.metrics, "ood_test/cartoon", "", at(cell.cartoon, 0.01));
    addRole(record.metrics, "ood_test/sketch", "", at(cell.sketch, 0.015));
    return record;
}

std::vector<LogLine> logOf(std::uint64_t seed) {
    std::vector<LogLine> lines = {
        {.unixSeconds = 1.76e9, .level = "debug", .text = "reading 9991 pictures"},
        {.unixSeconds = 1.76e9, .level = "info", .text = "features: 9991 of 9991 from the cache"},
        {.unixSeconds = 1.76e9, .level = "warn", .text = "12 near duplicates between roles"}};
    for (int epoch = 1; epoch <= kEpochs; ++epoch)
        lines.push_back(
            {.unixSeconds = 1.76e9 + epoch,
             .level = "info",
             .text = fmt::format("epoch={} train_loss={:.4f} seed={} \x1b[31m<b>", epoch, 2.0 / epoch, seed)});
    return lines;
}

std::int64_t beginTrained(RunStore& store, const NewRun& run, const MadeCell& cell, int epochs) {
    const std::int64_t id = store.beginRun(run);
    for (int epoch = 1; epoch <= epochs; ++epoch)
        store.addCandidate(id, candidateOf(cell, run.seed, epoch));
    store.addLog(id, logOf(run.seed));
    return id;
}

void addFinished(RunStore& store, const MadeCell& cell, std::uint64_t seed) {
    const std::int64_t run = beginTrained(store, newRun(cell, seed), cell, kEpochs);
    store.endRun(run, {.state = RunState::Done,
                       .seconds = 16.8,
                       .pickedCandidate = store.candidates(run).at(kEpochs - 3).id,
                       .backboneSamples = seed == 0 ? 9991 : 0,
                       .trainableParameters = 412'000,
                       .peakMemoryBytes = std::uint64_t{900} << 20});
}

// A process that begins a run and is gone.
void addInterrupted(const std::filesystem::path& file, const MadeCell& cell) {
    const pid_t child = ::fork();
    if (child == 0) {
        RunStore store(file);
        beginTrained(store, newRun(cell, 9), cell, 4);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
}

} // namespace

void fillStore(const std::filesystem::path& file) {
    {
        RunStore store(file);
        for (const MadeCell& cell : kCells)
            for (int seed = 0; seed < cell.seeds; ++seed)
                addFinished(store, cell, static_cast<std::uint64_t>(seed));
        const std::int64_t failed = beginTrained(store, newRun(kCells[0], 7), kCells[0], 2);
        store.endRun(failed, {.state = RunState::Failed,
                              .message = "the loss became NaN at step 41; the last good candidate is epoch 2. Lower "
                                         "train.learning_rate, now 0.5",
                              .seconds = 3.1});
        const std::int64_t stopped = beginTrained(store, newRun(kCells[0], 8), kCells[0], 5);
        store.endRun(stopped, {.state = RunState::Cancelled, .message = "stopped", .seconds = 6});
    }
    addInterrupted(file, kCells[0]);
}

} // namespace levi::test
