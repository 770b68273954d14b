// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/evaluation.h"

#include "core/stats/metrics.h"
#include "core/stats/regression_metrics.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace levi {
namespace {

using Metrics = std::map<std::string, std::optional<double>>;

std::span<const float> valuesOf(const at::Tensor& logits) {
    return {logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel())};
}

std::vector<double> numbersOf(const RolePredictions& p) {
    const auto values = valuesOf(p.logits);
    return {values.begin(), values.end()};
}

// What the worst group is looked for among.
std::span<const std::int64_t> groupsOf(const RolePredictions& p, const Task& task) {
    return task.groups.empty() ? p.domains : p.groups;
}

ClassificationMetrics classMetrics(const RolePredictions& p, std::span<const std::int64_t> groups) {
    return classificationMetrics(Predictions<float>{
        .logits = valuesOf(p.logits), .classes = p.logits.size(1), .labels = p.labels, .groups = groups});
}

RegressionMetrics numberMetrics(const RolePredictions& p, std::span<const std::int64_t> groups) {
    const auto predicted = numbersOf(p);
    return regressionMetrics({.predicted = predicted, .target = p.numbers, .groups = groups});
}

bool isOfWorstGroup(const std::string& metric) {
    return metric.ends_with("worst_group");
}

// Without the worst group: a domain is one.
void addDomain(std::vector<MetricRow>& rows, const MetricRow& where, const Metrics& metrics) {
    for (const auto& [key, value] : metrics) {
        if (isOfWorstGroup(key)) continue;
        rows.push_back(where);
        rows.back().metric = key;
        rows.back().value = value;
    }
}

// `counts`: rows of worst groups by metric; those of the role where it has none.
void addRole(std::vector<MetricRow>& rows, const MetricRow& where, const Metrics& metrics,
             const std::map<std::string, std::int64_t>& counts) {
    for (const auto& [key, value] : metrics) {
        rows.push_back(where);
        rows.back().metric = key;
        rows.back().value = value;
        if (const auto own = counts.find(key); own != counts.end()) rows.back().count = own->second;
    }
}

// The rows of one domain.
RolePredictions ofDomain(const RolePredictions& p, std::int64_t domain) {
    RolePredictions some{.role = p.role};
    std::vector<float> logits;
    const auto outputs = static_cast<std::size_t>(p.logits.size(1));
    const auto all = valuesOf(p.logits);
    for (std::size_t i = 0; i < p.domains.size(); ++i) {
        if (p.domains[i] != domain) continue;
        const auto row = all.subspan(i * outputs, outputs);
        logits.insert(logits.end(), row.begin(), row.end());
        if (!p.labels.empty()) some.labels.push_back(p.labels[i]);
        if (!p.numbers.empty()) some.numbers.push_back(p.numbers[i]);
        some.domains.push_back(domain);
    }
    some.logits = at::empty({static_cast<std::int64_t>(some.domains.size()), p.logits.size(1)}, at::kFloat);
    std::ranges::copy(logits, some.logits.data_ptr<float>());
    return some;
}

// 1 where the class of the largest logit, the lowest of several, is right.
std::vector<double> rightness(const RolePredictions& p) {
    std::vector<double> right;
    const auto classes = static_cast<std::size_t>(p.logits.size(1));
    const auto all = valuesOf(p.logits);
    for (std::size_t i = 0; i < p.labels.size(); ++i) {
        const auto row = all.subspan(i * classes, classes);
        right.push_back(std::ranges::max_element(row) - row.begin() == p.labels[i] ? 1 : 0);
    }
    return right;
}

std::vector<double> squaredErrors(const RolePredictions& p) {
    std::vector<double> errors = numbersOf(p);
    for (std::size_t i = 0; i < errors.size(); ++i)
        errors[i] = (errors[i] - p.numbers[i]) * (errors[i] - p.numbers[i]);
    return errors;
}

std::vector<double> absoluteErrors(const RolePredictions& p) {
    std::vector<double> errors = numbersOf(p);
    for (std::size_t i = 0; i < errors.size(); ++i)
        errors[i] = std::abs(errors[i] - p.numbers[i]);
    return errors;
}

// A row a group, those without rows too: they are there to be named.
void addGroups(std::vector<MetricRow>& rows, const MetricRow& where, const char* metric,
               const std::vector<GroupFigure>& figures) {
    for (const GroupFigure& figure : figures) {
        rows.push_back(where);
        rows.back().metric = std::string(metric) + "/" + figure.name;
        rows.back().value = figure.value;
        rows.back().count = figure.count;
    }
}

void addClassGroups(std::vector<MetricRow>& rows, const MetricRow& where, const RolePredictions& p, const Task& task) {
    const auto right = rightness(p);
    const auto add = [&](const char* metric, std::optional<double> value) {
        rows.push_back(where);
        rows.back().metric = metric;
        rows.back().value = value;
    };
    if (!task.groups.empty()) {
        const auto figures = meanByGroup({.fields = task.groups, .ofRow = p.groups}, right);
        addGroups(rows, where, "accuracy", figures);
        add("adjusted_average", adjustedAverage(figures, task.groupWeights));
    }
    if (!p.users.empty()) add("user_p10", percentileOverUsers(p.users, right, 10));
}

void addNumberGroups(std::vector<MetricRow>& rows, const MetricRow& where, const RolePredictions& p, const Task& task) {
    if (task.groups.empty()) return;
    const Groups groups{.fields = task.groups, .ofRow = p.groups};
    auto errors = meanByGroup(groups, squaredErrors(p));
    for (GroupFigure& figure : errors)
        if (figure.value) figure.value = std::sqrt(*figure.value);
    addGroups(rows, where, "rmse", errors);
    addGroups(rows, where, "mae", meanByGroup(groups, absoluteErrors(p)));
    addGroups(rows, where, "pearson", pearsonByGroup(groups, numbersOf(p), p.numbers));
}

void addShares(std::vector<MetricRow>& rows, const MetricRow& where, const ClassificationMetrics& metrics,
               const std::vector<std::string>& classes) {
    for (std::size_t c = 0; c < metrics.predictedShares.size(); ++c) {
        rows.push_back(where);
        rows.back().metric = "share/" + classes.at(c);
        rows.back().value = metrics.predictedShares[c];
    }
}

std::vector<MetricRow> classRows(const RolePredictions& p, const Task& task, const MetricRow& where) {
    std::vector<MetricRow> rows;
    const auto metrics = classMetrics(p, groupsOf(p, task));
    std::map<std::string, std::int64_t> counts;
    if (metrics.worstGroup) counts["worst_group"] = metrics.worstGroup->count;
    addRole(rows, where, metricsByKey(metrics), counts);
    addShares(rows, where, metrics, task.classes);
    if (metrics.accuracy) addClassGroups(rows, where, p, task);
    return rows;
}

std::vector<MetricRow> numberRows(const RolePredictions& p, const Task& task, const MetricRow& where) {
    std::vector<MetricRow> rows;
    const auto metrics = numberMetrics(p, groupsOf(p, task));
    std::map<std::string, std::int64_t> counts;
    if (metrics.rmseWorstGroup) counts["rmse_worst_group"] = metrics.rmseWorstGroup->count;
    if (metrics.maeWorstGroup) counts["mae_worst_group"] = metrics.maeWorstGroup->count;
    if (metrics.pearsonWorstGroup) counts["pearson_worst_group"] = metrics.pearsonWorstGroup->count;
    addRole(rows, where, metricsByKey(metrics), counts);
    if (metrics.rmse) addNumberGroups(rows, where, p, task);
    return rows;
}

} // namespace

std::vector<MetricRow> metricRows(const RolePredictions& p, const Task& task) {
    MetricRow where{.role = p.role, .domain = {}, .metric = {}, .count = static_cast<std::int64_t>(p.domains.size())};
    auto rows = task.isNumber() ? numberRows(p, task, where) : classRows(p, task, where);
    for (std::size_t domain = 0; domain < task.domains.size(); ++domain) {
        const auto some = ofDomain(p, static_cast<std::int64_t>(domain));
        if (some.domains.empty()) continue;
        where.domain = task.domains[domain];
        where.count = static_cast<std::int64_t>(some.domains.size());
        addDomain(rows, where,
                  task.isNumber() ? metricsByKey(numberMetrics(some, {})) : metricsByKey(classMetrics(some, {})));
    }
    return rows;
}

std::optional<IdValFigures> figuresOf(const RolePredictions& p, const Task& task) {
    if (task.isNumber()) {
        const auto metrics = numberMetrics(p, {});
        if (!metrics.rmse) return std::nullopt;
        return IdValFigures{.rmse = metrics.rmse};
    }
    const auto metrics = classMetrics(p, p.domains);
    if (!metrics.accuracy || !metrics.nll) return std::nullopt;
    return IdValFigures{.accuracy = *metrics.accuracy, .nll = *metrics.nll};
}

} // namespace levi
