// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/json_lines.h"
#include "core/store/stored_run.h"
#include "core/store/study_records.h"

#include <string>

namespace levi {

// Records of a bundle as JSON objects, one a line. Paths of the machine are left out: of a path field of the spec and
// of such words in the environment the last part stays, and the machine's name goes.
nlohmann::ordered_json settingJson(const StoredRun& run); // {"cell", "canonical"}
nlohmann::ordered_json runJson(const StoredRun& run);     // everything but candidates
nlohmann::ordered_json candidateJson(const CandidateRecord& candidate, std::uint64_t seed);
nlohmann::ordered_json studyJson(const StudyRecord& study);

// Read back; what does not fit is an Error that names the line.
StoredRun runAt(const JsonLine& line, const nlohmann::json& json);
CandidateRecord candidateAt(const JsonLine& line, const nlohmann::json& json);
StudyRecord studyAt(const JsonLine& line, const nlohmann::json& json);

} // namespace levi
