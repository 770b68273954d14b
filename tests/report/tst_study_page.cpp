// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/cost_figures.h"
#include "core/report/dot_plot.h"
#include "core/report/inline_svg.h"
#include "core/report/study_page.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>

using namespace levi;
using levi::test::addRows;

namespace {

// LEVI is 10 points above the probe on each of two OOD domains, whatever the seed.
std::vector<ResultRow> someRows() {
    std::vector<ResultRow> rows;
    addRows(
        rows,
        {.cell = "a",
         .method = "LEVI",
         .roles = {{"id_test", {0.9, 0.9, 0.9}}, {"ood_test/x", {0.5, 0.6, 0.7}}, {"ood_test/y", {0.3, 0.4, 0.5}}}});
    addRows(
        rows,
        {.cell = "b",
         .method = "Probe",
         .roles = {{"id_test", {0.8, 0.8, 0.8}}, {"ood_test/x", {0.4, 0.5, 0.6}}, {"ood_test/y", {0.2, 0.3, 0.4}}}});
    for (ResultRow& row : rows)
        row.study = "main";
    return rows;
}

const StudyPlan kPlan{.name = "main", .question = "Better?", .family = {{"LEVI", "Probe"}, {"Nobody", "Probe"}}};

QString textAt(const Table& table, std::size_t row, const char* title) {
    for (std::size_t c = 0; c < table.columns.size(); ++c)
        if (table.columns[c].title == title) return QString::fromStdString(table.rows.at(row).at(c).text);
    return QStringLiteral("no such column");
}

void isDrawable(const std::vector<Figure>& figures) {
    for (const Figure& figure : figures)
        QVERIFY(inlineSvg(figure.svg, {.idPrefix = "f-", .label = figure.title}).starts_with("<svg"));
}

} // namespace

class TestStudyPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comparesMeansOverDomains() {
        const auto rows = someRows();
        const Table table = studyTable(kPlan, rows);
        QCOMPARE(table.rows.size(), std::size_t{2});
        QCOMPARE(textAt(table, 0, "OOD"), QStringLiteral("50.0 ± 24.8"));
        QVERIFY2(textAt(table, 0, "difference").startsWith("10.0 ± 0.0"), qPrintable(textAt(table, 0, "difference")));
        QCOMPARE(textAt(table, 0, "p"), QStringLiteral("0.5")); // 2 / 2^3, twice
        QCOMPARE(textAt(table, 0, "n"), QStringLiteral("3"));
        QCOMPARE(textAt(table, 1, "difference"), QStringLiteral("–"));
        QVERIFY(textAt(table, 1, "verdict").contains("no shared seed"));
        auto others = rows;
        for (ResultRow& row : others)
            row.study = "another";
        QCOMPARE(textAt(studyTable(kPlan, others), 0, "OOD"), QStringLiteral("–"));
    }

    void takesTheSeedsThatAreStated() {
        StudyPlan plan = kPlan;
        plan.seeds = {0, 2};
        for (const Endpoint endpoint : {Endpoint::OodMean, Endpoint::EveryRole}) {
            plan.endpoint = endpoint;
            const Table table = comparisonsTable(plan, someRows());
            QCOMPARE(textAt(table, 0, "n"), QStringLiteral("2"));
            QCOMPARE(
                std::ranges::count(table.notes, "Left out of the comparisons: seed 1, which the study did not state."),
                1);
        }
    }

    void exploratoryOnesStandBelow() {
        StudyPlan plan = kPlan;
        plan.family = {{.candidate = "Probe", .baseline = "LEVI", .isExploratory = true}, {"LEVI", "Probe"}};
        const Table table = studyTable(plan, someRows());
        QCOMPARE(textAt(table, 0, "setting"), QStringLiteral("LEVI"));
        QCOMPARE(textAt(table, 0, "p"), QStringLiteral("0.25")); // 2 / 2^3, alone in its family
        QCOMPARE(textAt(table, 1, "verdict"), QStringLiteral("exploratory (p = 0.25 by itself, n = 3)"));
        QVERIFY(table.notes[1].find("the one comparison of the family") != std::string::npos);
        QVERIFY(table.notes[2].starts_with("Exploratory: one comparison"));
    }

    // One table, by what the study states: a test a role, or one on the mean over domains.
    void comparesByTheEndpoint() {
        StudyPlan plan = kPlan;
        const Table roles = comparisonsTable(plan, someRows());
        QCOMPARE(roles.rows.size(), std::size_t{3}); // ID, x, y
        plan.endpoint = Endpoint::OodMean;
        QCOMPARE(comparisonsTable(plan, someRows()).rows.size(), std::size_t{2});
        QCOMPARE(textAt(comparisonsTable(plan, someRows()), 0, "OOD"), QStringLiteral("50.0 ± 24.8"));
    }

    // What decides is what was stated: another metric, another rule, or a level of the intervals change no verdict.
    void decidesOnlyAsStated_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<int>("rule"); // -1: the runs' own picks
        QTest::addColumn<QString>("note");
        QTest::newRow("as stated") << "" << -1 << "";
        QTest::newRow("the stated rule, asked for") << "" << static_cast<int>(CandidateRule::IdVal) << "";
        QTest::newRow("another metric") << "auc" << -1
                                        << "The study is judged by accuracy; by AUC its comparisons decide nothing.";
        QTest::newRow("another rule")
            << "" << static_cast<int>(CandidateRule::OracleOod)
            << "The study is judged on the candidates that id_val picks; on those of oracle_ood (oracle) "
               "its comparisons decide nothing.";
    }

    void decidesOnlyAsStated() {
        QFETCH(QString, metric);
        QFETCH(int, rule);
        QFETCH(QString, note);
        std::vector<ResultRow> rows = someRows();
        for (ResultRow& row : rows) {
            if (rule >= 0) row.rule = static_cast<CandidateRule>(rule);
            for (auto& [role, metrics] : row.roles)
                metrics["auc"] = metrics["accuracy"];
        }
        StudyPlan plan = kPlan;
        plan.margin = 0.2;
        for (const Endpoint endpoint : {Endpoint::OodMean, Endpoint::EveryRole}) {
            plan.endpoint = endpoint;
            const Table table = comparisonsTable(plan, rows, metric.toStdString());
            const QString verdict = textAt(table, 0, "verdict");
            QVERIFY2(verdict.startsWith("exploratory") != note.isEmpty(), qPrintable(verdict));
            QCOMPARE(std::ranges::count(table.notes, note.toStdString()), note.isEmpty() ? 0 : 1);
            const bool isNamed = rule > static_cast<int>(CandidateRule::IdVal); // which no reader has to be told
            const std::string name = isNamed ? ruleText(static_cast<CandidateRule>(rule)) : "no such column";
            QCOMPARE(textAt(table, 0, "rule"), QString::fromStdString(name));
            QVERIFY(!isNamed || toCsv(table).find(name) != std::string::npos);
        }
    }

    void keepsTheIntervalForPrograms() {
        const Table table = studyTable(kPlan, someRows());
        QCOMPARE(textAt(table, 0, "P(better)"), QStringLiteral("1.00"));
        const std::string head = toCsv(table).substr(0, toCsv(table).find('\n'));
        for (const char* column : {"difference low", "difference high", "difference sd", "p alone", "p floor"})
            QVERIFY2(head.find(column) != std::string::npos, head.c_str());
    }

    void namesSettingsByCellsToo_data() {
        QTest::addColumn<QString>("candidate");
        QTest::addColumn<QString>("difference");
        QTest::newRow("name") << "LEVI" << QStringLiteral("10.0 ± 0.0");
        QTest::newRow("first digits of a cell") << "0a1b2" << QStringLiteral("10.0 ± 0.0");
        QTest::newRow("too few digits") << "0a1" << QStringLiteral("–");
        QTest::newRow("another cell") << "0a1c" << QStringLiteral("–");
    }

    void namesSettingsByCellsToo() {
        QFETCH(QString, candidate);
        auto rows = someRows();
        for (ResultRow& row : rows)
            row.cell = row.cell == "a" ? "0a1b2c3d4e5f6071" : "f0e1d2c3b4a59687";
        StudyPlan plan = kPlan;
        plan.endpoint = Endpoint::OodMean;
        plan.family = {{candidate.toStdString(), "f0e1d2"}};
        QTEST(textAt(comparisonsTable(plan, rows), 0, "difference"), "difference");
        QCOMPARE(studyFigures(plan, rows).size(), std::size_t{1});
    }

    void showsNothingUnderASeal() {
        auto rows = someRows();
        for (ResultRow& row : rows) {
            row.sealed = true;
            for (auto& [role, metrics] : row.roles)
                metrics["accuracy"] = std::nullopt;
        }
        const Table table = studyTable(kPlan, rows);
        for (const char* column : {"OOD", "difference", "p", "verdict"})
            QCOMPARE(textAt(table, 0, column), QStringLiteral("sealed"));
        QVERIFY(studyFigures(kPlan, rows).empty());
    }

    void drawsItsSettings() {
        const auto figures = studyFigures(kPlan, someRows());
        QCOMPARE(figures.size(), std::size_t{1});
        QVERIFY(figures[0].svg.find(">LEVI<") != std::string::npos &&
                figures[0].svg.find("<circle") != std::string::npos);
        isDrawable(figures);
    }

    void laysOutThePremise() {
        std::vector<ResultRow> rows;
        const auto add = [&](const char* cell, const std::string& name, double value) {
            addRows(rows, {.cell = cell, .method = name, .roles = {{"ood_test/x", {value}}}});
        };
        add("a", premiseName("LEVI", {"clean", "unbiased"}), 0.9);
        add("b", premiseName("LEVI", {"flawed", "biased"}), 0.6);
        add("c", premiseName("Specialist", {"any", "biased"}), 0.5);
        const Table table = premiseTable(rows, "accuracy");
        QCOMPARE(table.rows.size(), std::size_t{2});
        QCOMPARE(textAt(table, 0, "clean, unbiased"), QStringLiteral("90.0"));
        QCOMPARE(textAt(table, 0, "clean, biased"), QStringLiteral("–"));
        QCOMPARE(textAt(table, 1, "clean, biased"), QStringLiteral("50.0"));
        QCOMPARE(textAt(table, 1, "flawed, biased"), QStringLiteral("50.0"));
        isDrawable(premiseFigures(rows, "accuracy"));
        QVERIFY(premiseTable(someRows(), "accuracy").rows.empty() && premiseFigures(someRows(), "accuracy").empty());
    }

    void drawsCosts() {
        auto rows = someRows();
        QVERIFY(costFigures(rows).empty());
        rows[0].costs = {{"inference_flops_per_sample", 3}, {"backbone_flops_per_sample", 2}};
        isDrawable(costFigures(rows));
        QCOMPARE(costFigures(rows).size(), std::size_t{1});
        const auto ticks = [&](double flops) {
            rows[0].costs["inference_flops_per_sample"] = flops;
            const std::string svg = costFigures(rows).front().svg;
            return std::pair(svg.find(">1.2<") != std::string::npos, svg.find(">50<") != std::string::npos);
        };
        QVERIFY(ticks(3) == std::pair(true, false));
        QVERIFY(ticks(150) == std::pair(false, true));
        QCOMPARE(studyPage(kPlan, rows).figures.size(), std::size_t{2});
        QVERIFY(studyPage(kPlan, rows).tables.empty()); // comparisons are not told twice
        for (ResultRow& row : rows)
            row.costs["training_flops"] = row.cell == rows[0].cell ? 10 : 20;
        rows[0].costs["feature_flops"] = 30; // 20 to 10 + 30
        const auto figures = costFigures(rows);
        isDrawable(figures);
        QCOMPARE(figures.size(), std::size_t{2});
        QVERIFY(figures[1].svg.find("times " + rows[0].cellLabel) != std::string::npos ||
                figures[1].svg.find("times " + rows[0].method) != std::string::npos);
    }

    void refusesWhatCannotBeDrawn() {
        QVERIFY_EXCEPTION_THROWN(dotPlotSvg({.title = "t", .rows = {"a"}, .series = {{.title = "s", .dots = {}}}}),
                                 Error);
        QVERIFY_EXCEPTION_THROWN(
            dotPlotSvg({.title = "t", .rows = {"a"}, .series = {{.title = "s", .dots = {std::nullopt}}}}), Error);
        const std::string hostile = dotPlotSvg({.title = "t",
                                                .axis = "<script>",
                                                .rows = {"a\"><script>"},
                                                .series = {{.title = "s", .dots = {DotPlot::Dot{1, 1, 1}}}}});
        QVERIFY(hostile.find("<script") == std::string::npos);
        isDrawable({{.title = "t", .svg = hostile, .description = {}}});
    }
};

LEVI_TEST(TestStudyPage)
#include "tst_study_page.moc"
