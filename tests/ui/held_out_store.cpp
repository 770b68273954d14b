// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/held_out_store.h"

#include "core/base/random.h"
#include "core/spec/spec_json.h"
#include "core/store/run_store.h"

namespace levi::test {
namespace {

void addHeldOutRun(RunStore& store, const char* method, const char* domain, std::uint64_t seed) {
    const bool isLevi = method == std::string("levi");
    ExperimentSpec spec;
    const std::string name = isLevi ? "LEVI" : "Linear probe";
    setFieldText(spec, "name", name);
    setFieldText(spec, "data.path", "/data/pacs.zip");
    setFieldText(spec, "data.ood", domain);
    setFieldText(spec, "backbone.path", "/models/vit_tiny");
    setFieldText(spec, "method.kind", method);
    spec.seed = seed;
    const std::string text = std::string(method) + domain;
    const std::int64_t run = store.beginRun({.specJson = toJson(spec, true).dump(),
                                             .canonicalText = text,
                                             .cell = fmt::format("{:016x}", streamSeed(1, text)),
                                             .name = name,
                                             .method = method,
                                             .seed = seed,
                                             .environment = {{"levi", "0.1.0"}, {"data_fingerprint", "pacs"}},
                                             .parents = {},
                                             .study = heldOutStudy().name});
    const double more = (isLevi ? 0.1 : 0) + 0.01 * static_cast<double>(seed);
    const auto candidate =
        store.addCandidate(run, {.epoch = 1,
                                 .trainLoss = 1,
                                 .metrics = {{"id_val", "", "accuracy", 0.8 + more, 100},
                                             {"id_test", "", "accuracy", 0.7 + more, 100},
                                             {"id_test", "", "worst_group", 0.6 + more, 40},
                                             {"id_test", "art", "accuracy", 0.6 + more, 40},
                                             {"ood_test/" + std::string(domain), "", "accuracy", 0.5 + more, 100}}});
    store.endRun(run, {.state = RunState::Done, .seconds = 2, .pickedCandidate = candidate});
}

} // namespace

const StudyPlan& heldOutStudy() {
    static const StudyPlan s_plan{.name = "held out", .question = "Better?", .family = {{"LEVI", "Linear probe"}}};
    return s_plan;
}

void fillHeldOutStore(const std::filesystem::path& file) {
    RunStore store(file);
    store.createStudy(heldOutStudy());
    for (const char* method : {"levi", "linear_probe"})
        for (const char* domain : {"photo", "sketch"})
            for (std::uint64_t seed = 0; seed < 3; ++seed)
                addHeldOutRun(store, method, domain, seed);
}

} // namespace levi::test
