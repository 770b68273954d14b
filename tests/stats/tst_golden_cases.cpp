// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/stats/intervals.h"
#include "core/stats/metrics.h"
#include "core/stats/paired_tests.h"
#include "core/stats/rank_tests.h"
#include "core/stats/regression_metrics.h"
#include "core/stats/robustness.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <cmath>
#include <functional>
#include <map>

// Statistics and metrics against scipy, statsmodels and scikit-learn: the cases of ../shared/golden/stats, or of the
// file that LEVI_STATS_CASES names. 1e-10 relative; the studentised range is itself computed by quadrature, hence 1e-7.
using Json = nlohmann::json;

namespace {

using Numbers = std::vector<double>;
using Labels = std::vector<std::int64_t>;

Json orNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json meanInterval(const Json& in) {
    const auto estimate = levi::meanWithTInterval(in.at("x").get<Numbers>(), in.at("level").get<double>());
    return {{"mean", estimate->mean},
            {"sd", orNull(estimate->sd)},
            {"se", orNull(estimate->se)},
            {"se_domainbed", orNull(estimate->sePopulation)},
            {"low", estimate->interval->low},
            {"high", estimate->interval->high},
            {"n", estimate->count}};
}

Json signFlip(const Json& in) {
    const auto comparison = levi::comparePaired(in.at("difference").get<Numbers>());
    return {{"p_two_sided", comparison.test.p},
            {"mean", comparison.difference->mean},
            {"low_t95", comparison.difference->interval->low},
            {"high_t95", comparison.difference->interval->high},
            {"smallest_possible_p", comparison.test.smallestPossibleP}};
}

Json mcNemar(const Json& in) {
    const auto test = levi::mcNemarTest(in.at("only_a_right"), in.at("only_b_right"));
    return {{"p_exact", test.pExact},
            {"chi2_corrected", orNull(test.chi2Corrected)},
            {"p_chi2_corrected", orNull(test.pChi2Corrected)}};
}

Json wilson(const Json& in) {
    const auto interval = levi::wilsonInterval(in.at("successes"), in.at("n"), in.at("level"));
    return {{"low", interval.low}, {"high", interval.high}};
}

Json friedman(const Json& in) {
    const auto scores = in.at("score_rows_are_datasets").get<std::vector<Numbers>>();
    const auto test = levi::friedmanTest(scores, {.higherIsBetter = in.at("higher_is_better").get<bool>()});
    return {{"mean_ranks", test.meanRanks},
            {"chi2", orNull(test.chi2)},
            {"p", orNull(test.p)},
            {"critical_difference_05", orNull(test.criticalDifference)}};
}

Json classification(const Json& in) {
    Numbers logits;
    for (const auto& row : in.at("logits"))
        for (const double logit : row)
            logits.push_back(logit);
    const auto labels = in.at("label").get<Labels>();
    const auto groups = in.at("group").get<Labels>();
    const auto m = levi::classificationMetrics(
        levi::Predictions<double>{.logits = logits,
                                  .classes = static_cast<std::int64_t>(logits.size() / labels.size()),
                                  .labels = labels,
                                  .groups = groups});
    Json groupAccuracy = Json::object();
    for (const auto& group : m.groupAccuracy)
        groupAccuracy[std::to_string(group.group)] = group.value;
    return {{"accuracy", orNull(m.accuracy)},
            {"macro_f1_labels_present", orNull(m.macroF1)},
            {"nll", orNull(m.nll)},
            {"ece_15_equal_width", orNull(m.ece)},
            {"brier_sum_over_classes", orNull(m.brier)},
            {"group_accuracy", groupAccuracy},
            {"worst_group_accuracy", m.worstGroup->value},
            {"share_predicted", m.predictedShares}};
}

Json regression(const Json& in) {
    const auto predicted = in.at("prediction").get<Numbers>();
    const auto target = in.at("target").get<Numbers>();
    const auto groups = in.at("group").get<Labels>();
    const auto m = levi::regressionMetrics({.predicted = predicted, .target = target, .groups = groups});
    return {{"rmse", orNull(m.rmse)},
            {"mae", orNull(m.mae)},
            {"pearson", orNull(m.pearson)},
            {"pearson_worst_group", m.pearsonWorstGroup->value},
            {"rmse_worst_group", m.rmseWorstGroup->value}};
}

Json robustness(const Json& in) {
    const auto id = in.at("baseline_id").get<Numbers>();
    const auto ood = in.at("baseline_ood").get<Numbers>();
    const auto logit = levi::fitRobustnessLine(id, ood, levi::AccuracyScale::Logit);
    const auto probit = levi::fitRobustnessLine(id, ood, levi::AccuracyScale::Probit);
    return {{"logit_slope", logit->slope},
            {"logit_intercept", logit->intercept},
            {"logit_value", logit->effectiveRobustness(in.at("id"), in.at("ood"))},
            {"probit_slope", probit->slope},
            {"probit_intercept", probit->intercept},
            {"probit_value", probit->effectiveRobustness(in.at("id"), in.at("ood"))},
            {"pearson_of_logits", logit->pearson}};
}

const std::map<std::string, std::function<Json(const Json&)>> kAnswers = {
    {"mean_t_interval", meanInterval},
    {"interquartile_mean_trim25",
     [](const Json& in) -> Json {
         return {{"value", orNull(levi::interquartileMean(in.at("x").get<Numbers>()))}};
     }},
    {"paired_sign_flip", signFlip},
    {"holm",
     [](const Json& in) -> Json {
         return {{"adjusted", levi::holmAdjusted(in.at("p").get<Numbers>())}};
     }},
    {"mcnemar", mcNemar},
    {"wilson", wilson},
    {"friedman_nemenyi", friedman},
    {"probability_of_superiority",
     [](const Json& in) -> Json {
         return {
             {"value", orNull(levi::probabilityOfSuperiority(in.at("a").get<Numbers>(), in.at("b").get<Numbers>()))}};
     }},
    {"classification", classification},
    {"auc",
     [](const Json& in) -> Json {
         const auto positive = in.at("label").get<std::vector<std::uint8_t>>();
         return {{"value", orNull(levi::rankAuc(in.at("score").get<Numbers>(), positive))}};
     }},
    {"regression", regression},
    {"percentile10_over_users",
     [](const Json& in) -> Json {
         const auto users = in.at("user").get<Labels>();
         return {{"value", orNull(levi::percentileOverUsers(users, in.at("correct").get<Numbers>(), 10))}};
     }},
    {"effective_robustness", robustness},
};

// The first place where found and expected disagree, in words; empty where they agree.
std::string disagreement(const Json& found, const Json& expected, const std::string& path) {
    if (expected.is_structured()) {
        if (found.size() != expected.size()) return path + ": another number of values";
        for (const auto& [key, value] : expected.items()) {
            const Json* other = nullptr;
            if (expected.is_object())
                other = found.contains(key) ? &found.at(key) : nullptr;
            else
                other = &found.at(static_cast<std::size_t>(std::stoul(key)));
            if (!other) return path + "." + key + ": missing";
            if (auto words = disagreement(*other, value, path + "." + key); !words.empty()) return words;
        }
        return {};
    }
    if (!expected.is_number() || !found.is_number()) return found == expected ? "" : path + ": " + found.dump();
    const double wanted = expected.get<double>();
    const double tolerance = path.ends_with("critical_difference_05") ? 1e-7 : 1e-10;
    if (std::abs(found.get<double>() - wanted) <= tolerance * std::max(std::abs(wanted), 1e-300)) return {};
    return path + ": " + found.dump() + ", expected " + expected.dump();
}

} // namespace

class TestGoldenCases : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsTheReference_data() {
        QTest::addColumn<QByteArray>("text");
        const std::filesystem::path file = qEnvironmentVariableIsSet("LEVI_STATS_CASES")
                                               ? std::filesystem::path(qgetenv("LEVI_STATS_CASES").toStdString())
                                               : levi::test::golden("stats/cases.json");
        if (qEnvironmentVariableIsSet("LEVI_STATS_CASES"))
            QVERIFY2(std::filesystem::exists(file), "LEVI_STATS_CASES: names a file that is not there");
        LEVI_NEEDS(file);
        int number = 0;
        const Json cases = Json::parse(levi::readFile(file));
        for (const auto& item : cases.at("cases"))
            QTest::addRow("%02d %s", number++, item.at("kind").get<std::string>().c_str())
                << QByteArray::fromStdString(item.dump());
    }

    void equalsTheReference() {
        QFETCH(QByteArray, text);
        const Json item = Json::parse(text.toStdString());
        const auto answer = kAnswers.find(item.at("kind").get<std::string>());
        QVERIFY2(answer != kAnswers.end(), item.at("kind").get<std::string>().c_str());
        const std::string words = disagreement(answer->second(item.at("in")), item.at("out"), "out");
        QVERIFY2(words.empty(), words.c_str());
    }
};

LEVI_TEST(TestGoldenCases)
#include "tst_golden_cases.moc"
