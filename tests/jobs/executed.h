// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"
#include "core/jobs/engine.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/run_job.h"

#include <chrono>
#include <filesystem>
#include <span>

namespace levi::test {

// Carries runs out on a store, one after the other, with the engine for tests.
inline void execute(const std::filesystem::path& store, std::span<const ExperimentSpec> specs) {
    JobQueue queue;
    for (const ExperimentSpec& spec : specs)
        queue.submit(makeRunJob(spec, {.storeFile = store, .cacheFolder = "cache"}));
    while (!queue.waitIdle(std::chrono::milliseconds(100))) {
    }
}

// A run that ends well with such an accuracy on id_val.
inline RunResult doneWith(double accuracy, const RunRequest& request, RunObserver& observer) {
    observer.evaluated({.epoch = 1, .metrics = {{"id_val", "", "accuracy", accuracy, 10}}});
    writeFileAtomically(request.artifactFolder / "predictions.safetensors", "p");
    return {.pickedIndex = 0,
            .artifacts = {{.kind = "predictions", .path = "predictions.safetensors", .sizeBytes = 1}}};
}

} // namespace levi::test
