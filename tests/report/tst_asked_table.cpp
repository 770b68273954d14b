// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/asked_table.h"
#include "core/report/efficiency_table.h"
#include "core/report/groups_table.h"
#include "core/report/rank_table.h"
#include "core/report/results_table.h"
#include "core/report/robustness_table.h"
#include "core/report/study_page.h"
#include "core/report/validation_table.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <functional>
#include <set>

using namespace levi;
using levi::test::addRows;

namespace {

using Rows = std::vector<ResultRow>;
using Make = std::function<Table(const Rows&)>;

const StudyPlan kPlan{.name = "main", .family = {{"LEVI", "Probe"}}, .metric = "macro_f1"};
constexpr double kLevel = 0.9;

Rows someRows() {
    Rows rows;
    for (const char* metric : {"accuracy", "macro_f1"}) {
        const double less = metric == std::string("accuracy") ? 0 : 0.05;
        Rows added;
        addRows(added, {.cell = "a",
                        .method = "LEVI",
                        .roles = {{"id_val", {0.9 - less, 0.8}},
                                  {"id_test", {0.9, 0.8}},
                                  {"ood_test/x", {0.5, 0.6}},
                                  {"ood_test/y", {0.6, 0.5}}},
                        .metric = metric});
        addRows(added, {.cell = "b",
                        .method = "Probe",
                        .roles = {{"id_val", {0.7, 0.8}},
                                  {"id_test", {0.7, 0.8}},
                                  {"ood_test/x", {0.4 - less, 0.7}},
                                  {"ood_test/y", {0.3, 0.2}}},
                        .metric = metric});
        if (rows.empty()) rows = added;
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (const auto& [role, metrics] : added[i].roles)
                rows[i].roles[role].insert(metrics.begin(), metrics.end());
    }
    for (ResultRow& row : rows)
        row.study = kPlan.name;
    return rows;
}

QString asText(const Table& table) {
    return QString::fromStdString(toJson(table));
}

} // namespace

class TestAskedTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void makesWhatIsNamed_data() {
        QTest::addColumn<Make>("make");
        const auto row = [](const char* key, Make make) { QTest::newRow(key) << make; };
        row("results",
            [](const Rows& rows) { return resultsTable(rows, {.metric = "macro_f1", .level = kLevel}).table; });
        row("runs", [](const Rows& rows) { return runsTable(rows, {.metric = "macro_f1", .level = kLevel}); });
        row("efficiency", [](const Rows& rows) { return efficiencyTable(rows); });
        row("comparisons", [](const Rows& rows) { return comparisonsTable(kPlan, rows, "macro_f1"); });
        row("ranks", [](const Rows& rows) { return rankTable(rows, {.metric = "macro_f1", .alpha = 1 - kLevel}); });
        row("profile", [](const Rows& rows) { return profileTable(rows, {.metric = "macro_f1"}); });
        row("robustness", [](const Rows& rows) {
            return robustnessTable(rows, {.scale = AccuracyScale::Probit, .baselines = {"Probe"}});
        });
        row("groups", [](const Rows& rows) { return groupsTable(rows); });
        row("validation", [](const Rows& rows) { return validationTable(rows, "macro_f1"); });
        row("tuning", [](const Rows& rows) { return tuningTable(rows, "macro_f1"); });
    }

    void makesWhatIsNamed() {
        QFETCH(Make, make);
        const TableRequest request{.kind = tableKindNamed(QTest::currentDataTag()).kind,
                                   .metric = "macro_f1",
                                   .statistic = {.level = kLevel},
                                   .scale = AccuracyScale::Probit,
                                   .baselines = {"Probe"}};
        const Rows rows = someRows();
        QCOMPARE(asText(askedTable(rows, request, &kPlan)), asText(make(rows)));
    }

    void namesEveryKindOnce() {
        std::set<std::string_view> keys, titles;
        for (const TableKindInfo& info : tableKinds()) {
            QCOMPARE(&tableKindNamed(info.key), &infoOf(info.kind));
            QVERIFY2(info.explanation.ends_with('.'), info.key.data());
            keys.insert(info.key);
            titles.insert(info.title);
        }
        QCOMPARE(keys.size(), tableKinds().size());
        QCOMPARE(titles.size(), tableKinds().size());
        QVERIFY_THROWS_EXCEPTION(Error, tableKindNamed("rank"));
    }

    // What a kind says that it takes changes its table, and nothing else does.
    void saysWhatItTakes() {
        const Rows rows = someRows();
        for (const TableKindInfo& info : tableKinds()) {
            const bool isOfRuns = info.kind == TableKind::Runs;
            const TableRequest usual{.kind = info.kind,
                                     .metric = "accuracy",
                                     .statistic = {.spread = isOfRuns ? Spread::Wilson : Spread::TInterval}};
            const auto changes = [&](auto change) {
                TableRequest request = usual;
                change(request);
                return asText(askedTable(rows, request, &kPlan)) != asText(askedTable(rows, usual, &kPlan));
            };
            const bool takes[] = {
                changes([](TableRequest& request) {
                    request.metric = "macro_f1";
                    request.statistic.spread = Spread::TInterval;
                }),
                changes([&](TableRequest& request) {
                    if (isOfRuns) return; // refused
                    request.statistic = {.statistic = Statistic::InterquartileMean, .spread = Spread::Bootstrap};
                }),
                changes([&](TableRequest& request) {
                    request.statistic.spread = isOfRuns ? Spread::TInterval : Spread::StandardDeviation;
                }),
                changes([](TableRequest& request) { request.statistic.level = 0.9; }),
                changes([](TableRequest& request) { request.baselines = {"Probe"}; }),
            };
            const bool said[] = {info.takesMetric, info.takesStatistic, info.takesSpread, info.takesLevel,
                                 info.takesBaselines};
            for (int i = 0; i < 5; ++i)
                QVERIFY2(takes[i] == said[i],
                         qPrintable(QString::fromStdString(std::string(info.key)) + QString::number(i)));
        }
    }

    void takesTheMetricOfTheStudy() {
        const Rows rows = someRows();
        const TableRequest request{.kind = TableKind::Ranks};
        QCOMPARE(asText(askedTable(rows, request, &kPlan)), asText(rankTable(rows, {.metric = "macro_f1"})));
        QCOMPARE(asText(askedTable(rows, request)), asText(rankTable(rows, {.metric = "accuracy"})));
    }

    void comparisonsNeedAStudy() {
        const StudyPlan empty{.name = "main"};
        for (const StudyPlan* study : {static_cast<const StudyPlan*>(nullptr), &empty}) {
            QVERIFY(!lackOfStudy(TableKind::Comparisons, study).empty());
            QVERIFY(lackOfStudy(TableKind::Ranks, study).empty());
            QVERIFY_THROWS_EXCEPTION(Error, askedTable(someRows(), {.kind = TableKind::Comparisons}, study));
        }
        QVERIFY(lackOfStudy(TableKind::Comparisons, &kPlan).empty());
    }

    void costsJoinTheResults() {
        const Rows rows = someRows();
        ResultsTable results = resultsTable(rows, {.metric = "accuracy"});
        addEfficiencyColumns(results, rows);
        QCOMPARE(asText(askedTable(rows, {.addsCosts = true})), asText(results.table));
        QVERIFY_THROWS_EXCEPTION(Error, askedTable(rows, {.kind = TableKind::Runs, .addsCosts = true}));
    }

    void knowsWhatTellsTestFigures() {
        Rows rows = someRows();
        for (const TableKindInfo& info : tableKinds())
            QCOMPARE(showsTestFigures(info.kind, rows), info.key != "validation" && info.key != "tuning");
        rows.front().rule = CandidateRule::OracleOod;
        for (const TableKindInfo& info : tableKinds())
            QVERIFY(showsTestFigures(info.kind, rows));
    }
};

LEVI_TEST(TestAskedTable)
#include "tst_asked_table.moc"
