// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command_line.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"
#include "core/store/run_store.h"
#include "ui/spec_draft.h"
#include "ui/widgets/field_text.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace levi {
namespace {

// Relative paths mean another thing in another folder.
ExperimentSpec withWholePaths(ExperimentSpec spec) {
    for (const FieldRow& row : fieldRows(spec)) {
        if (row.info.type != FieldType::Path || !row.value.is_string()) continue;
        const std::filesystem::path path = row.value.get<std::string>();
        if (!path.empty() && path.is_relative() && !path.string().starts_with("resource:"))
            setField(spec, row.path, std::filesystem::absolute(path).string());
    }
    spec.seed = 0; // --seeds says it
    return spec;
}

// What --set has to say to come from `from` to `to`; nothing where it cannot.
std::optional<std::vector<std::string>> assignments(ExperimentSpec from, const ExperimentSpec& to) {
    std::vector<std::string> all;
    const auto assign = [&](const FieldRow& row) {
        if (fieldValue(from, row.path) == row.value) return;
        all.push_back(row.path + "=" + fieldText(row.value).toStdString());
        setAssignment(from, all.back());
    };
    try {
        const std::vector<FieldRow> rows = fieldRows(to);
        for (const FieldRow& row : rows)
            if (row.path.ends_with(".kind")) assign(row);
        for (const FieldRow& row : rows)
            assign(row);
        if (toJson(from, true) != toJson(to, true)) return std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
    return all;
}

std::string ending(const SpecDraft& draft, const std::filesystem::path& storeFile) {
    std::string text = " --seeds " + shellQuoted(draft.seedsText().trimmed().toStdString());
    if (!draft.study().empty()) text += " --study " + shellQuoted(draft.study());
    if (storeFile != defaultStoreFile())
        text += " --store " + shellQuoted(std::filesystem::absolute(storeFile).string());
    return text;
}

} // namespace

std::string shellQuoted(const std::string& text) {
    const auto isPlain = [](unsigned char c) {
        return std::isalnum(c) || std::string_view("_-./:=,+@%").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, isPlain)) return text;
    std::string quoted = "'";
    for (const char c : text)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string commandLine(const SpecDraft& draft, const std::filesystem::path& storeFile) {
    const ExperimentSpec spec = withWholePaths(draft.spec());
    if (draft.saved()) {
        if (const auto sets = assignments(withWholePaths(*draft.saved()), spec)) {
            std::string text = "levi run " + shellQuoted(std::filesystem::absolute(draft.file()).string());
            for (const std::string& assignment : *sets)
                text += " --set " + shellQuoted(assignment);
            return text + ending(draft, storeFile);
        }
    }
    // In a here-document whose end is quoted a shell expands nothing; one line of JSON cannot be that end.
    return "levi run /dev/stdin" + ending(draft, storeFile) + " <<'JSON'\n" + toJson(spec).dump() + "\nJSON";
}

} // namespace levi
