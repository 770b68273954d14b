// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/spec/halving.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace levi;

namespace {

constexpr const char* kSweep = R"({"base": {"data": {"kind": "demo_world"}, "backbone": {"path": "resource:demo_vit"}},
    "seeds": "0..1", "variants": [{"name": "L"}, {"name": "P", "method": {"kind": "linear_probe"}}],
    "grid": {"train.learning_rate": [1e-4, 1e-3, 1e-2, 1e-1]}, "halving": {"epochs": [2, 6, 18], "keep": 0.5}})";

SweepRead readSweepText(const std::string& text) {
    return sweepFromJson(parseStrictly(text), "/folder");
}

} // namespace

class TestHalving : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statesItsBudget() {
        const SweepRead read = readSweepText(kSweep);
        QVERIFY(read.problems.empty() && read.sweep.halving);
        const SweepList list = listOf(read.sweep);
        QVERIFY(halvingProblems(list).empty());
        const HalvingBudget budget = budgetOf(list, *read.sweep.halving);
        QCOMPARE(budget.settings, (std::vector<std::size_t>{8, 4, 2})); // of each method 4, 2, 1
        QCOMPARE(budget.epochs, std::int64_t{2 * (8 * 2 + 4 * 6 + 2 * 18)});
        QCOMPARE(budget.withoutHalving, std::int64_t{2 * 8 * 18});
    }

    void namesItsRounds() {
        const SweepRead read = readSweepText(kSweep);
        const SweepList list = listOf(read.sweep);
        const auto first = roundOf(list.specs, *read.sweep.halving, 0),
                   last = roundOf(list.specs, *read.sweep.halving, 2);
        QCOMPARE(first.front().train.epochs, std::int64_t{2});
        QCOMPARE(first.front().name, list.specs.front().name + ", 2 epochs");
        QVERIFY(last.back().train.epochs == 18 && last.back().name == list.specs.back().name);
        QCOMPARE(last.back().seed, list.specs.back().seed);
    }

    void keepsTheBestOfEachMethod() {
        const std::vector<HalvingScore> scores = {{"a", 0.1}, {"b", 0.9}, {"a", 0.3},         {"b", 0.8},
                                                  {"a", 0.3}, {"b", 0.7}, {"a", std::nan("")}};
        QCOMPARE(survivors(scores, 0.5), (std::vector<std::size_t>{1, 2, 3, 4}));
        QCOMPARE(survivors(scores, 0.01), (std::vector<std::size_t>{1, 2})); // of equals the earlier one
        QVERIFY(survivors(std::vector<HalvingScore>{{"a", std::nan("")}}, 0.5).empty());
    }

    void refuses_data() {
        QTest::addColumn<QString>("halving");
        QTest::addColumn<QString>("path");
        QTest::newRow("one round") << R"({"epochs": [3]})"
                                   << "halving.epochs";
        QTest::newRow("falling") << R"({"epochs": [3, 2]})"
                                 << "halving.epochs";
        QTest::newRow("no number") << R"({"epochs": ["a", 3]})"
                                   << "halving.epochs";
        QTest::newRow("all kept") << R"({"epochs": [1, 2], "keep": 1})"
                                  << "halving.keep";
        QTest::newRow("no object") << "3"
                                   << "halving.epochs";
    }

    void refuses() {
        QFETCH(QString, halving);
        const auto read =
            readSweepText(R"({"base": {"data": {"kind": "demo_world"}}, "halving": )" + halving.toStdString() + "}");
        QCOMPARE(read.problems.size(), std::size_t{1});
        QTEST(QString::fromStdString(read.problems.front().path), "path");
    }

    void refusesWhatTrainsNoEpochs() {
        const auto read = readSweepText(R"({"base": {"data": {"kind": "demo_world"}, "method": {"kind": "linear_probe",
            "fit": "convex"}, "backbone": {"path": "resource:demo_vit"}}, "halving": {"epochs": [1, 2]}})");
        QCOMPARE(halvingProblems(listOf(read.sweep)).size(), std::size_t{1});
    }

    void countsTuningTrials() {
        const QTemporaryDir folder;
        writeFileAtomically(folder.filePath("tuning.json").toStdString(), std::string(kSweep));
        const auto read = sweepFromJson(
            parseStrictly(R"({"base": {"data": {"kind": "demo_world"}, "backbone": {"path": "resource:demo_vit"}},
                              "seeds": "0..5", "tuned_by": "tuning.json",
                              "variants": [{"name": "L"}, {"name": "last", "method": {"taps": "last"}},
                                           {"name": "S", "method": {"kind": "specialist"}},
                                           {"name": "E", "method": {"kind": "output_ensemble", "parents": ["L", "S"]}}]})"),
            folder.path().toStdString());
        QVERIFY(read.problems.empty());
        const auto trials = tuningTrials(read.sweep, listOf(read.sweep));
        QCOMPARE(trials.at("levi"), 4.0); // four rates were tried, and both variants have the one that was best
        QCOMPARE(trials.at("linear_probe"), 4.0);
        QCOMPARE(trials.at("specialist"), 1.0);
        QVERIFY(!trials.contains("output_ensemble")); // its parents' trials are its own
        const auto kinds = readSweepText(R"({"base": {"data": {"kind": "demo_world"}, "backbone": {"path":
            "resource:demo_vit"}}, "grid": {"method.kind": ["levi", "linear_probe"]}})");
        QCOMPARE(tuningTrials(kinds.sweep, listOf(kinds.sweep)).at("linear_probe"), 1.0);
        const auto modes = readSweepText(R"({"base": {"data": {"kind": "demo_world"}, "backbone": {"path":
            "resource:demo_vit"}}, "variants": [{"name": "frozen"}, {"name": "on LoRA", "backbone": {"mode": "lora"}}],
            "grid": {"train.learning_rate": [1e-3, 1e-2, 1e-1]}})");
        const auto apart = tuningTrials(modes.sweep, listOf(modes.sweep));
        QCOMPARE(apart.at("levi"), 3.0); // a rate tried on a frozen backbone is none that was tried on LoRA
        QCOMPARE(apart.at("levi lora"), 3.0);
        const auto own = readSweepText(kSweep);
        QCOMPARE(tuningTrials(own.sweep, listOf(own.sweep)).at("levi"), 4.0); // of a sweep that is tuned by none
    }
};

LEVI_TEST(TestHalving)
#include "tst_halving.moc"
