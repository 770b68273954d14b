// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/margin_option.h"
#include "app/named_study.h"
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/report/escape.h"
#include "core/report/metric_style.h"
#include "core/report/result_rows.h"
#include "core/report/study_facts.h"
#include "core/store/run_store.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>
#include <string_view>
#include <vector>

namespace levi {
namespace {

struct StudyArguments {
    std::filesystem::path store;
    StudyPlan plan;
    std::vector<std::string> family, exploratory;
    std::string rule = "id_val", endpoint = nameOf(Endpoint::EveryRole), seeds, reason;
    bool sealed = false, json = false;
};
using SharedArguments = std::shared_ptr<StudyArguments>;

StudyComparison comparisonOf(const std::string& text) {
    constexpr std::string_view between = " vs ";
    const auto at = text.find(between);
    if (at == std::string::npos || at == 0 || at + between.size() == text.size())
        throw Error("'{}': expected \"CANDIDATE vs BASELINE\", names or first digits of cells", text);
    return {.candidate = text.substr(0, at), .baseline = text.substr(at + between.size())};
}

Json studyJson(const StudyRecord& study) {
    const StudyPlan& plan = study.plan;
    Json family = Json::array(), looks = Json::array();
    for (const StudyComparison& pair : plan.family)
        family.push_back(
            {{"candidate", pair.candidate}, {"baseline", pair.baseline}, {"exploratory", pair.isExploratory}});
    for (const LookRecord& look : study.looks)
        looks.push_back({{"time", look.unixSeconds}, {"kind", look.kind}, {"text", look.text}});
    return {{"study", plan.name},
            {"question", plan.question},
            {"family", std::move(family)},
            {"endpoint", nameOf(plan.endpoint)},
            {"metric", plan.metric},
            {"rule", nameOf(plan.rule)},
            {"oracle", isOracle(plan.rule)},
            {"seeds", plan.seeds},
            {"margin", plan.margin ? Json(*plan.margin) : Json(nullptr)},
            {"created", study.createdUnixSeconds},
            {"sealed", study.sealed},
            {"unsealed", study.unsealedUnixSeconds ? Json(*study.unsealedUnixSeconds) : Json(nullptr)},
            {"unsealed_reason", study.unsealedReason},
            {"runs", study.runs},
            {"older_runs", study.olderRuns},
            {"repeated_runs", study.repeatedRuns},
            {"looks", std::move(looks)}};
}

StudyRecord studyNamed(const RunStore& store, const std::string& name) {
    if (auto study = store.study(name)) return *study;
    throw Error("{}: has no study '{}'; `levi study list` names them", store.file().string(), name);
}

void print(const StudyRecord& study, bool json) {
    if (json) return printJson(studyJson(study), 2);
    const FactGroup group = studyFacts(study);
    fmt::print("{}\n", cleanLine(group.title));
    for (const NamedFact& fact : group.facts)
        fmt::print("{:<26} {}\n", fact.name, cleanLine(fact.value));
    for (const LookRecord& look : study.looks)
        fmt::print("{:<26} {}\n", look.kind, cleanLine(look.text));
}

// What is not stated is free to be chosen after the runs, so that the answer is worth less.
void tellOfGaps(const StudyPlan& plan) {
    std::vector<const char*> gaps;
    if (plan.question.empty()) gaps.push_back("question (--question)");
    if (plan.comparisons(false).empty()) gaps.push_back("comparison (--family)");
    if (plan.seeds.empty()) gaps.push_back("seeds (--seeds)");
    if (!gaps.empty())
        fmt::print(stderr, "levi: study '{}' states no {}; nothing is added to it later\n", cleanLine(plan.name),
                   fmt::join(gaps, ", no "));
}

int newStudy(const StudyArguments& arguments) {
    StudyPlan plan = arguments.plan;
    plan.rule = candidateRuleNamed(arguments.rule);
    plan.endpoint = endpointNamed(arguments.endpoint);
    if (!arguments.seeds.empty()) plan.seeds = parseSeeds(arguments.seeds);
    for (const std::string& text : arguments.family)
        plan.family.push_back(comparisonOf(text));
    for (const std::string& text : arguments.exploratory) {
        plan.family.push_back(comparisonOf(text));
        plan.family.back().isExploratory = true;
    }
    tellOfGaps(plan);
    RunStore store(arguments.store);
    store.createStudy(plan, arguments.sealed);
    print(studyNamed(store, plan.name), arguments.json);
    return kDone;
}

int listStudies(const StudyArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    Json all = Json::array();
    Table table;
    table.columns = {{"study"}, {"runs", Align::Right}, {"seal"}, {"rule"}, {"seeds"}, {"question"}};
    for (const StudyRecord& study : store.studies()) {
        all.push_back(studyJson(study));
        table.rows.push_back({textCell(study.plan.name), integerCell(study.runs),
                              textCell(study.sealed                ? "sealed"
                                       : study.unsealedUnixSeconds ? "unsealed"
                                                                   : "open"),
                              textCell(ruleText(study.plan.rule)), textCell(seedsText(study.plan.seeds)),
                              textCell(study.plan.question)});
    }
    if (arguments.json)
        printJson(all);
    else
        fmt::print("{}", toPlainText(table));
    return kDone;
}

int showStudy(const StudyArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    print(studyNamed(store, arguments.plan.name), arguments.json);
    return kDone;
}

int unsealStudy(const StudyArguments& arguments) {
    RunStore store(arguments.store);
    store.unseal(arguments.plan.name, arguments.reason);
    print(studyNamed(store, arguments.plan.name), arguments.json);
    return kDone;
}

struct Part {
    CLI::App* app;
    SharedArguments arguments;
};

// A verb below `study`, with what all of them have.
Part addPart(CLI::App& study, const char* name, const char* help, bool named) {
    Part part{.app = study.add_subcommand(name, help), .arguments = std::make_shared<StudyArguments>()};
    if (named) part.app->add_option("NAME", part.arguments->plan.name, "Of the study")->required();
    addStoreOption(*part.app, part.arguments->store);
    part.app->add_flag("--json", part.arguments->json, "As JSON");
    return part;
}

void carryOut(const Part& part, Verb& verb, int (*work)(const StudyArguments&)) {
    part.app->callback(
        [arguments = part.arguments, &verb, work] { verb = [arguments, work] { return work(*arguments); }; });
}

void addNew(CLI::App& study, Verb& verb) {
    const Part part = addPart(study, "new", "State a study before its runs; what it states is not changed later", true);
    StudyArguments& arguments = *part.arguments;
    part.app->add_option("--question", arguments.plan.question, "What it shall answer");
    part.app
        ->add_option("--family", arguments.family,
                     "A comparison, \"CANDIDATE vs BASELINE\": names or first digits of cells (repeatable)")
        ->allow_extra_args(false)
        ->check(checkedBy(comparisonOf));
    part.app
        ->add_option("--exploratory", arguments.exploratory,
                     "A comparison that is shown and decides nothing: it does not count for the others (repeatable)")
        ->allow_extra_args(false)
        ->check(checkedBy(comparisonOf));
    part.app
        ->add_option("--endpoint", arguments.endpoint,
                     "What a comparison is judged on: every_role, a test each; or ood_mean, the mean over the OOD "
                     "domains")
        ->check(CLI::IsMember(endpointNames()))
        ->capture_default_str();
    part.app
        ->add_option("--metric", arguments.plan.metric, "That it is judged by; give rmse where numbers are predicted")
        ->check(CLI::IsMember(metricKeys()))
        ->capture_default_str();
    part.app->add_option("--rule", arguments.rule, "That picks a run's candidate")
        ->check(CLI::IsMember(candidateRuleNames()))
        ->capture_default_str();
    part.app->add_option("--seeds", arguments.seeds, "0..5, or 0,2")->check(checkedBy(parseSeeds));
    addMarginOption(*part.app, arguments.plan.margin,
                    "Differences within it are practically nothing; as stored: 0.01 of accuracy is one point");
    part.app->add_flag("--sealed", arguments.sealed, "No test figure of its runs is shown until it is unsealed");
    carryOut(part, verb, newStudy);
}

} // namespace

void addStudyVerb(CLI::App& app, Verb& verb) {
    auto* study = app.add_subcommand("study", "Studies: what is stated before its runs, and the seal on test figures");
    study->require_subcommand(1);
    addNew(*study, verb);
    carryOut(addPart(*study, "list", "The studies of a store", false), verb, listStudies);
    carryOut(addPart(*study, "show", "What a study states, and each look at its test figures", true), verb, showStudy);
    const Part unseal = addPart(*study, "unseal", "Show the test figures from now on; time and reason are kept", true);
    addNamedStudies(*study, verb);
    unseal.app->add_option("--reason", unseal.arguments->reason, "Printed in reports")->required();
    carryOut(unseal, verb, unsealStudy);
}

} // namespace levi
