// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine_impl.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/engine/derived_run.h"
#include "core/engine/devices.h"
#include "core/engine/image/decode.h"
#include "core/engine/image/preprocess.h"
#include "core/engine/merged_run.h"
#include "core/engine/model/bench_forward.h"
#include "core/engine/model/golden.h"
#include "core/engine/predict.h"
#include "core/engine/pretrain_demo.h"
#include "core/engine/problems.h"
#include "core/engine/run_parts.h"
#include "core/engine/train/out_of_memory.h"
#include "core/engine/trained_run.h"
#include "core/jobs/engine_entry.h"

#include <ATen/ops/empty.h>

#include <cstring>

namespace levi {
namespace {

// Hands on what it is told, and remembers the phase.
class PhaseObserver final : public RunObserver {
public:
    explicit PhaseObserver(RunObserver& told) : m_told(told) {}

    void resolved(const RunFacts& facts) override { m_told.resolved(facts); }
    void progressed(const Progress& progress) override {
        m_phase = progress.phase;
        m_told.progressed(progress);
    }
    void stepped(const LossPoint& point) override { m_told.stepped(point); }
    void evaluated(const CandidateRecord& record) override { m_told.evaluated(record); }
    void logged(const LogLine& line) override { m_told.logged(line); }

    const std::string& phase() const { return m_phase; }

private:
    RunObserver& m_told;
    std::string m_phase;
};

// Predictions are mixed on the CPU.
std::string deviceOf(const ExperimentSpec& spec) {
    return std::holds_alternative<DerivedMethod>(methodOf(spec)) ? "cpu" : spec.compute.device;
}

// Made before what uses the device, so that at its end nothing does.
class DeviceUse {
public:
    explicit DeviceUse(std::string device) : m_device(std::move(device)) {}
    ~DeviceUse() { giveBackMemory(m_device); }
    DeviceUse(const DeviceUse&) = delete;
    DeviceUse& operator=(const DeviceUse&) = delete;

    const std::string& device() const { return m_device; }

private:
    std::string m_device;
};

RunResult runOf(const RunRequest& request, RunObserver& observer, std::stop_token stop) {
    const Method& method = methodOf(request.spec);
    if (std::holds_alternative<DerivedMethod>(method)) return derivedRun(request, observer);
    if (std::holds_alternative<MergedMethod>(method)) return MergedRun(request, observer, std::move(stop)).run();
    return TrainedRun(request, observer, std::move(stop)).run();
}

} // namespace

EngineInfo EngineImpl::info() {
    return engineInfo();
}

std::vector<DeviceInfo> EngineImpl::devices() {
    return devicesHere();
}

std::vector<Problem> EngineImpl::problems(const ExperimentSpec& spec, std::stop_token stop) {
    return engineProblems(spec, m_data, std::move(stop));
}

BackboneInfo EngineImpl::inspectBackbone(const std::filesystem::path& folder) {
    return levi::inspectBackbone(resolvedBackboneFolder(folder.string()));
}

DataInfo EngineImpl::inspectData(const ExperimentSpec& spec, std::stop_token stop) {
    return dataInfo(*m_data.read(spec.data, {.cacheFolder = m_data.cacheFolder(), .stop = std::move(stop)}));
}

std::vector<ReaderPreview> EngineImpl::readings(const ExperimentSpec& spec, std::stop_token stop) {
    const auto read = m_data.read(spec.data, {.cacheFolder = m_data.cacheFolder(), .stop = std::move(stop)});
    return readerPreviews(spec, usableDataset(*read).training.train);
}

CostEstimate EngineImpl::estimate(const ExperimentSpec& spec, const std::filesystem::path& cacheFolder,
                                  std::stop_token stop) {
    return costEstimate(spec, m_data, cacheFolder, std::move(stop));
}

ResolvedFacts EngineImpl::facts(const ExperimentSpec& spec, std::stop_token stop) {
    if (spec.method.kind().method.isDerived) return {};
    const auto read = m_data.read(spec.data, {.cacheFolder = m_data.cacheFolder(), .stop = std::move(stop)});
    const std::string& fingerprint = usableDataset(*read).fingerprint;
    if (!usesBackbone(spec)) return resolvedFacts(spec, fingerprint, nullptr);
    const BackboneInfo backbone = backboneInfo(spec);
    return resolvedFacts(spec, fingerprint, &backbone);
}

RunResult EngineImpl::run(const RunRequest& request, RunObserver& observer, std::stop_token stop) {
    const DeviceUse use(deviceOf(request.spec));
    resetPeakMemory(use.device());
    RunResult result;
    PhaseObserver told(observer);
    try {
        result = runOf(request, told, std::move(stop));
    } catch (const Stopped&) {
        result.state = RunState::Cancelled;
        result.message = "Stopped on request before training began";
    } catch (const Error& error) {
        result.state = RunState::Failed;
        result.message = error.what();
    } catch (const std::exception& error) {
        result.state = RunState::Failed;
        result.message = failureText(error, use.device(), told.phase());
        log().debug("{}", error.what());
    }
    result.peakMemoryBytes = peakMemoryBytes(use.device());
    return result;
}

PredictedFiles EngineImpl::predict(const PredictRequest& request, std::stop_token stop) {
    const DeviceUse use(request.spec.compute.device);
    try {
        return predictRows(request, std::move(stop));
    } catch (const Stopped&) {
        throw;
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        log().debug("{}", error.what());
        throw Error(failureText(error, use.device(), "predicting"));
    }
}

GoldenReport EngineImpl::golden(const GoldenRequest& request) {
    return runGolden(request.folder, {.plainOnly = request.plainOnly, .base = request.base});
}

BenchReport EngineImpl::benchForward(const std::filesystem::path& folder, const BenchOptions& options,
                                     std::stop_token stop) {
    return levi::benchForward(folder, options, std::move(stop));
}

void EngineImpl::preprocess(const PreprocessRequest& request) {
    const MappedFile file(request.picture);
    const auto picture = decodePicture(file.bytes(), request.picture.string(), {.applyExif = request.exifOrientation});
    const PixelValues pixels = pixelValues(picture, request.recipe);
    auto values = at::empty({3, pixels.size.height, pixels.size.width}, at::kFloat);
    std::memcpy(values.data_ptr(), pixels.values.data(), pixels.values.size() * sizeof(float));
    writeSafetensors(request.out, {{"pixel_values", values}});
}

void EngineImpl::pretrainDemo(const PretrainRequest& request, RunObserver& observer, std::stop_token stop) {
    levi::pretrainDemo(request, request.clean ? cleanRecipe() : PretrainRecipe{}, observer, std::move(stop));
}

} // namespace levi

levi::Engine* leviMakeEngine() {
    return new levi::EngineImpl;
}

int leviEngineInterface() {
    return levi::kEngineInterface;
}
