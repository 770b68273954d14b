// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_records.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// Runs in one SQLite file (WAL), written by several processes at once: short BEGIN IMMEDIATE transactions and a busy
// time-out. One connection: use it on the thread that opened it. Every call throws Error naming the file.
class RunStore {
public:
    enum class Access { Write, Read };

    // Creates the file and its folder where absent (Access::Write). Older schemas are migrated after a backup beside
    // the file (<file>.v<N>.bak); a newer one, or a file that is no store, is refused and left as it is.
    explicit RunStore(std::filesystem::path file, Access access = Access::Write);
    ~RunStore();
    RunStore(RunStore&&) noexcept;
    RunStore& operator=(RunStore&&) noexcept;

    const std::filesystem::path& file() const;
    std::filesystem::path artifactFolder() const; // "<file>.artifacts", made on first use

    // Writing. A run belongs to the process that began it (pid, its start time, boot id): once that process is gone,
    // the run reads as Interrupted, at once.
    std::int64_t beginRun(const NewRun& run); // before anything is read, so that what fails there is seen
    void resolveRun(std::int64_t run, const ResolvedRun& resolved);
    std::int64_t addCandidate(std::int64_t run,
                              const CandidateRecord& candidate); // its id; all metrics in one transaction
    void addLog(std::int64_t run, const std::vector<LogLine>& lines);
    void addArtifact(std::int64_t run, const ArtifactRecord& artifact);
    void endRun(std::int64_t run, const RunEnd& end); // refuses a run that has ended
    // With its candidates, log and artifact files. Refuses a run that is running, and a parent of another run.
    void discardRun(std::int64_t run);

    // Reading. Where a run belongs to a study that is sealed, test metrics are left out.
    std::vector<RunSummary> runs() const; // oldest first
    std::optional<RunSummary> run(std::int64_t id) const;
    std::vector<CandidateRecord> candidates(std::int64_t run) const;
    std::vector<LogLine> log(std::int64_t run, std::int64_t afterId = 0) const;
    std::vector<ArtifactRecord> artifacts(std::int64_t run) const;
    std::vector<NamedText> environment(std::int64_t run) const;

    // Changes whenever any process has written, and when one dies that has a run: cheap, to poll by.
    std::int64_t version() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// $XDG_DATA_HOME/levi/store.sqlite
std::filesystem::path defaultStoreFile();

} // namespace levi
