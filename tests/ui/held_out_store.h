// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/study_records.h"

#include <filesystem>

namespace levi::test {

// Compares the two names of the store below.
const StudyPlan& heldOutStudy();

// Two names, each a setting for photo and one for sketch held out (two testbeds), with three seeds; ID test has two
// groups.
void fillHeldOutStore(const std::filesystem::path& file);

} // namespace levi::test
