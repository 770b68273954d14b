// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/invalid_spec.h"
#include "app/verb_wilds.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/report/escape.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <system_error>

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 failed, 2 invalid spec or usage, 130 cancelled.\n"
    "Without --store: $XDG_DATA_HOME/levi/store.sqlite; features are cached in $XDG_CACHE_HOME/levi.";

void say(const std::string& sentence) {
    fmt::print(stderr, "levi: {}\n", levi::cleanBlock(sentence));
}

void addVerbs(CLI::App& app, levi::Verb& verb) {
    using namespace levi;
    for (const auto add :
         {addDemoVerb,    addRunVerb,     addSweepVerb,        addRunsVerb,       addShowVerb,   addTableVerb,
          addCompareVerb, addReportVerb,  addExportVerb,       addImportVerb,     addSelectVerb, addStudyVerb,
          addPredictVerb, addInspectVerb, addGoldenVerb,       addPreprocessVerb, addBenchVerb,  addTokenizeVerb,
          addDoctorVerb,  addDocsVerb,    addPretrainDemoVerb, addWildsVerb,      addWorkerVerb})
        add(app, verb);
}

// A word that stands where a verb should, and is none; "" where all is well or CLI11 says it better.
std::string unknownVerb(const CLI::App& app, int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word.starts_with('-')) continue;
        const auto isNamed = [&word](const CLI::App* verb) { return verb->get_name() == word; };
        return app.get_subcommands(isNamed).empty() ? word : "";
    }
    return {};
}

// What was printed may still lie in a buffer: a full disk is found out here.
void finishOutput() {
    if (std::fflush(stdout) != 0)
        throw levi::Error("cannot write the output: {}", std::generic_category().message(errno));
    if (std::ferror(stdout) != 0) // of a flush on the way: why is lost
        throw levi::Error("cannot write all of the output; is there room left where it goes?");
}

// The place that turns an exception into words and a code.
int carryOut(const levi::Verb& verb) {
    try {
        const int code = verb();
        finishOutput();
        return code == levi::kDone && levi::interrupts() > 0 ? levi::kCancelled : code;
    } catch (const levi::InvalidSpec& invalid) {
        fmt::print(stderr, "{}", levi::cleanBlock(invalid.what()));
        return levi::kInvalid;
    } catch (const std::exception& error) {
        say(error.what());
        return levi::interrupts() > 0 ? levi::kCancelled : levi::kFailed;
    }
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Layer-wise ensembles of a pretrained backbone and a small specialist, judged in and out of distribution.",
        "levi");
    app.set_version_flag("--version", LEVI_VERSION);
    app.footer(kFooter);
    app.require_subcommand(1);
    app.fallthrough();
    bool verbose = false;
    app.add_flag("--verbose", verbose, "Write the program's log to stderr");
    levi::Verb verb;
    addVerbs(app, verb);
    if (const std::string word = unknownVerb(app, argc, argv); !word.empty()) {
        say(fmt::format("found no verb '{}'; `levi --help` lists those there are", word));
        return levi::kInvalid;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? levi::kDone : levi::kInvalid;
    }
    levi::log().set_level(verbose ? spdlog::level::info : spdlog::level::warn);
    levi::catchInterrupts();
    return carryOut(verb);
}
