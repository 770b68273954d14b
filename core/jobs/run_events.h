// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/spec_hash.h"
#include "core/store/run_records.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

// How far a job is. Latest wins: see jobs/mailbox.h.
struct Progress {
    std::string phase;      // "reading pictures", "features", "training", "evaluating"
    std::int64_t done = 0;  // in `unit`
    std::int64_t total = 0; // 0: not known
    std::string unit;       // "pictures", "epochs", "steps"
    double share = 0;       // of the whole job, 0 to 1
    double secondsElapsed = 0;
    double secondsLeft = -1; // negative: not known
};

struct LossPoint {
    std::int64_t step = 0;
    double epoch = 0; // fractional
    double loss = 0;
};

// What is known once data and weights have been read, before training.
struct RunFacts {
    ResolvedFacts facts; // for the cell's key
    std::string taps;    // "8-12", or ""
    std::vector<NamedText> environment;
};

struct RunResult {
    RunState state = RunState::Done; // Done, Cancelled or Failed
    std::string message;
    std::int64_t pickedIndex = -1; // into the candidates in the order of evaluated(); -1: none
    std::int64_t backboneSamples = 0;
    std::string weightsSha256, predictionsSha256;
    std::int64_t trainableParameters = 0;
    std::uint64_t peakMemoryBytes = 0;
    std::vector<NamedText> environment;
    Efficiency efficiency;                 // what was measured or reckoned of it
    std::vector<ArtifactRecord> artifacts; // written into RunRequest::artifactFolder; paths relative to it
};

// Told by the engine while a run goes on, on the thread that runs it. Implementations must be quick.
class RunObserver {
public:
    virtual ~RunObserver() = default;
    virtual void resolved(const RunFacts&) {} // once, before the first candidate
    virtual void progressed(const Progress&) {}
    virtual void stepped(const LossPoint&) {}
    virtual void evaluated(const CandidateRecord&) {}
    virtual void logged(const LogLine&) {}
};

} // namespace levi
