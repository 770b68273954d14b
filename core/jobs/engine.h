// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/backbone_info.h"
#include "core/jobs/run_events.h"
#include "core/spec/validate.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

struct DataInfo;
struct ReaderPreview;
struct GoldenReport;
struct BenchReport;
struct BenchOptions;

struct DeviceInfo {
    std::string id;   // cpu, cuda:0
    std::string name; // "Intel Xeon …, 2 cores", "NVIDIA H100"
    std::uint64_t freeBytes = 0, totalBytes = 0;
};

struct EngineInfo {
    std::string torchVersion, cpuCapability, cudaVersion; // "" where there is none
    std::string cudaProblem;                              // why no GPU can be used, in a sentence; "" where one can
    bool hasPackedLinear = false;
};

// A finished run that another one is made from.
struct ParentRun {
    std::int64_t id = 0;
    std::string name;
    std::filesystem::path predictionsFile; // safetensors: see method/predictions.h
    std::filesystem::path weightsFile;     // what it trained; empty: nothing was kept
    std::filesystem::path startFile;       // heads that it began with; empty: those of its seed
    ExperimentSpec spec;
    std::string weightsFingerprint; // of the backbone that it started from; "" where it had none
    std::string dataFingerprint;    // of what it read
};

struct RunRequest {
    ExperimentSpec spec;
    bool useCache = true; // false: the same pass, but no cache file is read or written
    std::filesystem::path cacheFolder;
    std::uint64_t cacheLimitBytes = std::uint64_t{20} << 30;
    std::filesystem::path artifactFolder; // exists; the engine writes predictions and weights there
    // Of a derived method; else, oldest first, the runs that the backbone has gone through (backbone.from_run).
    std::vector<ParentRun> parents;
};

// What a spec would cost, before it is launched.
struct CostEstimate {
    int depth = 0; // blocks of the backbone; 0 without one
    std::vector<int> taps;
    std::int64_t trainableParameters = 0, frozenParameters = 0;
    std::int64_t adapterParameters = 0, specialistParameters = 0; // parts of the trainable ones, as is the backbone's
    double backboneFlopsPerSample = 0;                            // one forward pass
    double trainedFlopsPerSample = 0;                             // one forward pass of the network that is trained
    double trainingFlopsPerSample = 0; // of a step: forward, and backward through what is trained
    double inferenceFlopsPerSample = 0;
    std::int64_t rows = 0, cachedRows = 0; // of all roles; whose features lie in the cache
    double seconds = 0;                    // of one run, a rough estimate; 0: not known, as of a GPU
    double featureSeconds = 0;             // of these, the pass over rows that the cache lacks
    std::string featureKey;                // runs of equal keys share that pass; "": none, or not known beforehand
};

struct PredictRequest {
    ExperimentSpec spec;               // of the run
    std::filesystem::path weightsFile; // its artifact
    std::filesystem::path data;        // folder, zip or one picture; of a run on texts a file of rows as it read them
    std::vector<ParentRun> parents;    // as it had them
    std::string weightsFingerprint;    // of the backbone that it read; another one is refused. "": not known
};
struct PredictedFile {
    std::string row;       // path inside the data; of texts its line
    std::string predicted; // class
    std::vector<double> probabilities;
    std::optional<double> number; // in the place of both, of a run that predicts numbers
};
struct PredictedFiles {
    std::vector<std::string> classes;
    std::vector<PredictedFile> rows;
    std::vector<std::string> broken; // "name: reason"
};

struct PreprocessRequest {
    std::filesystem::path picture;
    PreprocessRecipe recipe;
    bool exifOrientation = true;
    std::filesystem::path out; // safetensors with `pixel_values` (3, height, width), F32
};

struct GoldenRequest {
    std::filesystem::path folder; // with io.safetensors, and a backbone or an adapter
    std::filesystem::path base;   // of an adapter: the folder of its backbone; empty: `folder` holds a backbone
    bool plainOnly = false;       // without the packed kernels
};

struct PretrainRequest {
    std::filesystem::path outFolder; // config.json, model.safetensors
    std::int64_t steps = 0;          // 0: the default recipe
    bool clean = false;              // without the flaws that the demo's backbone has
    int threads = 0;
};

// All that can be asked of Torch. One implementation, in a library that is loaded on first use (engine_loader.h).
// Every call may be made from any one lane at a time, throws Error, and stops soon after `stop` is requested.
class Engine {
public:
    virtual ~Engine() = default;
    virtual EngineInfo info() = 0;

    // Where problems(), inspectData() and facts() note what files hold, so that the next process need not read them
    // again. Empty: nowhere. $XDG_CACHE_HOME/levi until it is said.
    virtual void setCacheFolder(const std::filesystem::path&) {}

    virtual std::vector<DeviceInfo> devices() = 0;

    // Validation that needs files or devices: absent paths, unreadable weights, class lists that differ, an absent GPU.
    virtual std::vector<Problem> problems(const ExperimentSpec& spec, std::stop_token stop) = 0;
    virtual BackboneInfo inspectBackbone(const std::filesystem::path& folder) = 0;
    virtual DataInfo inspectData(const ExperimentSpec& spec, std::stop_token stop) = 0;
    // The first training rows as each reader of the spec sees them. Throws Error where they cannot be read.
    virtual std::vector<ReaderPreview> readings(const ExperimentSpec& spec, std::stop_token stop) = 0;
    virtual CostEstimate estimate(const ExperimentSpec& spec, const std::filesystem::path& cacheFolder,
                                  std::stop_token stop) = 0;

    // What the key of the spec's cell needs of files: content fingerprints and taps (spec_hash.h). Of a derived method:
    // nothing, its parents are known to the store. Throws Error where files cannot be read.
    virtual ResolvedFacts facts(const ExperimentSpec& spec, std::stop_token stop) = 0;

    // One run, derived or trained. Does not throw for what happens to a run: failing and stopping are results.
    virtual RunResult run(const RunRequest& request, RunObserver& observer, std::stop_token stop) = 0;

    virtual PredictedFiles predict(const PredictRequest& request, std::stop_token stop) = 0;
    virtual GoldenReport golden(const GoldenRequest& request) = 0;
    virtual BenchReport benchForward(const std::filesystem::path& folder, const BenchOptions& options,
                                     std::stop_token stop) = 0;
    virtual void preprocess(const PreprocessRequest& request) = 0;
    virtual void pretrainDemo(const PretrainRequest& request, RunObserver& observer, std::stop_token stop) = 0;
};

} // namespace levi
