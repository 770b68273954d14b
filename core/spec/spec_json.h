// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/validate.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace levi {

// A field's value as people read it: texts as they are, lists by `between`, an empty list as `none`.
std::string spokenText(const Json& value, const std::string& between, const std::string& none);

// The spec as JSON, sections in the order of the form. Fields at their default are left out unless `withDefaults`;
// sections and fields that do not apply are kept where they were changed, so that nothing a user typed is lost.
Json toJson(const ExperimentSpec& spec, bool withDefaults = false);

struct SpecRead {
    ExperimentSpec spec;
    std::vector<Problem> problems; // unknown sections and fields, wrong types; not what validate() finds
};

SpecRead specFromJson(const Json& json);

// Lays `json` over the spec that was read so far: what it names is set, the rest stays. Another kind of a section keeps
// the fields that both kinds share.
void layOver(SpecRead& read, const Json& json);

// From text that may be hostile: size, depth and duplicate keys are checked. Throws Error only where it is no JSON
// object.
SpecRead specFromText(std::string_view text);

// JSON that may be hostile, with the same checks. Throws Error.
Json parseStrictly(std::string_view text);

// Of a spec's text in a store, which may hold anything: what parseStrictly() makes of it, null where it throws.
Json storedJson(std::string_view text);

// Reads a spec file; relative paths in it are relative to its folder. Throws Error where it is unreadable or no JSON
// object.
SpecRead readSpec(const std::filesystem::path& file);

// Relative paths in the spec become absolute, from `folder`.
void makePathsAbsolute(ExperimentSpec& spec, const std::filesystem::path& folder);

} // namespace levi
