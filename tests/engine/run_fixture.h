// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"
#include "core/jobs/engine_entry.h"
#include "core/spec/experiment_spec.h"
#include "tests/data/files.h"
#include "tests/support/tiny_vit.h"

#include <QStringList>
#include <QTemporaryDir>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace levi::test {

struct Seen : RunObserver {
    std::vector<CandidateRecord> candidates;
    std::vector<LogLine> lines;
    std::vector<RunFacts> facts;
    std::int64_t steps = 0;
    std::function<void(std::int64_t)> onStep = [](auto) {};
    std::function<void(const Progress&)> onProgress = [](const auto&) {};

    void resolved(const RunFacts& f) override { facts.push_back(f); }
    void evaluated(const CandidateRecord& record) override { candidates.push_back(record); }
    void logged(const LogLine& line) override { lines.push_back(line); }
    void progressed(const Progress& progress) override { onProgress(progress); }
    void stepped(const LossPoint& point) override {
        steps = point.step;
        onStep(point.step);
    }
};

// A tiny backbone, the demo world, and an engine; every run is a second or less.
struct RunFixture {
    QTemporaryDir dir;
    std::filesystem::path root = dir.path().toStdString();
    std::filesystem::path vit = writeTinyVit(root / "vit");
    std::unique_ptr<Engine> engine{leviMakeEngine()};
    Seen seen;

    RunFixture() { std::filesystem::create_directories(root / "artifacts"); }

    ExperimentSpec spec(const std::string& method, std::uint64_t seed = 0) const {
        ExperimentSpec s;
        s.seed = seed;
        setField(s, "data.kind", "demo_world");
        setField(s, "method.kind", method);
        for (const char* assignment :
             {"data.train_rows=60", "data.eval_rows=60", "train.epochs=2", "train.batch_size=20", "specialist.width=8",
              "specialist.depth=2", "specialist.output_width=6", "specialist_view.resolution=16", "compute.threads=1"})
            setAssignment(s, assignment);
        setField(s, "backbone.path", vit.string());
        return s;
    }

    RunRequest request(ExperimentSpec s) const {
        return {.spec = std::move(s), .cacheFolder = root / "cache", .artifactFolder = root / "artifacts"};
    }

    RunResult run(const RunRequest& r, std::stop_token stop = {}) { return engine->run(r, seen, std::move(stop)); }
    RunResult run(const ExperimentSpec& s) { return run(request(s)); }

    std::filesystem::path artifact(const RunResult& result, const std::string& kind) const {
        for (const ArtifactRecord& record : result.artifacts)
            if (record.kind == kind) return root / "artifacts" / record.path;
        return {};
    }
};

inline ExperimentSpec with(ExperimentSpec spec, const QStringList& assignments) {
    for (const QString& assignment : assignments)
        setAssignment(spec, assignment.toStdString());
    return spec;
}

// The same run on IDX files whose out-of-distribution test labels are moved on by `moved` classes of three; everything
// else is as it was.
inline ExperimentSpec withMovedTestLabels(const RunFixture& f, ExperimentSpec spec, std::uint32_t moved) {
    const auto write = [&](const char* folder, std::uint32_t count, std::uint32_t by) {
        std::string labels = bigEndian32(0x801) + bigEndian32(count);
        for (std::uint32_t i = 0; i < count; ++i)
            labels += static_cast<char>((i + by) % 3);
        for (const char* part : {"train", "t10k"}) {
            writeQuickly(f.root / folder / fmt::format("{}-images-idx3-ubyte", part), idxPictures(count, 12, 12));
            writeQuickly(f.root / folder / fmt::format("{}-labels-idx1-ubyte", part), labels);
        }
        return (f.root / folder).string();
    };
    setField(spec, "data.kind", "idx");
    setField(spec, "data.id_path", write("id", 60, 0));
    setField(spec, "data.ood_path", write("ood", 30, moved));
    return spec;
}

} // namespace levi::test
