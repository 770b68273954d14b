// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/method/builtin_methods.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>

#include <cmath>

using namespace levi;

namespace {

ParentWeights parentOf(const char* name, double value, std::vector<double> start = {}) {
    ParentWeights made{.name = name, .trained = {{"a", at::full({2, 3}, value)}, {"b", at::full({4}, -value)}}};
    if (!start.empty()) made.start = {{"a", at::full({2, 3}, start[0])}, {"b", at::full({4}, -start[0])}};
    return made;
}

ExperimentSpec specOf(const std::string& method) {
    return specFromText(R"({"method": )" + method + "}").spec;
}

double valueOf(const Weights& weights) {
    return weights[0].tensor.flatten()[0].item<double>();
}

// id_val is best at 3: the farther from it, the worse.
IdValFigures closenessTo3(const Weights& weights) {
    return {.accuracy = 1 / (1 + std::abs(valueOf(weights) - 3)), .nll = 0};
}

Merge mergeOf(const ExperimentSpec& spec, const std::vector<ParentWeights>& parents) {
    return std::get<MergedMethod>(methodOf(spec))
        .merge({.spec = spec, .parents = parents, .idVal = closenessTo3, .log = [](const std::string&) {}});
}

} // namespace

class TestMergedWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mixturesMeetTheirEnds() {
        const auto a = parentOf("a", 0.1).trained, b = parentOf("b", 0.7).trained;
        QVERIFY(at::equal(mixed(a, b, 0)[0].tensor, a[0].tensor));
        QVERIFY(at::equal(mixed(a, b, 1)[1].tensor, b[1].tensor));
        QVERIFY(std::abs(valueOf(mixed(a, b, 0.25)) - 0.25) < 1e-7);
    }

    void uniformSoupIsTheMean() {
        const auto spec = specOf(R"({"kind": "weight_soup", "parents": ["x", "y", "z"]})");
        const auto merge = mergeOf(spec, {parentOf("x", 1), parentOf("y", 2), parentOf("z", 6)});
        QCOMPARE(merge.mixtures.size(), 1U);
        QCOMPARE(merge.picked, std::optional<std::size_t>(0));
        QVERIFY(std::abs(valueOf(merge.mixtures[0].make()) - 3) < 1e-6);
    }

    void greedySoupIsNeverWorseOnIdVal_data() {
        QTest::addColumn<QList<double>>("members");
        QTest::addColumn<QString>("ties");
        QTest::addColumn<double>("mean");
        QTest::newRow("one joins, one does not") << QList<double>{2, 100, 4} << "stay_out" << 3.0;
        QTest::newRow("the best alone") << QList<double>{3, 9, 8} << "stay_out" << 3.0;
        QTest::newRow("a tie stays out") << QList<double>{2, 6} << "stay_out" << 2.0; // 2 and 4 are as close to 3
        QTest::newRow("a tie joins") << QList<double>{2, 6} << "join" << 4.0;
    }

    void greedySoupIsNeverWorseOnIdVal() {
        QFETCH(QList<double>, members);
        QFETCH(QString, ties);
        QFETCH(double, mean);
        std::vector<ParentWeights> parents;
        double best = 0;
        for (const double value : members) {
            parents.push_back(parentOf("x", value));
            best = std::max(best, closenessTo3(parents.back().trained).accuracy);
        }
        const auto spec = specOf(
            fmt::format(R"({{"kind": "weight_soup", "parents": ["x"], "members": 3, "soup": "greedy", "ties": "{}"}})",
                        ties.toStdString()));
        const auto soup = mergeOf(spec, parents).mixtures[0].make();
        QVERIFY(closenessTo3(soup).accuracy >= best);
        QVERIFY(std::abs(valueOf(soup) - mean) < 1e-6);
    }

    void wiseFtGoesFromTheStartToTheEnd() {
        const auto spec = specOf(R"({"kind": "wise_ft", "parents": ["x"], "steps": 4, "alpha": 0.3})");
        const std::vector<ParentWeights> parents = {parentOf("x", 5, {1})};
        const auto merge = mergeOf(spec, parents);
        QCOMPARE(merge.mixtures.size(), 6U);
        QVERIFY(at::equal(merge.mixtures.front().make()[0].tensor, parents[0].start[0].tensor));
        QVERIFY(at::equal(merge.mixtures.back().make()[0].tensor, parents[0].trained[0].tensor));
        QVERIFY(std::abs(valueOf(merge.mixtures[merge.picked.value()].make()) - (1 + 0.3 * 4)) < 1e-6);
        const auto chosen = specOf(R"({"kind": "wise_ft", "parents": ["x"], "choose": "id_val"})");
        QVERIFY(!mergeOf(chosen, parents).picked);
    }

    void refusesWhatDoesNotMix() {
        const auto soup = specOf(R"({"kind": "weight_soup", "parents": ["x", "y"]})");
        auto other = parentOf("y", 1);
        other.trained[1].tensor = at::full({5}, 1.0);
        QVERIFY_THROWS_EXCEPTION(Error, mergeOf(soup, {parentOf("x", 1), other}));
        QVERIFY_THROWS_EXCEPTION(Error, mergeOf(soup, {parentOf("x", 1)}));
        const auto wise = specOf(R"({"kind": "wise_ft", "parents": ["x"]})");
        QVERIFY_THROWS_EXCEPTION(Error, mergeOf(wise, {parentOf("x", 1)}));
    }
};

LEVI_TEST(TestMergedWeights)
#include "tst_merged_weights.moc"
