// SPDX-License-Identifier: Apache-2.0
#include "core/report/sample_comparison.h"

#include "core/base/error.h"
#include "core/report/metric_style.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace levi {
namespace {

constexpr std::int64_t kFewestUnits = 5; // drawing from fewer says nothing

std::map<std::uint64_t, std::int64_t> finishedBySeed(std::span<const RunSummary> runs) {
    std::map<std::uint64_t, std::int64_t> bySeed;
    for (const RunSummary& run : runs)
        if (run.state == RunState::Done) bySeed[run.seed] = run.id;
    return bySeed;
}

const StoredRole* find(const StoredPredictions& predictions, const std::string& role) {
    const auto found = std::ranges::find(predictions.roles, role, &StoredRole::role);
    return found == predictions.roles.end() ? nullptr : &*found;
}

void requireSameSamples(const StoredRole& a, const StoredRole& b, std::uint64_t seed) {
    if (a.rows != b.rows || a.labels != b.labels || a.targets != b.targets)
        throw Error("{}: seed {} was measured on other samples or targets; only equal ones can be paired", a.role,
                    seed);
}

std::vector<std::uint8_t> rightness(const StoredRole& role) {
    std::vector<std::uint8_t> right;
    for (std::size_t i = 0; i < role.labels.size(); ++i)
        right.push_back(role.predicted[i] == role.labels[i]);
    return right;
}

// What each sample is judged by: 1 where its class is right, of numbers the squared error.
std::vector<double> scoresOf(const StoredRole& role) {
    std::vector<double> scores;
    for (std::size_t i = 0; i < role.labels.size(); ++i)
        scores.push_back(role.predicted[i] == role.labels[i] ? 1 : 0);
    for (std::size_t i = 0; i < role.targets.size(); ++i)
        scores.push_back((role.numbers[i] - role.targets[i]) * (role.numbers[i] - role.targets[i]));
    return scores;
}

// Roles of the first file that all others have too.
std::vector<std::string> sharedRoles(const std::vector<PredictionPair>& pairs) {
    std::vector<std::string> roles;
    for (const StoredRole& role : pairs.front().a.roles)
        if (std::ranges::all_of(
                pairs, [&](const PredictionPair& pair) { return find(pair.a, role.role) && find(pair.b, role.role); }))
            roles.push_back(role.role);
    return roles;
}

SampleComparison compareRole(const std::vector<PredictionPair>& pairs, const std::string& role, double level) {
    const StoredRole& first = *find(pairs.front().a, role);
    SampleComparison comparison{.role = role, .samples = static_cast<std::int64_t>(first.rows.size())};
    comparison.areNumbers = pairs.front().a.areNumbers;
    std::vector<double> differences(first.rows.size());
    for (const PredictionPair& pair : pairs) {
        const StoredRole &a = *find(pair.a, role), &b = *find(pair.b, role);
        requireSameSamples(first, a, pair.seed);
        requireSameSamples(first, b, pair.seed);
        if (!comparison.areNumbers) {
            const auto rightA = rightness(a), rightB = rightness(b);
            comparison.bySeed.emplace_back(pair.seed, countSamples({.rightA = rightA, .rightB = rightB}));
        }
        const auto scoresA = scoresOf(a), scoresB = scoresOf(b);
        for (std::size_t i = 0; i < differences.size(); ++i)
            differences[i] += (scoresA[i] - scoresB[i]) / static_cast<double>(pairs.size());
    }
    const BootstrapOptions options{.level = level};
    comparison.overSamples = pairedBootstrap(differences, {}, options);
    const auto over = [&](const std::vector<std::int64_t>& units) {
        auto bootstrap = units.empty() ? std::nullopt : pairedBootstrap(differences, units, options);
        return bootstrap && bootstrap->units >= kFewestUnits ? bootstrap : std::nullopt;
    };
    comparison.overDomains = over(first.domains);
    comparison.overGroups = over(first.groups);
    comparison.overUsers = over(first.users);
    return comparison;
}

Cell intervalCell(const std::optional<PairedBootstrap>& bootstrap, const MetricStyle& style) {
    if (!bootstrap || !bootstrap->interval) return missingCell();
    Cell cell = numberCell(fmt::format("{} to {}", metricText(bootstrap->interval->low, style),
                                       metricText(bootstrap->interval->high, style)),
                           bootstrap->mean);
    cell.details = {{"low", bootstrap->interval->low},
                    {"high", bootstrap->interval->high},
                    {"units", static_cast<double>(bootstrap->units)}};
    return cell;
}

std::string seedsText(const SampleComparison& role) {
    std::string text;
    for (const auto& [seed, counts] : role.bySeed)
        text += fmt::format("{}{}: {} / {}, p {}{}", text.empty() ? "" : "; ", seed, counts.onlyA, counts.onlyB,
                            counts.test().pExact < 0.001 ? "" : "= ", pText(counts.test().pExact));
    return text;
}

} // namespace

std::vector<PredictionPair> sharedPredictions(const RunStore& store, std::span<const RunSummary> a,
                                              std::span<const RunSummary> b) {
    const auto runsA = finishedBySeed(a), runsB = finishedBySeed(b);
    std::vector<PredictionPair> pairs;
    for (const auto& [seed, run] : runsA)
        if (const auto other = runsB.find(seed); other != runsB.end())
            pairs.push_back({.seed = seed, .a = predictionsOf(store, run), .b = predictionsOf(store, other->second)});
    return pairs;
}

std::vector<SampleComparison> compareSamples(const std::vector<PredictionPair>& pairs, double level) {
    std::vector<SampleComparison> roles;
    if (pairs.empty()) return roles;
    for (const std::string& role : sharedRoles(pairs))
        roles.push_back(compareRole(pairs, role, level));
    return roles;
}

namespace {

// Whole units that may be drawn; domains have their column in any case.
struct Units {
    const char* title;
    std::optional<PairedBootstrap> SampleComparison::*over;
};

std::vector<Units> unitsOf(const std::vector<SampleComparison>& roles) {
    std::vector<Units> units = {{"over domains", &SampleComparison::overDomains}};
    for (const Units& more :
         {Units{"over groups", &SampleComparison::overGroups}, Units{"over users", &SampleComparison::overUsers}})
        if (std::ranges::any_of(roles, [&](const SampleComparison& role) { return (role.*more.over).has_value(); }))
            units.push_back(more);
    return units;
}

std::vector<Cell> sampleRow(const SampleComparison& role, const std::vector<Units>& units, const MetricStyle& style) {
    std::vector<Cell> row = {textCell(roleTitle(role.role)), integerCell(role.samples),
                             role.overSamples
                                 ? numberCell(metricText(role.overSamples->mean, style), role.overSamples->mean)
                                 : missingCell(),
                             intervalCell(role.overSamples, style)};
    for (const Units& one : units)
        row.push_back(intervalCell(role.*one.over, style));
    if (!role.areNumbers) row.push_back(textCell(seedsText(role)));
    return row;
}

std::string bootstrapNote(const char* what, double level) {
    return fmt::format(
        "{} of each run's own pick, averaged over the shared seeds. Intervals: {:g} % BCa bootstrap, drawing "
        "samples, or whole domains, groups or users, with replacement; they say how sure the difference is for other "
        "samples, not for other seeds. –: fewer than {} of them.",
        what, 100 * level, kFewestUnits);
}

} // namespace

Table sampleTable(const std::vector<SampleComparison>& roles, double level) {
    const bool areNumbers = !roles.empty() && roles.front().areNumbers;
    const MetricStyle style =
        areNumbers ? MetricStyle{.key = "squared_error", .title = "squared error"} : metricStyle("accuracy");
    const std::string unit = areNumbers ? "" : "pp";
    Table table;
    table.caption = fmt::format("Sample by sample: {} A − B", style.title);
    table.columns = {{.title = "role"},
                     {.title = "samples", .align = Align::Right},
                     {.title = "A − B", .align = Align::Right, .unit = unit, .lowerIsBetter = areNumbers},
                     {.title = "over samples", .align = Align::Right, .unit = unit}};
    const std::vector<Units> units = unitsOf(roles);
    for (const Units& one : units)
        table.columns.push_back({.title = one.title, .align = Align::Right, .unit = unit});
    if (!areNumbers) table.columns.push_back({.title = "seed: only A / only B right, McNemar"});
    for (const SampleComparison& role : roles)
        table.rows.push_back(sampleRow(role, units, style));
    table.notes = {bootstrapNote(areNumbers ? "Squared errors" : "Rightness", level)};
    table.notes.emplace_back(areNumbers ? "Negative: A is nearer to the truth."
                                        : "McNemar: exact, two-sided, on the samples that one side alone got right.");
    if (roles.empty())
        table.notes = {"Nothing to pair: no seed that both settings have finished, or no role that all of them share."};
    return table;
}

} // namespace levi
