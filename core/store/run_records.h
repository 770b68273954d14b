// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

enum class RunState { Running, Done, Failed, Cancelled, Interrupted };
const std::string& nameOf(RunState state); // running | done | failed | cancelled | interrupted

// One measured figure. role: train, id_val, id_test, ood_val, ood_test/<domain>. domain: "" for all rows of the role,
// else one of its domains. metric: accuracy macro_f1 auc nll ece worst_group adjusted_average user_p10; of predicted
// numbers rmse mae pearson rmse_worst_group mae_worst_group pearson_worst_group; share/<class> for predicted class
// shares, accuracy/<group>, rmse/<group>, mae/<group>, pearson/<group> for groups. value: nothing where the metric is
// undefined. count: rows it was measured on.
struct MetricRow {
    std::string role, domain, metric;
    std::optional<double> value;
    std::int64_t count = 0;
    bool sealed = false; // a test figure of a study that is sealed: there, and never shown
};

bool isPartOf(const std::string& metric); // of a metric: one class or one group of it, "share/cat"

bool isTestRole(const std::string& role); // id_test and ood_test/…: kept apart, read through the seal

// What was measured on the way but is no outcome of the run, so that no selection rule may pick it: the weights that it
// started from ("start"), mixtures beside the one that its spec states ("reference alpha 0.3").
inline const std::string kStartKind = "start", kReferencePrefix = "reference ";
bool mayBePicked(const std::string& candidateKind);

// Something a selection rule may pick: an epoch, a mixture of weights.
struct CandidateRecord {
    std::int64_t id = 0; // set by the store
    std::string kind = "epoch";
    std::int64_t epoch = 0;
    std::int64_t step = 0;
    double trainLoss = std::numeric_limits<double>::quiet_NaN(); // where nothing was trained
    double seconds = 0;                                          // since the run began
    std::string weightsSha256;      // of what was trained, by which a seal knows it again; "": nothing was
    std::vector<MetricRow> metrics; // of every role, test roles included; the store keeps those apart
};

struct LogLine {
    std::int64_t id = 0;
    double unixSeconds = 0;
    std::string level; // debug info warn error
    std::string text;
};

struct ArtifactRecord {
    std::string kind; // predictions | weights
    std::string path; // relative to the store's folder of artifacts
    std::string sha256;
    std::uint64_t sizeBytes = 0;
};

struct NamedText {
    std::string name, text;
};

// What training and answering cost, as far as it was measured or reckoned.
struct Efficiency {
    std::optional<double> trainingFlops;
    std::optional<double> inferenceFlopsPerSample, inferenceSecondsPerSample, inferencePeakBytes;
    std::optional<double> backboneFlopsPerSample, backboneSecondsPerSample, backbonePeakBytes; // bare, to compare with
    std::optional<double> tuningTrials; // tried for this method before; 1: none but this one
};
// The same by name, as the store's columns, JSON and bundles spell them.
struct EfficiencyField {
    const char* name;
    std::optional<double> Efficiency::*value;
};
std::span<const EfficiencyField> efficiencyFields();

// What is known when a run begins.
struct NewRun {
    std::string specJson;      // with all defaults
    std::string canonicalText; // what the cell's key is the hash of; see resolveRun
    std::string cell;          // 16 hex digits
    std::string name;          // of the spec, or the method's label
    std::string method;        // kind
    std::string taps;          // "8-12", or ""
    std::uint64_t seed = 0;
    std::vector<NamedText> environment; // versions, device, threads, git revision, fingerprints, cache keys
    std::vector<std::int64_t> parents;  // of derived runs
    std::string study, nameInStudy;     // that it belongs to, "": none; see RunSummary
};

// What becomes known once data and weights have been read: the cell that the run really belongs to.
struct ResolvedRun {
    std::string canonicalText;
    std::string cell;                   // 16 hex digits
    std::string taps;                   // "8-12", or ""
    std::vector<NamedText> environment; // appended
};

// How it ended.
struct RunEnd {
    RunState state = RunState::Done;
    std::string message; // one sentence where it did not end well
    double seconds = 0;
    std::optional<std::int64_t> pickedCandidate; // candidate id
    std::int64_t backboneSamples = 0;            // rows that went through the backbone
    std::string weightsSha256, predictionsSha256;
    std::int64_t trainableParameters = 0;
    std::uint64_t peakMemoryBytes = 0;
    std::vector<NamedText> environment; // what became known on the way; appended
    Efficiency efficiency;
};

// A run as tables, plots and --json need it. metrics: of the reported candidate; where a seal hides them, test figures
// are without value. seconds: of a run that has not ended, those since it began; of an interrupted one, those up to its
// last candidate.
struct RunSummary {
    std::int64_t id = 0;
    std::string cell, name, method, taps, specJson;
    std::uint64_t seed = 0;
    RunState state = RunState::Running;
    std::string message;
    double startedUnixSeconds = 0;
    double seconds = 0;
    std::int64_t backboneSamples = 0;
    std::string weightsSha256, predictionsSha256;
    std::int64_t trainableParameters = 0;
    std::uint64_t peakMemoryBytes = 0;
    Efficiency efficiency;
    std::optional<std::int64_t> pickedCandidate;   // by the run itself, on id_val: its weights and predictions are kept
    std::optional<std::int64_t> reportedCandidate; // by the rule that was asked for
    std::optional<CandidateRule> rule;             // that one; absent: the run's own pick
    std::vector<std::int64_t> parents;
    std::vector<MetricRow> metrics;
    std::string study, nameInStudy; // "": none; how that calls the setting, "": by the run's own name
    bool sealed = false;            // its study is, or one that it is derived from

    // Content of the rows it was measured on, and the spec that says how they were split: its own or, of a derived run,
    // that of the first ancestor that read data. Empty where no data was read.
    std::string dataFingerprint, dataSpecJson;
};
const std::string& settingName(const RunSummary& run); // in its study; its own where it has none there

} // namespace levi
