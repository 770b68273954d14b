// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/results_view.h"

#include <QString>

#include <vector>

namespace levi {

// The fields in which two settings differ, as rich text; how to choose two where it is not two.
QString whatDiffersHtml(const std::vector<const CellView*>& chosen);

} // namespace levi
