// SPDX-License-Identifier: Apache-2.0
#include "core/stats/selection_rules.h"

#include "core/base/error.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace levi {
namespace {

using Records = std::vector<const SweepRecord*>;

struct Accuracies {
    double validation = 0, test = 0;
};

double pairwiseSum(std::span<const double> values) {
    constexpr std::size_t kLanes = 8, kBlock = 128;
    if (values.size() > kBlock) {
        const std::size_t half = values.size() / 2 / kLanes * kLanes;
        return pairwiseSum(values.first(half)) + pairwiseSum(values.subspan(half));
    }
    double sum = 0;
    std::size_t next = 0;
    if (values.size() >= kLanes) {
        double lane[kLanes];
        std::copy_n(values.begin(), kLanes, lane);
        for (next = kLanes; next + kLanes <= values.size(); next += kLanes)
            for (std::size_t i = 0; i < kLanes; ++i)
                lane[i] += values[next + i];
        sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    }
    for (; next < values.size(); ++next)
        sum += values[next];
    return sum;
}

double at(const std::vector<double>& values, int environment) {
    return values.at(static_cast<std::size_t>(environment));
}

// The mean over all environments but one.
double meanWithout(std::vector<double> values, int environment) {
    values.erase(values.begin() + environment);
    return numpyMean(values);
}

Records withTestEnvs(const Records& records, std::size_t count) {
    Records some;
    std::ranges::copy_if(records, std::back_inserter(some),
                         [&](const SweepRecord* record) { return record->testEnvs.size() == count; });
    return some;
}

// The first of those that are best.
void keepBetter(std::optional<Accuracies>& best, const Accuracies& one) {
    if (!best || one.validation > best->validation) best = one;
}

std::optional<Accuracies> byTrainingDomains(const Records& run, int testEnv) {
    std::optional<Accuracies> best;
    for (const SweepRecord* record : withTestEnvs(run, 1))
        keepBetter(best, {meanWithout(record->outAccuracy, testEnv), at(record->inAccuracy, testEnv)});
    return best;
}

// One step of all runs of a hyper-parameter seed: the run that holds out the test environment alone, and those that
// hold out one more.
std::optional<Accuracies> leavingOneOut(const Records& step, int testEnv) {
    const Records tested = withTestEnvs(step, 1);
    if (tested.size() != 1) return std::nullopt;
    const double missing = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> validation(step.front()->outAccuracy.size(), missing);
    for (const SweepRecord* record : withTestEnvs(step, 2)) {
        const int held = record->testEnvs[record->testEnvs[0] == testEnv ? 1 : 0];
        validation.at(static_cast<std::size_t>(held)) = at(record->inAccuracy, held);
    }
    const double mean = meanWithout(std::move(validation), testEnv);
    if (mean != mean) return std::nullopt;
    return Accuracies{.validation = mean, .test = at(tested.front()->inAccuracy, testEnv)};
}

std::optional<Accuracies> byLeaveOneDomainOut(const Records& run, int testEnv) {
    std::map<double, Records> steps;
    for (const SweepRecord* record : run)
        steps[record->step].push_back(record);
    std::optional<Accuracies> best;
    for (const auto& [step, records] : steps)
        if (const auto one = leavingOneOut(records, testEnv)) keepBetter(best, *one);
    return best;
}

std::optional<Accuracies> byOracle(const Records& run, int testEnv) {
    const SweepRecord* last = nullptr;
    for (const SweepRecord* record : withTestEnvs(run, 1))
        if (!last || record->step >= last->step) last = record;
    if (!last) return std::nullopt;
    return Accuracies{.validation = at(last->outAccuracy, testEnv), .test = at(last->inAccuracy, testEnv)};
}

std::optional<double> accuracyOf(const Records& group, SweepRule rule, int testEnv) {
    std::map<std::int64_t, Records> runs; // by hyper-parameter seed
    for (const SweepRecord* record : group)
        runs[record->hparamsSeed].push_back(record);
    std::optional<Accuracies> best;
    for (const auto& [seed, run] : runs) {
        const auto one = rule == SweepRule::TrainingDomain      ? byTrainingDomains(run, testEnv)
                         : rule == SweepRule::LeaveOneDomainOut ? byLeaveOneDomainOut(run, testEnv)
                                                                : byOracle(run, testEnv);
        if (one && (!best || one->validation >= best->validation)) best = one;
    }
    return best ? std::optional(best->test) : std::nullopt;
}

// What every function above relies on.
void checkRecords(std::span<const SweepRecord> records) {
    std::map<std::string, std::size_t> environments; // of a data set
    for (const SweepRecord& record : records) {
        const std::size_t count = record.outAccuracy.size();
        const auto known = environments.emplace(record.dataset, count).first->second;
        if (record.inAccuracy.size() != count || count != known)
            throw Error("sweep: a record of '{}' has {} environments, expected {}", record.dataset, count, known);
        for (const int testEnv : record.testEnvs)
            if (testEnv < 0 || static_cast<std::size_t>(testEnv) >= count)
                throw Error("sweep: a record of '{}' has the test environment {}, expected one below {}",
                            record.dataset, testEnv, count);
    }
}

} // namespace

double numpyMean(std::span<const double> values) {
    return pairwiseSum(values) / static_cast<double>(values.size());
}

std::vector<SweepGroup> selectFromSweep(std::span<const SweepRecord> records, SweepRule rule) {
    checkRecords(records);
    std::map<std::tuple<std::string, std::string, int, std::int64_t>, Records> groups;
    for (const SweepRecord& record : records)
        for (const int testEnv : record.testEnvs)
            groups[{record.dataset, record.algorithm, testEnv, record.trialSeed}].push_back(&record);
    std::vector<SweepGroup> selected;
    for (const auto& [key, group] : groups) {
        const auto& [dataset, algorithm, testEnv, trial] = key;
        selected.push_back({.dataset = dataset,
                            .algorithm = algorithm,
                            .testEnv = testEnv,
                            .trialSeed = trial,
                            .accuracy = accuracyOf(group, rule, testEnv)});
    }
    return selected;
}

} // namespace levi
