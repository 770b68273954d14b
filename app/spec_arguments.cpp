// SPDX-License-Identifier: Apache-2.0
#include "app/spec_arguments.h"

#include "app/checked_by.h"
#include "app/interrupt.h"
#include "app/invalid_spec.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/spec/spec_json.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <set>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAtOnce = 64;

void applyAssignments(ExperimentSpec& spec, const std::vector<std::string>& assignments,
                      std::vector<Problem>& problems) {
    const ExperimentSpec before = spec;
    for (const std::string& assignment : assignments) {
        const std::string path = assignment.substr(0, assignment.find('='));
        std::erase_if(problems, [&](const Problem& problem) { return problem.path == path; }); // the file's is replaced
        try {
            setAssignment(spec, assignment);
        } catch (const Error& error) {
            const std::string sentence = error.what(), prefix = path + ": ";
            problems.push_back({path, sentence.starts_with(prefix) ? sentence.substr(prefix.size()) : sentence});
        }
    }
    followUsual(spec, before, [&](const std::string& path) {
        return std::ranges::any_of(assignments, [&](const auto& one) { return one.starts_with(path + "="); });
    });
}

// A field that could not be read has its old value, which says nothing more.
void addProblems(std::vector<Problem>& problems, const std::vector<Problem>& more) {
    const std::vector<Problem> before = problems;
    for (const Problem& problem : more)
        if (std::ranges::find(before, problem.path, &Problem::path) == before.end()) problems.push_back(problem);
}

std::string sectionOf(const std::string& path) {
    return path.substr(0, path.find('.'));
}

// What files and devices lack without a look at the data.
bool standsWithoutData(const std::string& path) {
    return sectionOf(path) == "backbone" || sectionOf(path) == "compute" || path == "train.precision" ||
           path == "method.taps";
}

// Of files and devices. They are looked into beside wrong fields too, so that all is said at once; but a section with a
// wrong field says nothing of its files, wrong data nothing of what hangs on them, and where a kind is wrong nothing
// says anything.
void addEngineProblems(SpecRead& read) {
    const bool isLost = std::ranges::any_of(read.problems, [](const Problem& problem) {
        return problem.path.ends_with(".kind") || problem.path.find('.') == std::string::npos;
    });
    if (isLost) return;
    std::set<std::string> wrong;
    for (const Problem& problem : read.problems)
        wrong.insert(sectionOf(problem.path));
    const StopOnInterrupt stop;
    for (Problem& problem : engine().problems(read.spec, stop.token()))
        if (!wrong.contains(sectionOf(problem.path)) && (!wrong.contains("data") || standsWithoutData(problem.path)))
            read.problems.push_back(std::move(problem));
}

SpecRead readSpecFile(const fs::path& file) {
    try {
        return readSpec(file);
    } catch (const Error& error) {
        throw InvalidSpec(file.string(), {{"", error.what()}});
    }
}

} // namespace

void addSpecArguments(CLI::App& verb, SpecArguments& arguments) {
    verb.add_option("--set", arguments.assignments,
                    "Set a field of the spec: KEY=VALUE, such as method.taps=8-12 (repeatable; lists by comma)")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    verb.add_option("--seeds", arguments.seeds, "Seeds: 0..5, or 0,2, or 3 for seed 3 alone")
        ->check(checkedBy(parseSeeds));
    auto* atOnce = verb.add_option("--at-once", arguments.atOnce,
                                   "Runs beside each other on a device, each in a process of its own; where "
                                   "compute.threads is 0 they share the cores out");
    atOnce->check(CLI::Range(1, kMostAtOnce));
    if (arguments.atOnce > 0) atOnce->capture_default_str();
}

ExperimentSpec validSpec(const fs::path& file, const std::vector<std::string>& assignments) {
    SpecRead read = readSpecFile(file);
    if (std::ranges::find(read.problems, "base", &Problem::path) != read.problems.end())
        throw InvalidSpec(file.string(),
                          {{"base", "is a part of a sweep, a list of settings: run it with `levi sweep`"}});
    applyAssignments(read.spec, assignments, read.problems);
    makePathsAbsolute(read.spec, fs::current_path()); // of what --set gave; the file's are absolute already
    addProblems(read.problems, validate(read.spec));
    if (section("compute").applies(read.spec)) addEngineProblems(read);
    if (!read.problems.empty()) throw InvalidSpec(file.string(), read.problems);
    return std::move(read.spec);
}

std::vector<Problem> applyAssignments(ExperimentSpec& spec, const std::vector<std::string>& assignments) {
    std::vector<Problem> problems;
    applyAssignments(spec, assignments, problems);
    makePathsAbsolute(spec, fs::current_path());
    return problems;
}

void assign(ExperimentSpec& spec, const std::vector<std::string>& assignments) {
    std::vector<Problem> problems = applyAssignments(spec, assignments);
    addProblems(problems, validate(spec));
    if (!problems.empty()) throw InvalidSpec(fmt::format("'{}'", spec.name), problems);
}

} // namespace levi
