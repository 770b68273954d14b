// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/seed_statistic.h"
#include "tests/support/test_main.h"
#include "tests/ui/made_store.h"
#include "ui/models/log_model.h"
#include "ui/models/queue_model.h"
#include "ui/models/results_model.h"
#include "ui/run_controller.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace levi;
using namespace levi::test;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::QtTest;

RunSummary runOf(std::int64_t id, const char* cell, std::uint64_t seed, RunState state = RunState::Done) {
    return {.id = id, .cell = cell, .name = cell, .method = "levi", .seed = seed, .state = state, .seconds = 12};
}

JobStatus jobOf(JobId id, JobState state, std::optional<std::int64_t> run = std::nullopt) {
    JobStatus job{.id = id, .title = "LEVI, seed 3", .group = "LEVI #1", .lane = "cpu", .state = state, .run = run};
    job.progress.share = state == JobState::Running ? 0.5 : 0;
    job.progress.secondsLeft = state == JobState::Running ? 10 : -1;
    return job;
}

QStringList texts(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    QStringList rows;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        const QModelIndex index = model.index(row, 0, parent);
        rows << index.data().toString() + QLatin1Char('|') + index.siblingAtColumn(1).data().toString();
        for (const QString& child : texts(model, index))
            rows << QStringLiteral("  ") + child;
    }
    return rows;
}

std::vector<RunSummary> madeRuns(const QTemporaryDir& folder) {
    const auto file = folder.filePath(QStringLiteral("store.sqlite")).toStdString();
    fillStore(file);
    return RunStore(file, RunStore::Access::Read).runs();
}

} // namespace

class TestModels : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void groupsJobsAndRuns() {
        const std::vector<RunSummary> runs = {runOf(1, "a", 0), runOf(2, "a", 1, RunState::Failed), runOf(3, "b", 0)};
        const std::vector<JobStatus> jobs = {jobOf(1, JobState::Running), jobOf(2, JobState::Queued)};
        QueueModel model;
        QAbstractItemModelTester tester(&model, kFatal);
        model.setGroups(queueGroups(jobs, runs));
        QCOMPARE(texts(model), QStringList({"LEVI #1|0 of 2", "  seed 3|running", "  seed 3|waiting", "b|done",
                                            "  seed 0|done", "a|1 failed", "  seed 0|done", "  seed 1|failed"}));
        QCOMPARE(model.groups().front().secondsLeft(), std::optional(30.0)); // 10 left, then 20 of the next one
    }

    void showsARunOnceWhoeverKnowsIt() {
        const std::vector<RunSummary> runs = {runOf(7, "a", 5, RunState::Running)};
        const std::vector<JobStatus> jobs = {jobOf(1, JobState::Running, 7)};
        QueueModel model;
        model.setGroups(queueGroups(jobs, runs));
        QCOMPARE(texts(model), QStringList({"a|0 of 1", "  seed 5|running"}));
    }

    void keepsIndexesWhileRowsStay() {
        QueueModel model;
        QAbstractItemModelTester tester(&model, kFatal);
        std::vector<JobStatus> jobs = {jobOf(1, JobState::Running)};
        model.setGroups(queueGroups(jobs, {}));
        const QPersistentModelIndex item = model.index(0, 0, model.index(0, 0));
        jobs[0].progress.share = 0.75;
        model.setGroups(queueGroups(jobs, {}));
        QVERIFY(item.isValid());
        QCOMPARE(item.data(ShareRole).toDouble(), 0.75);
        model.setGroups({});
        QVERIFY(!item.isValid());
    }

    // A job keeps its last lines only: older ones go from the front, and what is looked at stays where it is.
    void theLogLosesItsOldestLines() {
        const auto linesFrom = [](int first, int count) {
            std::vector<LogLine> lines;
            for (int i = first; i < first + count; ++i)
                lines.push_back({.unixSeconds = 1.76e9 + i, .level = "info", .text = fmt::format("line {}", i)});
            return lines;
        };
        LogModel model;
        const QAbstractItemModelTester tester(&model, kFatal);
        model.setLines(linesFrom(0, 10), 0);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        const QPersistentModelIndex looked(model.index(7, LogModel::Text));
        model.setLines(linesFrom(3, 10), 3);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.rowCount(), 10);
        QCOMPARE(looked.row(), 4);
        QCOMPARE(model.index(9, LogModel::Text).data().toString(), QStringLiteral("line 12"));
        model.setLines(linesFrom(100, 10), 100); // all of them are others
        QCOMPARE(resets.count(), 1);
        QCOMPARE(model.index(0, LogModel::Text).data().toString(), QStringLiteral("line 100"));
    }

    void appendsAndFiltersTheLog() {
        LogModel model;
        QAbstractItemModelTester tester(&model, kFatal);
        std::vector<LogLine> lines = {{.level = "debug", .text = "one"}, {.level = "warn", .text = "two\x1b[0m"}};
        model.setLines(lines);
        const QPersistentModelIndex first = model.index(0, 0);
        lines.push_back({.level = "error", .text = "three"});
        model.setLines(lines);
        QVERIFY(first.isValid());
        LogFilter filter;
        const QAbstractItemModelTester filterTester(&filter, kFatal);
        filter.setSourceModel(&model);
        filter.setFilterKeyColumn(LogModel::Text);
        filter.setLeast(LogLevel::Warn);
        QCOMPARE(filter.rowCount(), 2);
        QVERIFY(!filter.index(0, LogModel::Text).data().toString().contains(QChar(0x1b)));
        filter.setFilterFixedString(QStringLiteral("thr"));
        QCOMPARE(filter.rowCount(), 1);
        model.setLines({{.level = "info", .text = "another run"}});
        QVERIFY(!first.isValid());
    }

    void showsSettingsAndTheirSeeds() {
        const QTemporaryDir folder;
        const auto runs = madeRuns(folder);
        ResultsModel model;
        QAbstractItemModelTester tester(&model, kFatal);
        model.setView(std::make_shared<const ResultsView>(makeResultsView(runs, {})));
        QCOMPARE(model.rowCount(), kMadeCells);
        QCOMPARE(model.rowCount(model.index(3, 0)), 4);
        const QModelIndex levi = model.index(0, model.view()->firstValueColumn);
        QVERIFY(levi.data().toString().contains(QStringLiteral(" ± ")));
        const QModelIndex seed = model.index(2, levi.column(), model.index(0, 0));
        QCOMPARE(seed.data().toString(), QString::number(100 * seed.data(SortRole).toDouble(), 'f', 1));
        QCOMPARE(seed.data(RunRole).toLongLong(), model.view()->cells[0].seeds[2].run);
    }

    void marksTheBestAndWhatIsMissing() {
        const QTemporaryDir folder;
        const auto runs = madeRuns(folder);
        ResultsModel model;
        model.setView(std::make_shared<const ResultsView>(makeResultsView(runs, {.metric = "nll"})));
        const int sketch = model.view()->firstValueColumn + 2;
        QVERIFY(model.headerData(sketch, Qt::Horizontal, Qt::DisplayRole).toString().contains(QStringLiteral("↓")));
        int bold = 0;
        for (int row = 0; row < model.rowCount(); ++row)
            bold += model.index(row, sketch).data(Qt::FontRole).value<QFont>().bold();
        QCOMPARE(bold, 1);
        QCOMPARE(model.index(2, sketch).data().toString().left(1), QStringLiteral("–"));
        QVERIFY(!model.index(2, sketch).data(SortRole).isValid());
        ResultsFilter filter;
        const QAbstractItemModelTester filterTester(&filter, kFatal);
        filter.setSourceModel(&model);
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            filter.sort(sketch, order);
            QVERIFY(!filter.index(kMadeCells - 1, sketch).data(SortRole).isValid());
        }
        filter.setText(QStringLiteral("ensemble of"));
        QCOMPARE(filter.rowCount(), 1);
        QCOMPARE(filter.rowCount(filter.index(0, 0)), 6);
    }

    void namesTheStatistic_data() {
        QTest::addColumn<int>("statistic");
        QTest::addColumn<QString>("best");
        QTest::addColumn<QString>("tied");
        QTest::newRow("mean") << static_cast<int>(Statistic::Mean) << QStringLiteral("The best mean of this column")
                              << QStringLiteral("Not told apart from the best mean by the paired test");
        QTest::newRow("interquartile mean")
            << static_cast<int>(Statistic::InterquartileMean)
            << QStringLiteral("The best interquartile mean of this column")
            << QStringLiteral(
                   "Not told apart from the best interquartile mean by the paired test, which is one of mean "
                   "differences");
    }

    void namesTheStatistic() {
        QFETCH(int, statistic);
        const QTemporaryDir folder;
        ResultsModel model;
        model.setView(std::make_shared<const ResultsView>(makeResultsView(
            madeRuns(folder), {.statistic = static_cast<Statistic>(statistic), .spread = Spread::Bootstrap})));
        QSet<QString> best, tied;
        const int first = model.view()->firstValueColumn;
        for (int row = 0; row < model.rowCount(); ++row)
            for (int column = first; column < first + model.view()->valueColumns; ++column) {
                const QModelIndex cell = model.index(row, column);
                const QString words = cell.data(Qt::ToolTipRole).toString();
                if (cell.data(Qt::FontRole).value<QFont>().bold()) best << words;
                if (cell.data(TiedRole).toBool()) tied << words;
            }
        QTEST(QStringList(best.values()).join(QLatin1Char('|')), "best");
        QTEST(QStringList(tied.values()).join(QLatin1Char('|')), "tied");
        const QString head = model.headerData(first, Qt::Horizontal, Qt::ToolTipRole).toString();
        QCOMPARE(head.contains(QStringLiteral("interquartile mean")),
                 static_cast<Statistic>(statistic) == Statistic::InterquartileMean);
    }

    void comparesWithTheBaseline() {
        const QTemporaryDir folder;
        const auto runs = madeRuns(folder);
        const auto baseline = runs.front().cell;
        const ResultsView view = makeResultsView(runs, {.baseline = baseline});
        QCOMPARE(view.baseline, std::optional<std::size_t>(0));
        QCOMPARE(view.differences.size(), std::size_t{3 * (kMadeCells - 1)});
        const auto& tuned = view.differences[2 * 3]; // full fine-tuning has four seeds
        QCOMPARE(tuned.count, 4);
        QCOMPARE(tuned.p, QStringLiteral("n too small"));
        QVERIFY(view.differences[1 * 3].p.startsWith(QStringLiteral("p = 0.03")));
        QCOMPARE(view.domains.size(), std::size_t{5}); // ID test, photo, art_painting, cartoon, sketch
        QVERIFY(!view.cells[5].title.contains(QChar(0x202E)));
    }

    // Of nll the lower one is better: the words turn with the metric, the figures do not.
    void namesWhoIsBetter_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<bool>("lowerIsBetter");
        QTest::newRow("higher is better") << "accuracy" << false;
        QTest::newRow("lower is better") << "nll" << true;
    }

    void namesWhoIsBetter() {
        QFETCH(QString, metric);
        QFETCH(bool, lowerIsBetter);
        const QTemporaryDir folder;
        const ResultsView view = makeResultsView(madeRuns(folder), {.metric = metric.toStdString()});
        int decided = 0;
        for (const auto& difference : view.differences) {
            if (!difference.p.startsWith(QStringLiteral("p = 0.03"))) continue;
            const bool isAbove = *difference.mean > 0;
            const QString winner = view.cells[isAbove != lowerIsBetter ? difference.cell : *view.baseline].title;
            const QString verdict = QString::fromStdString(difference.verdict);
            QVERIFY2(verdict.startsWith(winner + QStringLiteral(" is better (p = 0.03")), qPrintable(verdict));
            ++decided;
        }
        QVERIFY(decided > 0);
    }

    void whiskersAreWhatTheTableSays_data() {
        QTest::addColumn<int>("spread");
        QTest::newRow("t-interval") << static_cast<int>(Spread::TInterval);
        QTest::newRow("bootstrap") << static_cast<int>(Spread::Bootstrap);
        QTest::newRow("standard error") << static_cast<int>(Spread::StandardError);
    }

    void whiskersAreWhatTheTableSays() {
        QFETCH(int, spread);
        const QTemporaryDir folder;
        const ResultsView view = makeResultsView(madeRuns(folder), {.spread = static_cast<Spread>(spread)});
        QVERIFY(!spreadName(view.question.spread).isEmpty());
        const auto& cell = view.cells.front();
        std::vector<double> ids;
        for (const SeedValues& seed : cell.seeds)
            ids.push_back(seed.id.value());
        const auto asked = spreadOf(ids, {.spread = view.question.spread}).value();
        QCOMPARE(cell.id->ends.value().low, asked.low);
        QCOMPARE(cell.id->ends->high, asked.high);
        QVERIFY(asked.low < cell.id->mean && cell.id->mean < asked.high);
        const bool isSymmetric = std::abs(asked.low + asked.high - 2 * cell.id->mean) < 1e-12;
        QCOMPARE(isSymmetric, view.question.spread != Spread::Bootstrap);
    }

    void saysWhatDiffers() {
        const QTemporaryDir folder;
        const auto runs = madeRuns(folder);
        const ResultsView view = makeResultsView(runs, {});
        QVERIFY(!specDifferences(view.cells[0].specJson, "[not json"));
        const auto differences = specDifferences(view.cells[0].specJson, view.cells[5].specJson).value();
        const auto taps = std::ranges::find(differences, std::string("method.taps"), &SpecDifference::path);
        QVERIFY(taps != differences.end());
        QCOMPARE(QString::fromStdString(taps->a), QStringLiteral("8-12"));
    }
};

LEVI_TEST(TestModels)
#include "tst_models.moc"
