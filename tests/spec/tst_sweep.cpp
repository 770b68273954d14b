// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/spec/spec_hash.h"
#include "core/spec/sweep.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <QTemporaryDir>

#include <fstream>
#include <set>

using namespace levi;

namespace {

constexpr const char* kBase = R"({"data": {"kind": "demo_world"}, "backbone": {"path": "resource:demo_vit"},
                                  "method": {"kind": "levi", "taps": "last"}})";

SweepRead sweepOf(const std::string& parts) {
    return sweepFromJson(
        parseStrictly(R"({"base": )" + std::string(kBase) + (parts.empty() ? "}" : ", " + parts + "}")), "/folder");
}

std::vector<std::string> names(const SweepList& list) {
    std::vector<std::string> result;
    for (const ExperimentSpec& spec : list.specs)
        result.push_back(spec.name + "/" + std::to_string(spec.seed));
    return result;
}

} // namespace

class TestSweep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Of what each setting trains of the backbone, where neither the axes nor the variant say one.
    void followsTheUsualRate() {
        const auto list =
            listOf(sweepOf(R"("variants": [{"name": "A"}, {"name": "B", "backbone": {"learning_rate": 0.01}}],
                                            "grid": {"backbone.mode": ["full", "lora", "norms"]})")
                       .sweep);
        std::vector<double> rates;
        for (const ExperimentSpec& spec : list.specs)
            rates.push_back(fieldValue(spec, "backbone.learning_rate").get<double>());
        QCOMPARE(rates, (std::vector<double>{3e-5, 1e-3, 3e-3, 0.01, 0.01, 0.01}));
    }

    void listsEveryCombination_data() {
        QTest::addColumn<QString>("parts");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("base alone") << "" << QStringList{"/0"};
        QTest::newRow("seeds") << R"("seeds": "3,5")" << QStringList{"/3", "/5"};
        QTest::newRow("variants") << R"("variants": [{"name": "A"}, {"name": "B", "method": {"taps": "all"}}])"
                                  << QStringList{"A/0", "B/0"};
        QTest::newRow("grid") << R"("grid": {"method.dropout": [0, 0.1], "specialist.width": [16, 32]})"
                              << QStringList{"LEVI, dropout=0, width=16/0", "LEVI, dropout=0, width=32/0",
                                             "LEVI, dropout=0.1, width=16/0", "LEVI, dropout=0.1, width=32/0"};
        QTest::newRow("pairs") << R"("paired": {"method.dropout": [0, 0.1], "specialist.width": [16, 32]})"
                               << QStringList{"LEVI, dropout=0, width=16/0", "LEVI, dropout=0.1, width=32/0"};
        QTest::newRow("names that two fields share")
            << R"("paired": {"train.learning_rate": [0.1], "specialist.learning_rate": [0.2], "specialist.width": [16]})"
            << QStringList{"LEVI, train.learning_rate=0.1, specialist.learning_rate=0.2, width=16/0"};
        QTest::newRow("equal settings once")
            << R"("variants": [{"name": "A"}, {"name": "B"}, {"name": "C", "method": {"kind": "linear_probe"}}],
                  "grid": {"method.taps": ["all", "last"]})"
            << QStringList{"A, taps=all/0", "A, taps=last/0", "C/0"};
        QTest::newRow("derived last")
            << R"("variants": [{"name": "E", "method": {"kind": "output_ensemble", "parents": ["A", "B"]}},
                               {"name": "A"}, {"name": "B", "method": {"taps": "all"}}], "seeds": "0..1")"
            << QStringList{"A/0", "A/1", "B/0", "B/1", "E/0", "E/1"};
    }

    void listsEveryCombination() {
        QFETCH(QString, parts);
        QFETCH(QStringList, expected);
        const SweepRead read = sweepOf(parts.toStdString());
        QVERIFY2(read.problems.empty(), problemsText(read.problems).c_str());
        const SweepList list = listOf(read.sweep);
        QVERIFY2(list.problems.empty(), problemsText(list.problems).c_str());
        QStringList found;
        for (const std::string& name : names(list))
            found << QString::fromStdString(name);
        QCOMPARE(found, expected);
    }

    void layingOverKeepsWhatBothKindsShare() {
        const auto list = listOf(sweepOf(R"("variants": [{"method": {"kind": "linear_probe"}}])").sweep);
        QCOMPARE(list.specs.size(), 1U);
        QCOMPARE(list.specs[0].method.kind().key, std::string("linear_probe"));
        QVERIFY(list.problems.empty());
    }

    void drawsAreThoseOfTheirNumber() {
        const auto values = [](int draws, const std::string& more) {
            const SweepRead read = sweepOf(
                R"("random": {"draws": )" + std::to_string(draws) +
                R"(, "seed": 7, "fields": {"train.learning_rate": {"log_uniform": [1e-4, 1e-2]})" + more + "}}");
            [&] { QVERIFY2(read.problems.empty(), problemsText(read.problems).c_str()); }();
            std::vector<double> result;
            for (const ExperimentSpec& spec : listOf(read.sweep).specs)
                result.push_back(spec.train.learningRate);
            return result;
        };
        const auto four = values(4, "");
        const auto eight =
            values(8, R"(, "specialist.width": {"choice": [8, 16]}, "train.epochs": {"integer": [3, 5]})");
        QCOMPARE(four.size(), 4U);
        QCOMPARE(std::vector(eight.begin(), eight.begin() + 4), four);
        QCOMPARE(std::set(eight.begin(), eight.end()).size(), 8U);
        for (const double rate : eight)
            QVERIFY(rate >= 1e-4 && rate <= 1e-2);
    }

    void saysWhatIsWrong_data() {
        QTest::addColumn<QString>("parts");
        QTest::addColumn<QString>("path");
        QTest::newRow("unknown part") << R"("seed": 3)"
                                      << "seed";
        QTest::newRow("seeds") << R"("seeds": "5..1")"
                               << "seeds";
        QTest::newRow("negative seed") << R"("seeds": -1)"
                                       << "seeds";
        QTest::newRow("variants") << R"("variants": {"name": "A"})"
                                  << "variants";
        QTest::newRow("a variant") << R"("variants": [3])"
                                   << "variants[0]";
        QTest::newRow("empty axis") << R"("grid": {"method.dropout": []})"
                                    << "grid.method.dropout";
        QTest::newRow("pairs") << R"("paired": {"method.dropout": [0], "specialist.width": [8, 16]})"
                               << "paired.specialist.width";
        QTest::newRow("no draws") << R"("random": {"fields": {}})"
                                  << "random.draws";
        QTest::newRow("no range") << R"("random": {"draws": 1, "fields": {"train.epochs": {"integer": [5, 3]}}})"
                                  << "random.fields.train.epochs";
        QTest::newRow("logarithm of zero")
            << R"("random": {"draws": 1, "fields": {"train.learning_rate": {"log_uniform": [0, 1]}}})"
            << "random.fields.train.learning_rate";
    }

    void saysWhatIsWrong() {
        QFETCH(QString, parts);
        QFETCH(QString, path);
        const SweepRead read = sweepOf(parts.toStdString());
        QCOMPARE(read.problems.size(), 1U);
        QCOMPARE(QString::fromStdString(read.problems[0].path), path);
    }

    void listsProblemsOfSettings() {
        const auto list = listOf(sweepOf(R"("grid": {"method.dropout": [0, 7], "nowhere.at": [1]})").sweep);
        QCOMPARE(list.problems.size(), 2U);
        QCOMPARE(list.problems[0].path, std::string("method.dropout"));
        QVERIFY(list.problems[0].message.ends_with("(setting 'LEVI, dropout=7')"));
        QCOMPARE(list.problems[1].path, std::string("nowhere.at"));
    }

    void refusesWhatGrowsWithoutBounds() {
        std::string values;
        for (int i = 0; i < 400; ++i)
            values += (i ? "," : "") + std::to_string(i + 1);
        const SweepRead read =
            sweepOf(R"("grid": {"train.epochs": [)" + values + R"(], "train.batch_size": [)" + values + "]}");
        QVERIFY_THROWS_EXCEPTION(Error, listOf(read.sweep));
    }

    void readsPathsFromItsOwnFolder() {
        const QTemporaryDir folder;
        const auto home = std::filesystem::path(folder.path().toStdString());
        std::ofstream(home / "base.json")
            << R"({"data": {"kind": "image_folder", "path": "pictures"}, "backbone": {"path": "w"}})";
        std::ofstream(home / "sweep.json") << R"({"base": "base.json", "variants": [{"data": {"path": "others"}}]})";
        const SweepRead read = readSweep(home / "sweep.json");
        QVERIFY2(read.problems.empty(), problemsText(read.problems).c_str());
        const auto list = listOf(read.sweep);
        QCOMPARE(fieldValue(list.specs[0], "data.path").get<std::string>(), (home / "others").string());
        QCOMPARE(fieldValue(list.specs[0], "backbone.path").get<std::string>(), (home / "w").string());
    }
};

LEVI_TEST(TestSweep)
#include "tst_sweep.moc"
