// SPDX-License-Identifier: Apache-2.0
#include "core/store/schema.h"

namespace levi {
namespace {

// metric and test_metric are two tables, so that nothing reads a test figure by accident: see test_metrics.h. Ids are
// never used twice (AUTOINCREMENT): artifact folders are named after them. Unsigned 64-bit numbers lie here as the
// signed ones with the same bits. Times are seconds since 1970.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE study(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  created REAL NOT NULL,
  sealed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE cell(
  key TEXT PRIMARY KEY,
  canonical TEXT NOT NULL);
CREATE TABLE run(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study INTEGER REFERENCES study(id),
  cell TEXT NOT NULL REFERENCES cell(key),
  name TEXT NOT NULL,
  method TEXT NOT NULL,
  taps TEXT NOT NULL,
  seed INTEGER NOT NULL,
  spec TEXT NOT NULL,
  state TEXT NOT NULL,
  message TEXT NOT NULL DEFAULT '',
  started REAL NOT NULL,
  seconds REAL NOT NULL DEFAULT 0,
  backbone_samples INTEGER NOT NULL DEFAULT 0,
  weights_sha256 TEXT NOT NULL DEFAULT '',
  predictions_sha256 TEXT NOT NULL DEFAULT '',
  trainable_parameters INTEGER NOT NULL DEFAULT 0,
  peak_memory_bytes INTEGER NOT NULL DEFAULT 0,
  picked INTEGER REFERENCES candidate(id) ON DELETE SET NULL,
  owner_pid INTEGER NOT NULL,
  owner_start INTEGER NOT NULL,
  owner_boot TEXT NOT NULL);
CREATE INDEX run_cell ON run(cell);
CREATE INDEX run_running ON run(id) WHERE state = 'running';
CREATE TABLE run_parent(
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  parent INTEGER NOT NULL REFERENCES run(id),
  PRIMARY KEY(run, position)) WITHOUT ROWID;
CREATE INDEX run_parent_parent ON run_parent(parent);
CREATE TABLE candidate(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  train_loss REAL,
  seconds REAL NOT NULL);
CREATE INDEX candidate_run ON candidate(run);
CREATE TABLE metric(
  id INTEGER PRIMARY KEY,
  candidate INTEGER NOT NULL REFERENCES candidate(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  domain TEXT NOT NULL,
  metric TEXT NOT NULL,
  value REAL,
  count INTEGER NOT NULL);
CREATE INDEX metric_candidate ON metric(candidate);
CREATE TABLE test_metric(
  id INTEGER PRIMARY KEY,
  candidate INTEGER NOT NULL REFERENCES candidate(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  domain TEXT NOT NULL,
  metric TEXT NOT NULL,
  value REAL,
  count INTEGER NOT NULL);
CREATE INDEX test_metric_candidate ON test_metric(candidate);
CREATE TABLE artifact(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL);
CREATE INDEX artifact_run ON artifact(run);
CREATE TABLE log(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  time REAL NOT NULL,
  level TEXT NOT NULL,
  text TEXT NOT NULL);
CREATE INDEX log_run ON log(run);
CREATE TABLE environment(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  text TEXT NOT NULL);
CREATE INDEX environment_run ON environment(run);
)sql";

// What a study states before its runs, the log of its test figures, and what a run costs. A cost that nobody measured
// is NULL.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE study ADD COLUMN question TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN metric TEXT NOT NULL DEFAULT 'accuracy';
ALTER TABLE study ADD COLUMN rule TEXT NOT NULL DEFAULT 'id_val';
ALTER TABLE study ADD COLUMN seeds TEXT NOT NULL DEFAULT '';
ALTER TABLE study ADD COLUMN margin REAL;
ALTER TABLE study ADD COLUMN unsealed REAL;
ALTER TABLE study ADD COLUMN unsealed_reason TEXT NOT NULL DEFAULT '';
CREATE TABLE study_comparison(
  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  candidate TEXT NOT NULL,
  baseline TEXT NOT NULL,
  PRIMARY KEY(study, position)) WITHOUT ROWID;
CREATE TABLE look(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  study INTEGER NOT NULL REFERENCES study(id) ON DELETE CASCADE,
  time REAL NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL);
CREATE INDEX look_study ON look(study);
CREATE INDEX run_study ON run(study);
ALTER TABLE run ADD COLUMN training_flops REAL;
ALTER TABLE run ADD COLUMN inference_flops_per_sample REAL;
ALTER TABLE run ADD COLUMN inference_seconds_per_sample REAL;
ALTER TABLE run ADD COLUMN inference_peak_bytes REAL;
ALTER TABLE run ADD COLUMN backbone_flops_per_sample REAL;
ALTER TABLE run ADD COLUMN backbone_seconds_per_sample REAL;
ALTER TABLE run ADD COLUMN backbone_peak_bytes REAL;
ALTER TABLE run ADD COLUMN tuning_trials REAL;
)sql";

// What a comparison is judged on, and which of them decide nothing.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE study ADD COLUMN endpoint TEXT NOT NULL DEFAULT 'every_role';
ALTER TABLE study_comparison ADD COLUMN exploratory INTEGER NOT NULL DEFAULT 0;
)sql";

// Runs of equal weights have equal figures: see sealOf().
constexpr const char* kVersion4 = R"sql(
CREATE INDEX run_weights ON run(weights_sha256) WHERE weights_sha256 <> '';
)sql";

// How its study knows the setting of a run that it took over; '': by the run's own name.
constexpr const char* kVersion5 = R"sql(
ALTER TABLE run ADD COLUMN name_in_study TEXT NOT NULL DEFAULT '';
)sql";

// Of every candidate, not of the picked one alone: another pick shows the figures of another epoch.
constexpr const char* kVersion6 = R"sql(
ALTER TABLE candidate ADD COLUMN weights_sha256 TEXT NOT NULL DEFAULT '';
UPDATE candidate SET weights_sha256 = (SELECT run.weights_sha256 FROM run WHERE run.id = candidate.run)
  WHERE EXISTS (SELECT 1 FROM run WHERE run.id = candidate.run AND run.picked = candidate.id);
DROP INDEX run_weights;
CREATE INDEX candidate_weights ON candidate(weights_sha256) WHERE weights_sha256 <> '';
)sql";

constexpr Migration kMigrations[] = {{1, kVersion1}, {2, kVersion2}, {3, kVersion3},
                                     {4, kVersion4}, {5, kVersion5}, {6, kVersion6}};

} // namespace

std::span<const Migration> storeMigrations() {
    return kMigrations;
}

} // namespace levi
