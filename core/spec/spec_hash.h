// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"

#include <map>
#include <string>
#include <vector>

namespace levi {

// What only the engine knows, by path of the field: content fingerprints instead of paths ("data.path" -> "…"), taps as
// numbers ("method.taps" -> "8-12"). For a derived method, "method.parents" -> the parents' cell keys.
using ResolvedFacts = std::map<std::string, std::string>;

// The resolved spec, one "path=value" line per field that applies, is hashed and does not stand at its default, sorted.
// A path field without a fact is taken as written. Two specs with the same text are one cell.
std::string canonicalText(const ExperimentSpec& spec, const ResolvedFacts& facts);

// 16 hex digits of canonicalText(): runs that share it differ only by seed.
std::string cellKey(const ExperimentSpec& spec, const ResolvedFacts& facts);

// The fields in which two specs differ, in the order of the form. A field that one of them lacks shows as "–", and only
// where the other one changed it.
struct SpecDifference {
    std::string path, label, a, b;
};
std::vector<SpecDifference> differences(const ExperimentSpec& a, const ExperimentSpec& b);

} // namespace levi
