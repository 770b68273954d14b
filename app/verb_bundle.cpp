// SPDX-License-Identifier: Apache-2.0
#include "app/looks.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/store/domainbed_sweep.h"
#include "core/store/run_bundle.h"
#include "core/store/run_store.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace levi {
namespace {

struct BundleArguments {
    std::filesystem::path store, folder;
    BundleOptions options;
    std::string layout = "bundle";
};

std::string counted(std::size_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string leftOutText(const BundleReport& report) {
    std::string text;
    if (report.sealed > 0) text += fmt::format("; left out: {} that are sealed", report.sealed);
    if (report.unfinished > 0) text += fmt::format("; left out: {} that did not finish", report.unfinished);
    return text;
}

void noteExport(const RunStore& store, const std::string& study) {
    std::vector<RunSummary> shown = store.runs();
    std::erase_if(shown, [&](const RunSummary& run) { return !study.empty() && run.study != study; });
    noteLook(store.file(), shown, "levi export");
}

int exportRuns(const BundleArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    const BundleOptions& options = arguments.options;
    noteExport(store, options.study);
    if (arguments.layout == "domainbed") {
        const int runs = writeDomainBedSweep(store, arguments.folder, options.study);
        fmt::print("{}: {}\n", arguments.folder.string(), counted(static_cast<std::size_t>(runs), "run", "runs"));
        return kDone;
    }
    const BundleReport report = exportBundle(store, arguments.folder, options);
    fmt::print("{}: {}, {}{}\n", arguments.folder.string(), counted(report.runs, "run", "runs"),
               counted(report.studies.size(), "study", "studies"), leftOutText(report));
    return kDone;
}

int importRuns(const BundleArguments& arguments) {
    RunStore store(arguments.store);
    const BundleReport report = importBundle(store, arguments.folder);
    fmt::print("{}: {} brought in, {} known already, {}{}\n", store.file().string(),
               counted(report.runs, "run", "runs"), report.known, counted(report.studies.size(), "study", "studies"),
               report.withoutParents > 0
                   ? fmt::format("; {} made from runs that are neither there nor in the bundle", report.withoutParents)
                   : "");
    return kDone;
}

} // namespace

void addExportVerb(CLI::App& app, Verb& verb) {
    auto* exportVerb =
        app.add_subcommand("export", "Write finished runs as a bundle: text that diffs well, no weights");
    auto arguments = std::make_shared<BundleArguments>();
    exportVerb->add_option("--out", arguments->folder, "Folder: absent, empty, or a bundle that is replaced")
        ->required();
    addStoreOption(*exportVerb, arguments->store);
    exportVerb->add_option("--study", arguments->options.study, "Only the runs of this study");
    exportVerb
        ->add_option("--layout", arguments->layout,
                     "bundle; or domainbed: a sweep that `levi select` and DomainBed's own program read")
        ->check(CLI::IsMember({"bundle", "domainbed"}));
    exportVerb->add_flag("--domain-metrics", arguments->options.domainMetrics,
                         "Figures by domain and class shares of every candidate, not of the picked one alone");
    exportVerb->callback([arguments, &verb] { verb = [arguments] { return exportRuns(*arguments); }; });
}

void addImportVerb(CLI::App& app, Verb& verb) {
    auto* importVerb = app.add_subcommand("import", "Bring the runs of a bundle into a store, where it lacks them");
    auto arguments = std::make_shared<BundleArguments>();
    importVerb->add_option("DIR", arguments->folder, "The bundle")->required();
    addStoreOption(*importVerb, arguments->store);
    importVerb->callback([arguments, &verb] { verb = [arguments] { return importRuns(*arguments); }; });
}

} // namespace levi
