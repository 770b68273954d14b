// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/report/domainbed_tables.h"
#include "core/store/domainbed_sweep.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace levi;

namespace {

SweepGroup group(const std::string& dataset, const std::string& algorithm, int testEnv, std::int64_t trial,
                 std::optional<double> accuracy) {
    return {.dataset = dataset, .algorithm = algorithm, .testEnv = testEnv, .trialSeed = trial, .accuracy = accuracy};
}

nlohmann::json jsonOf(const SweepGroup& one) {
    return {{"dataset", one.dataset},
            {"algorithm", one.algorithm},
            {"test_env", one.testEnv},
            {"trial_seed", one.trialSeed},
            {"sweep_acc", one.accuracy ? nlohmann::json(*one.accuracy) : nlohmann::json(nullptr)}};
}

QStringList linesOf(const std::string& text) {
    return QString::fromStdString(text).split('\n');
}

} // namespace

class TestDomainBedTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsDomainBed_data() {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("title");
        QTest::newRow("training domains") << "training_domain"
                                          << "training-domain validation set";
        QTest::newRow("leave one out") << "leave_one_domain_out"
                                       << "leave-one-domain-out cross-validation";
        QTest::newRow("oracle") << "oracle"
                                << "test-domain validation set (oracle)";
    }

    // Groups to the last digit, tables to the last character.
    void equalsDomainBed() {
        QFETCH(QString, rule);
        QFETCH(QString, title);
        const auto folder = test::golden("domainbed");
        LEVI_NEEDS(folder);
        const auto all = nlohmann::json::parse(readFile(folder / "expected.json"));
        const auto& expected = all.at("methods").at(title.toStdString());
        const DomainBedSweep sweep = readDomainBedSweep(folder / "sweep");
        QCOMPARE(sweep.records.size(), all.at("records").get<std::size_t>());
        const SweepRule known = sweepRuleNamed(rule.toStdString());
        const auto groups = selectFromSweep(sweep.records, known);
        QCOMPARE(groups.size(), expected.at("groups").size());
        for (std::size_t i = 0; i < groups.size(); ++i)
            QVERIFY2(jsonOf(groups[i]) == expected.at("groups").at(i), jsonOf(groups[i]).dump().c_str());
        QCOMPARE(QString::fromStdString(domainBedTables(groups, known)),
                 QString::fromStdString(expected.at("tables").get<std::string>()));
    }

    void putsTheUnknownLast() {
        const std::vector<SweepGroup> groups = {group("AAA", "LEVI", 1, 0, 0.5), group("AAA", "LEVI", 0, 0, 0.25),
                                                group("OfficeHome", "VREx", 0, 0, 0.5),
                                                group("OfficeHome", "ERM", 0, 0, {})};
        const QStringList lines = linesOf(domainBedTables(groups, SweepRule::Oracle));
        QVERIFY(lines[1].startsWith("-------- Dataset: OfficeHome,"));
        QCOMPARE(lines[2].simplified(), QStringLiteral("Algorithm A C P R Avg"));
        QCOMPARE(lines[3].simplified(), QStringLiteral("ERM X X X X X"));
        QVERIFY(lines[4].startsWith("VREx ") && lines[5].startsWith("LEVI "));
        QVERIFY(lines[7].startsWith("-------- Dataset: AAA,"));
        QCOMPARE(lines[8].simplified(), QStringLiteral("Algorithm 0 1 Avg"));
        QCOMPARE(lines[11].simplified(), QStringLiteral("LEVI 25.0 +/- 0.0 50.0 +/- 0.0 37.5"));
    }

    void standsAnyName() {
        const std::string hostile = "\x1b[31m\n" + std::string(40, 'x');
        const auto text = domainBedTables(std::vector{group(hostile, hostile, 0, 0, 0.5)}, SweepRule::Oracle);
        QVERIFY(text.find('\x1b') == std::string::npos);
        QCOMPARE(linesOf(text).size(), 9); // a blank, head, columns and a row, twice
    }
};

LEVI_TEST(TestDomainBedTables)
#include "tst_domainbed_tables.moc"
