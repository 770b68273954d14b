// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/parents.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/cell_prefix.h"
#include "core/spec/spec_json.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace levi {

std::vector<RunSummary> runsNamed(const std::vector<RunSummary>& runs, const std::string& name) {
    std::vector<RunSummary> found;
    for (const auto which : {&RunSummary::name, &RunSummary::nameInStudy})
        if (found.empty())
            std::ranges::copy_if(runs, std::back_inserter(found),
                                 [&](const RunSummary& run) { return run.*which == name; });
    return found;
}

namespace {

// What `parent` means: runs of that name; where there are none, runs that a study knows by it, then those whose cell
// begins so.
std::vector<RunSummary> runsMeant(const std::vector<RunSummary>& runs, const std::string& parent) {
    std::vector<RunSummary> found = runsNamed(runs, parent);
    if (found.empty())
        std::ranges::copy_if(runs, std::back_inserter(found),
                             [&](const RunSummary& run) { return isCellPrefix(parent, run.cell); });
    return found;
}

std::string namesText(const std::vector<RunSummary>& runs) {
    std::map<std::string, int> names;
    for (const RunSummary& run : runs)
        ++names[run.name];
    std::string text;
    for (const auto& [name, count] : names)
        text += (text.empty() ? "'" : ", '") + name + "'";
    return text.empty() ? "no runs at all" : text;
}

RunSummary findParent(const std::vector<RunSummary>& runs, const std::string& parent, std::uint64_t seed) {
    auto meant = runsMeant(runs, parent);
    if (meant.empty())
        throw Error("parent '{}': found no run of that name or cell; the store has {}", parent, namesText(runs));
    std::erase_if(meant, [&](const RunSummary& run) { return run.seed != seed; });
    if (meant.empty()) throw Error("parent '{}': has no run of seed {}; run it first", parent, seed);
    const RunSummary last = meant.back();
    std::erase_if(meant, [](const RunSummary& run) { return run.state != RunState::Done; });
    if (meant.empty())
        throw Error("parent '{}': run {} of seed {} is {}, expected a finished one", parent, last.id, seed,
                    nameOf(last.state));
    for (const RunSummary& run : meant)
        if (run.cell != meant.back().cell)
            throw Error("parent '{}': is ambiguous, it names the cells {} and {} (among others, perhaps); name one of "
                        "them by the first digits of its key",
                        parent, meant.back().cell, run.cell);
    return meant.back(); // the newest of runs that are equal
}

std::string artifactFile(const RunStore& store, std::int64_t run, const std::string& kind) {
    const auto artifacts = store.artifacts(run);
    const auto found = std::ranges::find(artifacts, kind, &ArtifactRecord::kind);
    return found == artifacts.end() ? std::string() : (store.artifactFolder() / found->path).string();
}

ParentRun parentRun(const RunStore& store, const RunSummary& run) {
    ParentRun parent{.id = run.id,
                     .name = run.name,
                     .weightsFile = artifactFile(store, run.id, "weights"),
                     .startFile = artifactFile(store, run.id, "start"),
                     .spec = specFromText(run.specJson).spec};
    const auto predictions = store.predictionsToDeriveFrom(run.id);
    if (!predictions) throw Error("run {} ('{}'): kept no predictions, expected some to build on", run.id, run.name);
    parent.predictionsFile = store.artifactFolder() / predictions->path;
    for (const NamedText& text : store.environment(run.id))
        if (text.name == "weights_fingerprint")
            parent.weightsFingerprint = text.text;
        else if (text.name == "data_fingerprint")
            parent.dataFingerprint = text.text;
    return parent;
}

// Oldest first. A run's parents are older than it is, so this ends.
void addBackboneChain(std::vector<ParentRun>& chain, const RunStore& store, const RunSummary& run) {
    ParentRun own = parentRun(store, run);
    if (!trainsBackbone(own.spec))
        throw Error("backbone.from_run: run {} ('{}') left its backbone as it was; expected a run that trains it",
                    run.id, run.name);
    for (const std::int64_t id : run.parents) {
        const auto parent = id < run.id ? store.run(id) : std::nullopt;
        if (!parent) throw Error("run {} ('{}'): its parent {} is not in the store", run.id, run.name, id);
        addBackboneChain(chain, store, *parent);
    }
    chain.push_back(std::move(own));
}

bool isDerived(const ExperimentSpec& spec) {
    return spec.method.kind().method.isDerived;
}

} // namespace

std::vector<ParentWish> parentWishes(const ExperimentSpec& spec) {
    if (!isDerived(spec) && spec.method.kind().method.usesBackbone) {
        const std::string fromRun = backboneOptions(spec).fromRun;
        if (!fromRun.empty()) return {{fromRun, spec.seed}};
    }
    std::vector<std::string> names;
    std::uint64_t members = 1;
    for (const FieldRow& row : fieldRows(spec, section("method"))) {
        if (row.path == "method.parents") names = row.value.get<std::vector<std::string>>();
        if (row.path == "method.members") members = row.value.get<std::uint64_t>();
    }
    std::vector<ParentWish> wishes;
    for (const std::string& name : names)
        for (std::uint64_t member = 0; member < members; ++member)
            wishes.push_back({name, spec.seed * members + member});
    return wishes;
}

ResolvedFacts parentFacts(const ExperimentSpec& spec, const std::vector<RunSummary>& parents) {
    if (parents.empty()) return {};
    std::vector<std::string> cells;
    for (const RunSummary& parent : parents)
        cells.push_back(parent.cell);
    std::ranges::sort(cells);
    return {{isDerived(spec) ? "method.parents" : "backbone.from_run", fmt::format("{}", fmt::join(cells, ","))}};
}

std::vector<ParentRun> parentRuns(const RunStore& store, const ExperimentSpec& spec,
                                  const std::vector<RunSummary>& parents) {
    std::vector<ParentRun> runs;
    for (const RunSummary& parent : parents)
        if (isDerived(spec))
            runs.push_back(parentRun(store, parent));
        else
            addBackboneChain(runs, store, parent);
    return runs;
}

std::vector<ParentRun> parentRuns(const RunStore& store, const RunSummary& run) {
    std::vector<RunSummary> parents;
    for (const std::int64_t id : run.parents)
        if (auto parent = store.run(id)) parents.push_back(std::move(*parent));
    return parentRuns(store, specFromText(run.specJson).spec, parents);
}

std::vector<RunSummary> findParents(const RunStore& store, const std::vector<ParentWish>& wishes) {
    if (wishes.empty()) return {};
    const auto runs = store.runs();
    std::vector<RunSummary> found;
    for (const auto& [name, seed] : wishes)
        found.push_back(findParent(runs, name, seed));
    return found;
}

} // namespace levi
