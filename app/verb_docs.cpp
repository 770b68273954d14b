// SPDX-License-Identifier: Apache-2.0
#include "app/verbs.h"
#include "core/spec/spec_docs.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace levi {

void addDocsVerb(CLI::App& app, Verb& verb) {
    auto* docs = app.add_subcommand("docs", "Print the reference of all fields of a spec, in Markdown");
    docs->callback([&verb] {
        verb = [] {
            fmt::print("{}", specReference());
            return static_cast<int>(kDone);
        };
    });
}

} // namespace levi
