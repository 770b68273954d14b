// SPDX-License-Identifier: Apache-2.0
#include "core/engine/derived_run.h"

#include "core/base/error.h"
#include "core/engine/artifacts.h"
#include "core/engine/devices.h"
#include "core/engine/method/method.h"
#include "core/engine/run_progress.h"

namespace levi {
namespace {

std::vector<PredictionsFile> parentsOf(const RunRequest& request) {
    if (request.parents.size() < 2)
        throw Error("method.parents: found {} finished runs, expected at least 2", request.parents.size());
    std::vector<PredictionsFile> parents;
    for (const ParentRun& parent : request.parents) {
        parents.push_back(readPredictions(parent.predictionsFile));
        checkSameRows(parents.front(), parents.back(), request.parents.front().name, parent.name);
    }
    return parents;
}

void logParents(RunProgress& progress, const RunRequest& request, const DerivedMethod& method) {
    const auto weights = method.weights(request.spec, request.parents.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const ParentRun& parent = request.parents[i];
        progress.logged("info",
                        fmt::format("parent run={} name='{}' weight={:.4f} predictions={}", parent.id, parent.name,
                                    weights[i], parent.predictionsFile.parent_path().filename().string()));
    }
}

// Figures of test roles stay out of the log: they are read through a study's seal.
std::string evaluationLine(const RolePredictions& role, const std::vector<MetricRow>& rows) {
    std::string line = fmt::format("evaluated role={} rows={}", role.role, role.rows.size());
    for (const MetricRow& row : rows)
        if (!isTestRole(role.role) && row.domain.empty() && row.value &&
            (row.metric == "accuracy" || row.metric == "nll" || row.metric == "rmse"))
            line += fmt::format(" {}={:.4f}", row.metric, *row.value);
    return line;
}

// No device is used, and no data are read: predictions are mixed on the CPU.
std::vector<NamedText> environmentOf(const RunRequest& request) {
    const EngineInfo engine = engineInfo();
    std::vector<NamedText> environment = {{"device", "cpu"},
                                          {"threads", "1"},
                                          {"libtorch", engine.torchVersion},
                                          {"cpu_capability", engine.cpuCapability},
                                          {"data_fingerprint", request.parents.front().dataFingerprint}};
    std::erase_if(environment, [](const NamedText& entry) { return entry.text.empty(); });
    return environment;
}

} // namespace

RunResult derivedRun(const RunRequest& request, RunObserver& observer) {
    RunProgress progress(observer);
    progress.begin("reading predictions", "runs", 0, 1);
    const auto parents = parentsOf(request);
    observer.resolved({.facts = {}, .taps = {}, .environment = environmentOf(request)});
    const auto& method = std::get<DerivedMethod>(methodOf(request.spec));
    logParents(progress, request, method);
    PredictionsFile made = parents.front();
    made.roles = method.combine(request.spec, parents);
    CandidateRecord candidate{.kind = "derived"};
    for (const RolePredictions& role : made.roles) {
        const auto rows = metricRows(role, made);
        candidate.metrics.insert(candidate.metrics.end(), rows.begin(), rows.end());
        progress.logged("info", evaluationLine(role, rows));
    }
    candidate.seconds = progress.seconds();
    observer.evaluated(candidate);
    RunResult result{.pickedIndex = 0, .predictionsSha256 = predictionsSha256(made.roles)};
    if (!request.artifactFolder.empty())
        result.artifacts.push_back(Artifacts(request.artifactFolder).predictions(made));
    progress.at(1, 1);
    return result;
}

} // namespace levi
