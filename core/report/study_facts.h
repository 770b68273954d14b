// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/html_report.h"
#include "core/store/study_records.h"

namespace levi {

// What a study states, whether it is sealed, and when and why its test figures were looked at: for reports and for
// `levi study show`.
FactGroup studyFacts(const StudyRecord& study);

} // namespace levi
