// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/house/source_file.h"

namespace levi::test {

// A rule of CONTRIBUTING.md that a program can check. `problems` names what breaks it, and is empty for a good file.
struct Rule {
    const char* name;
    QStringList (*problems)(const SourceFile&);
};

const std::vector<Rule>& rules();

} // namespace levi::test
