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

constexpr Migration kMigrations[] = {{1, kVersion1}};

} // namespace

std::span<const Migration> storeMigrations() {
    return kMigrations;
}

} // namespace levi
