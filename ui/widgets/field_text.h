// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/experiment_spec.h"

#include <QString>

namespace levi {

// A field's value as a box takes it and --set reads it: "0.001", "cartoon,sketch".
QString fieldText(const Json& value);

// As people read it: words instead of snake_case, kinds by their label, an empty text as an en dash.
QString spokenValue(const FieldRow& row, const Json& value);
QString spokenChoice(const std::string& path, const std::string& choice);

// What a field means, what it takes and how the command line calls it.
QString fieldToolTip(const FieldRow& row);

} // namespace levi
