// SPDX-License-Identifier: Apache-2.0
#include "core/spec/spec_docs.h"

#include "core/spec/experiment_spec.h"

#include <fmt/format.h>

namespace levi {
namespace {

std::string cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
        text.replace(at, 1, "\\|");
    return text;
}

std::string tableOf(const FieldTable& fields) {
    if (fields.empty()) return "No fields.\n";
    std::string text = "| field | value | default | what it means |\n| --- | --- | --- | --- |\n";
    for (const Field& field : fields) {
        const FieldInfo& info = field.info;
        const std::string unit = info.unit.empty() ? "" : fmt::format(" ({})", info.unit);
        const std::string fallback = info.required ? "required" : fmt::format("`{}`", info.defaultValue.dump());
        text += fmt::format("| `{}` | {}{} | {} | {}{} |\n", info.key, cell(expectationText(info)), cell(unit),
                            cell(fallback), cell(info.help), info.hashed ? "" : " Not part of the cell.");
    }
    return text;
}

} // namespace

std::string specReference() {
    std::string text =
        "# The spec, field by field\n\n"
        "Made from the field tables; do not edit it by hand. A spec is a JSON object with a key per "
        "section; `--set section.field=value` changes one field on the command line. Fields at their default may be "
        "left out. Relative paths are relative to the spec's file, those of --set to the "
        "current folder.\n";
    const ExperimentSpec spec;
    for (const Section& section : sections()) {
        text += fmt::format("\n## {}{}\n\n{}\n", section.label,
                            section.key.empty() ? " (top level)" : fmt::format(" (`{}`)", section.key), section.help);
        if (!section.kinds) {
            text += "\n" + tableOf(section.fields(spec));
            continue;
        }
        for (const Kind& kind : section.kinds->all())
            text += fmt::format("\n### `\"kind\": \"{}\"`: {}\n\n{}\n\n{}", kind.key, kind.label, kind.help,
                                tableOf(kind.fields));
    }
    return text;
}

} // namespace levi
