// SPDX-License-Identifier: Apache-2.0
#include "core/stats/metrics.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace levi {
namespace {

constexpr std::size_t kCalibrationBins = 15;

template<typename Scalar>
void check(const Predictions<Scalar>& p) {
    if (p.classes < 1) throw Error("metrics: {} classes, expected at least one", p.classes);
    const auto classes = static_cast<std::size_t>(p.classes);
    if (p.logits.size() % classes != 0 || p.logits.size() / classes != p.labels.size())
        throw Error("metrics: {} logits, expected {} rows of {} classes", p.logits.size(), p.labels.size(), classes);
    if (!p.groups.empty() && p.groups.size() != p.labels.size())
        throw Error("metrics: {} groups for {} rows, expected one a row or none", p.groups.size(), p.labels.size());
    for (std::size_t row = 0; row < p.labels.size(); ++row)
        if (p.labels[row] < 0 || p.labels[row] >= p.classes)
            throw Error("metrics: label {} in row {}, expected one in [0, {})", p.labels[row], row, p.classes);
}

// Walks over the rows once and keeps what the metrics are made of.
class Tally {
public:
    explicit Tally(std::size_t classes) : m_labels(classes), m_predicted(classes), m_hits(classes) {}

    template<typename Scalar>
    void addRow(std::span<const Scalar> logits, std::size_t label) {
        const std::size_t best = std::max_element(logits.begin(), logits.end()) - logits.begin();
        const double largest = logits[best];
        double total = 0;
        for (const Scalar logit : logits)
            total += std::exp(logit - largest);
        const double logTotal = std::log(total);
        m_nll += logTotal - (logits[label] - largest);
        for (std::size_t k = 0; k < logits.size(); ++k) {
            const double error = std::exp(logits[k] - largest) / total - (k == label ? 1 : 0);
            m_brier += error * error;
        }
        addPrediction(best, label, 1 / total);
    }

    void fill(ClassificationMetrics& metrics, std::size_t rows) const {
        const double n = static_cast<double>(rows);
        metrics.accuracy = static_cast<double>(std::accumulate(m_hits.begin(), m_hits.end(), std::int64_t{0})) / n;
        metrics.macroF1 = macroF1();
        if (std::isfinite(m_nll)) metrics.nll = m_nll / n;
        metrics.brier = m_brier / n;
        metrics.ece =
            std::accumulate(m_bins.begin(), m_bins.end(), 0.0,
                            [](double sum, const Bin& bin) { return sum + std::abs(bin.confidence - bin.right); }) /
            n;
        for (const std::int64_t predicted : m_predicted)
            metrics.predictedShares.push_back(static_cast<double>(predicted) / n);
    }

private:
    struct Bin {
        double confidence = 0; // sum over the rows in the bin
        double right = 0;      // number of right ones
    };

    void addPrediction(std::size_t best, std::size_t label, double confidence) {
        ++m_labels[label];
        ++m_predicted[best];
        m_hits[label] += best == label;
        Bin& bin = m_bins[std::min(static_cast<std::size_t>(confidence * kCalibrationBins), kCalibrationBins - 1)];
        bin.confidence += confidence;
        bin.right += best == label;
    }

    double macroF1() const {
        double sum = 0;
        int present = 0;
        for (std::size_t k = 0; k < m_labels.size(); ++k) {
            if (m_labels[k] == 0) continue;
            ++present;
            sum += 2.0 * static_cast<double>(m_hits[k]) / static_cast<double>(m_labels[k] + m_predicted[k]);
        }
        return sum / present;
    }

    std::vector<std::int64_t> m_labels, m_predicted, m_hits; // by class
    std::array<Bin, kCalibrationBins> m_bins{};
    double m_nll = 0;
    double m_brier = 0;
};

template<typename Scalar>
std::span<const Scalar> rowOf(const Predictions<Scalar>& p, std::size_t row) {
    const auto classes = static_cast<std::size_t>(p.classes);
    return p.logits.subspan(row * classes, classes);
}

// What orders the rows for class `k`: with two classes the difference of the logits, which never saturates.
template<typename Scalar>
double scoreOf(std::span<const Scalar> logits, std::size_t k) {
    if (logits.size() == 2) return static_cast<double>(logits[k]) - static_cast<double>(logits[1 - k]);
    const double largest = *std::max_element(logits.begin(), logits.end());
    double total = 0;
    for (const Scalar logit : logits)
        total += std::exp(logit - largest);
    return logits[k] - largest - std::log(total);
}

template<typename Scalar>
std::optional<double> aucOfClass(const Predictions<Scalar>& p, std::size_t k) {
    std::vector<double> scores(p.labels.size());
    std::vector<std::uint8_t> positive(p.labels.size());
    for (std::size_t row = 0; row < scores.size(); ++row) {
        scores[row] = scoreOf(rowOf(p, row), k);
        positive[row] = p.labels[row] == static_cast<std::int64_t>(k);
    }
    return rankAuc(scores, positive);
}

template<typename Scalar>
std::optional<double> auc(const Predictions<Scalar>& p) {
    if (p.classes < 2) return std::nullopt;
    if (p.classes == 2) return aucOfClass(p, 1);
    std::vector<bool> present(static_cast<std::size_t>(p.classes));
    for (const std::int64_t label : p.labels)
        present[static_cast<std::size_t>(label)] = true;
    double sum = 0;
    int count = 0;
    for (std::size_t k = 0; k < present.size(); ++k) {
        if (!present[k]) continue;
        const auto one = aucOfClass(p, k);
        if (!one) return std::nullopt; // every label is k
        sum += *one;
        ++count;
    }
    return sum / count;
}

template<typename Scalar>
std::vector<GroupScore> groupAccuracy(const Predictions<Scalar>& p) {
    std::map<std::int64_t, GroupScore> groups;
    for (std::size_t row = 0; row < p.groups.size(); ++row) {
        const auto logits = rowOf(p, row);
        const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
        GroupScore& group = groups[p.groups[row]];
        group.group = p.groups[row];
        ++group.count;
        group.value += best == p.labels[row];
    }
    std::vector<GroupScore> scores;
    for (auto& [number, group] : groups) {
        group.value /= static_cast<double>(group.count);
        scores.push_back(group);
    }
    return scores;
}

template<typename Scalar>
ClassificationMetrics compute(const Predictions<Scalar>& p) {
    check(p);
    ClassificationMetrics metrics;
    metrics.count = static_cast<std::int64_t>(p.labels.size());
    const bool finite =
        std::all_of(p.logits.begin(), p.logits.end(), [](Scalar logit) { return std::isfinite(logit); });
    if (p.labels.empty() || !finite) return metrics;
    Tally tally(static_cast<std::size_t>(p.classes));
    for (std::size_t row = 0; row < p.labels.size(); ++row)
        tally.addRow(rowOf(p, row), static_cast<std::size_t>(p.labels[row]));
    tally.fill(metrics, p.labels.size());
    metrics.auc = auc(p);
    metrics.groupAccuracy = groupAccuracy(p);
    const auto worst = std::min_element(metrics.groupAccuracy.begin(), metrics.groupAccuracy.end(),
                                        [](const GroupScore& a, const GroupScore& b) { return a.value < b.value; });
    if (worst != metrics.groupAccuracy.end()) metrics.worstGroup = *worst;
    return metrics;
}

} // namespace

ClassificationMetrics classificationMetrics(const Predictions<float>& predictions) {
    return compute(predictions);
}
ClassificationMetrics classificationMetrics(const Predictions<double>& predictions) {
    return compute(predictions);
}

std::map<std::string, std::optional<double>> metricsByKey(const ClassificationMetrics& metrics) {
    std::optional<double> worst;
    if (metrics.worstGroup) worst = metrics.worstGroup->value;
    return {{"accuracy", metrics.accuracy}, {"macro_f1", metrics.macroF1}, {"auc", metrics.auc},
            {"nll", metrics.nll},           {"ece", metrics.ece},          {"worst_group", worst}};
}

std::optional<double> rankAuc(std::span<const double> scores, std::span<const std::uint8_t> positive) {
    if (scores.size() != positive.size())
        throw Error("AUC: {} scores for {} labels, expected as many", scores.size(), positive.size());
    if (!std::all_of(scores.begin(), scores.end(), [](double score) { return std::isfinite(score); }))
        return std::nullopt;
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    double won = 0; // pairs in which the positive stands above the negative
    double negativesBelow = 0;
    double positives = 0;
    for (std::size_t begin = 0; begin < order.size();) {
        double tiedPositives = 0;
        double tiedNegatives = 0;
        std::size_t end = begin;
        for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end)
            (positive[order[end]] ? tiedPositives : tiedNegatives) += 1;
        won += tiedPositives * (negativesBelow + tiedNegatives / 2);
        negativesBelow += tiedNegatives;
        positives += tiedPositives;
        begin = end;
    }
    if (positives == 0 || negativesBelow == 0) return std::nullopt;
    return won / (positives * negativesBelow);
}

} // namespace levi
