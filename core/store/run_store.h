// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/kept_files.h"
#include "core/store/run_records.h"
#include "core/store/study_records.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

struct Bundle;
struct BundleReport;
struct StoredRun;

// Runs in one SQLite file (WAL), written by several processes at once: short BEGIN IMMEDIATE transactions and a busy
// time-out. One connection: use it on the thread that opened it. Every call throws Error naming the file.
class RunStore {
public:
    enum class Access { Write, Read };

    // Creates the file and its folder where absent (Access::Write). Older schemas are migrated after a backup beside
    // the file (<file>.v<N>.bak), with Access::Read too where the file can be written; a newer one, or a file that is
    // no store, is refused and left as it is.
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

    // Studies. What one states is written once; a seal is opened once, with its reason.
    void createStudy(const StudyPlan& plan, bool sealed = false);
    // name: by which the study knows the setting from now on; "": the run's own. One that a run has there already
    // stays, unless the study compares settings of the new name and none of the old one.
    void assign(std::int64_t run, const std::string& study, const std::string& name = {});
    void unseal(const std::string& study, const std::string& reason);
    void addLook(const std::string& study, const std::string& what); // its test figures were read for that
    std::vector<StudyRecord> studies() const;                        // oldest first
    std::optional<StudyRecord> study(const std::string& name) const;

    // Bundles (run_bundle.h).
    StoredRun storedRun(std::int64_t run) const; // throws Error where a seal hides its figures
    BundleReport bringIn(const Bundle& bundle);  // all or nothing

    // Reading. Test figures of a run that is sealed have no value, and say so; see test_metrics.h. With a rule, the
    // candidate that it picks among those of the run is reported; without one, the run's own pick.
    std::vector<RunSummary> runs(std::optional<CandidateRule> rule = std::nullopt) const; // oldest first
    std::optional<RunSummary> run(std::int64_t id, std::optional<CandidateRule> rule = std::nullopt) const;
    std::vector<CandidateRecord> candidates(std::int64_t run) const;
    std::vector<LogLine> log(std::int64_t run, std::int64_t afterId = 0) const;
    std::vector<ArtifactRecord> artifacts(std::int64_t run) const; // of a sealed run: nothing that holds predictions
    std::map<std::int64_t, KeptFiles> keptFiles() const;           // by run; those without any are left out
    // To derive a run from, and for nothing else: what is derived is as sealed as its parents.
    std::optional<ArtifactRecord> predictionsToDeriveFrom(std::int64_t run) const;
    std::vector<NamedText> environment(std::int64_t run) const;

    // Changes whenever any process has written, and when one dies that has a run: cheap, to poll by.
    std::int64_t version() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// Where the artifacts of a run lie, relative to the store's folder of artifacts.
std::string artifactFolderOf(std::int64_t run);

// $XDG_DATA_HOME/levi/store.sqlite
std::filesystem::path defaultStoreFile();

} // namespace levi
