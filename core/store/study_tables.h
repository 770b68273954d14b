// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/study_records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace levi {

// Studies in the store. Inside a transaction of the caller; throws Error for what cannot be, SQLite::Exception else.
std::int64_t insertStudy(SQLite::Database& database, const StudyPlan& plan, bool sealed);
std::vector<StudyRecord> readStudies(SQLite::Database& database); // oldest first
std::int64_t studyNamed(SQLite::Database& database, const std::string& name);

// What keeps the test figures of a run hidden.
struct Seal {
    std::string study;
    bool coversEveryRole = false; // rows that are test rows in the study may be validation rows in this run

    bool hides(const std::string& role) const;
};

// That of a sealed study which the run belongs to, one that it is derived from, or an earlier one with the same
// figures: of the same cell and seed, or of the same weights. While the weights of one of two runs of a method, seed
// and kind of data are not known, they may be the same.
std::optional<Seal> sealOf(SQLite::Database& database, std::int64_t run);

// Refuses what would make a seal say less than it promises: a run leaving a sealed study, and one entering it whose
// test figures have been open. name: see RunStore::assign().
void moveRun(SQLite::Database& database, std::int64_t run, const std::string& study, const std::string& name);

void openSeal(SQLite::Database& database, const std::string& study, const std::string& reason);
void insertLook(SQLite::Database& database, std::int64_t study, const LookRecord& look);

} // namespace levi
