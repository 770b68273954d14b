// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/ui/made_store.h"
#include "tests/ui/page_fixture.h"
#include "ui/models/two_level_model.h"
#include "ui/pages/runs_curves.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/runs_panel.h"
#include "ui/store_snapshot.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/log_view.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTreeView>

#include <thread>

using namespace levi;
using namespace levi::test;

namespace {

// Trains until it is told to stop, or for 200 epochs of 10 ms.
RunResult train(const RunRequest& request, RunObserver& observer, std::stop_token stop) {
    observer.resolved({.taps = "8-12"});
    std::int64_t epoch = 0;
    while (!stop.stop_requested() && epoch < 200) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ++epoch;
        const double share = static_cast<double>(epoch) / 200;
        observer.stepped(
            {.step = epoch, .epoch = static_cast<double>(epoch), .loss = 2.0 / static_cast<double>(epoch)});
        observer.progressed({.phase = "training",
                             .done = epoch,
                             .total = 200,
                             .unit = "epochs",
                             .share = share,
                             .secondsLeft = 2 * (1 - share)});
        observer.logged({.unixSeconds = 1.7e9, .level = "info", .text = "epoch " + std::to_string(epoch)});
        if (epoch % 5 == 0) observer.evaluated({.epoch = epoch, .metrics = {{"id_val", "", "accuracy", 0.5, 10}}});
    }
    const bool failed = request.spec.seed == 13;
    if (failed) return {.state = RunState::Failed, .message = "seed 13 brings bad luck; take another"};
    return {.state = stop.stop_requested() ? RunState::Cancelled : RunState::Done};
}

struct RunsFixture : PageFixture<RunsPage> {
    explicit RunsFixture(bool filled = false) : PageFixture(train, filled ? fillStore : nullptr) {
        tree = find<QTreeView>("queue");
    }

    void start(const std::vector<std::uint64_t>& seeds, const char* other = "method.taps=8-12") const {
        ExperimentSpec spec;
        for (const char* assignment :
             {"name=fake", "data.path=/data/pacs.zip", "data.ood=sketch", "backbone.path=/models/vit_tiny", other})
            setAssignment(spec, assignment);
        runs->startRuns(spec, seeds);
    }
    bool awaitRows(int rows) const {
        return await([this, rows] { return tree->model()->rowCount() >= rows; });
    }
    bool awaitSelectedState(const QString& state) const {
        return await([&] { return tree->currentIndex().siblingAtColumn(1).data().toString() == state; });
    }
    void click(const char* button) const { QTest::mouseClick(find<QPushButton>(button), Qt::LeftButton); }
    bool isOffered(const char* button) const { return find<QPushButton>(button)->isVisible(); }

    QTreeView* tree = nullptr;
};

} // namespace

class TestRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void emptyStateShowsItsWholeSentence() {
        EmptyState empty({.iconName = "runs", .heading = "No run", .sentence = QString("word ").repeated(60)});
        empty.resize(800, 600);
        empty.show();
        for (const QLabel* label : empty.findChildren<QLabel*>())
            if (label->wordWrap()) QVERIFY(label->height() >= label->heightForWidth(label->width()));
    }

    void isEmptyWithoutRuns() {
        RunsFixture fixture;
        const QSignalSpy wanted(fixture.page.get(), &Page::pageWanted);
        for (QPushButton* button : fixture.page->findChildren<QPushButton*>())
            if (button->isVisible()) QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
    }

    void followsStopsAndStartsAgain() {
        RunsFixture fixture;
        fixture.start({0, 1});
        QVERIFY(fixture.awaitRows(1));
        QVERIFY(fixture.awaitSelectedState("running"));
        QCOMPARE(fixture.page->badge(), QStringLiteral("2"));
        QVERIFY(fixture.await([&] { return fixture.tree->currentIndex().data(ShareRole).toDouble() > 0.02; }));
        QVERIFY(fixture.await([&] { return fixture.find<QTableView>("log")->model()->rowCount() > 2; }));
        QVERIFY(!fixture.isOffered("run_discard"));
        fixture.click("run_stop");
        QVERIFY(fixture.await([&] { return fixture.runs->jobs()[0].state == JobState::Cancelled; }));
        fixture.click("stop_all");
        QVERIFY(fixture.await([&] { return !fixture.runs->isBusy(); }));
        QVERIFY(fixture.await([&] { return fixture.isOffered("run_again"); }));
        fixture.click("run_again");
        QVERIFY(fixture.await([&] { return fixture.runs->isBusy(); }));
        fixture.runs->stopAll();
        QVERIFY(fixture.await([&] { return !fixture.runs->isBusy(); }));
    }

    void showsWhatIsStarted() {
        RunsFixture fixture(true);
        QVERIFY(fixture.awaitRows(kMadeCells));
        const QModelIndex setting = fixture.tree->model()->index(2, 0);
        fixture.tree->expand(setting);
        const QModelIndex old = fixture.tree->model()->index(1, 0, setting);
        QTest::mouseClick(fixture.tree->viewport(), Qt::LeftButton, {}, fixture.tree->visualRect(old).center());
        QCOMPARE(fixture.tree->currentIndex(), old);
        QVERIFY(fixture.await([&] { return fixture.isOffered("run_again"); }));
        fixture.click("run_again");
        QVERIFY(fixture.awaitSelectedState("running"));
        QVERIFY(fixture.isOffered("run_stop"));
    }

    void asksBeforeItDiscards() {
        RunsFixture fixture(true);
        QVERIFY(fixture.awaitRows(kMadeCells));
        const auto runs = [&] { return fixture.store->snapshot()->runs.size(); };
        const auto before = runs();
        QVERIFY(fixture.await([&] { return fixture.isOffered("run_discard"); }));
        fixture.click("run_discard");
        QVERIFY(fixture.isOffered("run_discard_yes"));
        QTest::keyClick(fixture.find<QPushButton>("run_discard_no"), Qt::Key_Escape);
        QVERIFY(!fixture.isOffered("run_discard_yes"));
        QCOMPARE(runs(), before);
        fixture.tree->setFocus();
        QTest::keyClick(fixture.tree, Qt::Key_Delete);
        fixture.click("run_discard_yes");
        QVERIFY(fixture.await([&] { return runs() == before - 1; }));
    }

    void saysWhyARunFailed() {
        RunsFixture fixture(true);
        QVERIFY(fixture.awaitRows(kMadeCells));
        for (const RunSummary& run : fixture.store->snapshot()->runs)
            if (run.state == RunState::Failed) fixture.page->showRun(run.id);
        QVERIFY(fixture.awaitSelectedState("failed"));
        QVERIFY(fixture.find<QLabel>("run_sentence")->text().contains("became NaN at step 41"));
        QVERIFY(fixture.isOffered("run_again"));
        for (const RunSummary& run : fixture.store->snapshot()->runs)
            if (run.state == RunState::Interrupted) fixture.page->showRun(run.id);
        QVERIFY(fixture.awaitSelectedState("interrupted"));
    }

    void searchesTheLog() {
        RunsFixture fixture(true);
        QVERIFY(fixture.awaitRows(kMadeCells));
        auto* log = fixture.find<QTableView>("log");
        QVERIFY(fixture.await([&] { return log->model()->rowCount() == 14; })); // one of 15 is debug
        QTest::keyClicks(fixture.find<QLineEdit>("log_search"), "DUPLICATES");
        QCOMPARE(log->model()->rowCount(), 1);
    }

    // An ensemble, the newest of that store, has no curves.
    void opensOnWhatWasTrained() {
        RunsFixture fixture;
        {
            RunStore store(fixture.file);
            for (const char* method : {"linear_probe", "output_ensemble"})
                store.endRun(store.beginRun({.specJson = "{}", .cell = method, .name = method, .method = method}), {});
        }
        QVERIFY(fixture.awaitRows(2));
        QCOMPARE(fixture.tree->model()->index(0, 0).data().toString(), QStringLiteral("output_ensemble"));
        QVERIFY(fixture.await([&] { return fixture.find<QLabel>("run_title")->text().startsWith("linear_probe"); }));
    }

    void saysWhyALogIsEmpty() {
        LogView view;
        view.resize(600, 200);
        auto* table = view.findChild<QTableView*>(QStringLiteral("log"));
        const auto inked = [&](const QString& text) {
            view.setEmptyText(text);
            const QImage image = table->viewport()->grab().toImage();
            return std::ranges::any_of(std::views::iota(0, image.width()), [&](int x) {
                return image.pixelColor(x, image.height() / 2) != image.pixelColor(0, 0);
            });
        };
        QVERIFY(!inked({}));
        QVERIFY(inked("-----------------------"));
        view.setLines({{.unixSeconds = 1, .level = "info", .text = "a line"}});
        QVERIFY(!inked("-----------------------"));
    }

    void editsACopy() {
        RunsFixture fixture(true);
        QVERIFY(fixture.awaitRows(kMadeCells));
        const QSignalSpy wanted(fixture.page.get(), &Page::specWanted);
        fixture.click("run_copy");
        QCOMPARE(wanted.count(), 1);
        QVERIFY(wanted.first().first().toByteArray().contains("pacs.zip"));
    }

    void saysWhenASpecCannotBeRead() {
        RunsFixture fixture;
        {
            RunStore store(fixture.file);
            store.endRun(store.beginRun({.specJson = "[broken", .name = "odd", .method = "levi"}), {});
        }
        QVERIFY(fixture.awaitRows(1));
        const QSignalSpy wanted(fixture.page.get(), &Page::specWanted);
        for (const char* button : {"run_again", "run_copy"}) {
            fixture.click(button);
            QVERIFY(fixture.find<QLabel>("run_sentence")->isVisible());
        }
        QCOMPARE(wanted.count(), 0);
        QVERIFY(fixture.runs->jobs().empty());
    }

    void drawsCurvesOfRoles() {
        std::vector<CandidateRecord> candidates(2);
        for (std::int64_t i = 0; i < 2; ++i) {
            auto& candidate = candidates[static_cast<std::size_t>(i)];
            candidate = {.id = 10 + i, .epoch = i + 1, .trainLoss = 1};
            candidate.metrics = {{"ood_test/sketch", "", "accuracy", 0.25, 4},
                                 {"id_test", "photo", "accuracy", 0.1, 4},
                                 {"id_val", "", "accuracy", std::nullopt, 4},
                                 {"train", "", "accuracy", 0.5, 4}};
        }
        const MetricValues curves = metricCurves(candidates, 11, "accuracy");
        QCOMPARE(curves.lines.size(), std::size_t{2});
        QCOMPARE(curves.lines[0].title, QStringLiteral("train"));
        QCOMPARE(curves.lines[1].points[1].value, 25.0);
        QCOMPARE(curves.pickedEpoch, std::optional(2.0));
        QCOMPARE(epochLosses(candidates).size(), std::size_t{2});
        candidates[1].epoch = 0; // of a run that combines others: no epoch was picked
        QVERIFY(!metricCurves(candidates, 11, "accuracy").pickedEpoch);
    }

    // Two runs may have as many metrics and not the same ones.
    void offersTheMetricsOfTheRunInSight() {
        RunPanel panel;
        const auto show = [&](std::int64_t id, const char* metric) {
            panel.showRun("a setting", {.key = QString::number(id), .title = "seed 0", .run = id}, nullptr, nullptr);
            RunDetail detail{.run = id};
            detail.candidates = {{.id = 1, .epoch = 1, .metrics = {{"id_val", "", metric, 0.5, 4}}}};
            panel.showDetail(std::make_shared<const RunDetail>(std::move(detail)));
            return panel.findChild<QComboBox*>("run_metric")->currentData().toString();
        };
        QCOMPARE(show(1, "accuracy"), QStringLiteral("accuracy"));
        QCOMPARE(show(2, "rmse"), QStringLiteral("rmse"));
    }

    void saysThatAnImportedRunHasNoFiles() {
        RunPanel panel;
        RunSummary run{.id = 4, .cell = "0123456789abcdef", .method = "levi", .state = RunState::Done};
        StoreSnapshot snapshot{.runs = {run}};
        const auto says = [&](const char* words) {
            const auto groups = QueueRows().groups({}, std::make_shared<const StoreSnapshot>(snapshot));
            panel.showRun("LEVI", groups.at(0).items.at(0), nullptr, &run);
            return std::ranges::any_of(panel.findChildren<QLabel*>(),
                                       [&](const QLabel* label) { return label->text().contains(words); });
        };
        QVERIFY(says("figures only, no weights or predictions"));
        snapshot.files[4].predictions = true;
        QVERIFY(!says("figures only"));
    }

    void tellsOfFeaturesWhereTheBackboneIsFrozen_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("mode");
        QTest::addColumn<bool>("tells");
        QTest::newRow("LEVI") << QByteArray("levi") << QByteArray("frozen") << true;
        QTest::newRow("LEVI on LoRA") << QByteArray("levi") << QByteArray("lora") << false;
        QTest::newRow("full fine-tuning") << QByteArray("full_fine_tuning") << QByteArray("frozen") << false;
        QTest::newRow("specialist") << QByteArray("specialist") << QByteArray("frozen") << false;
    }
    void tellsOfFeaturesWhereTheBackboneIsFrozen() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, mode);
        const QByteArray spec = "{\"method\":{\"kind\":\"" + method + "\"},\"backbone\":{\"mode\":\"" + mode + "\"}}";
        const RunSummary run{
            .id = 4, .method = method.toStdString(), .specJson = spec.toStdString(), .state = RunState::Done};
        RunPanel panel;
        panel.showRun("a setting", {.key = "run/4", .state = RowState::Done, .run = 4}, nullptr, &run);
        const bool told = std::ranges::any_of(panel.findChildren<QLabel*>(), [](const QLabel* label) {
            return label->text().contains("features from the cache");
        });
        QTEST(told, "tells");
    }

    void moreSeedsOfASettingJoinIt() {
        RunsFixture fixture;
        fixture.start({0, 1});
        QVERIFY(fixture.awaitSelectedState("running"));
        fixture.start({2});
        QVERIFY(fixture.await([&] { return fixture.runs->jobs().size() == 3; }));
        fixture.start({0}, "method.taps=6"); // another setting
        QVERIFY(fixture.awaitRows(2));
        const QAbstractItemModel& model = *fixture.tree->model();
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.rowCount(model.index(1, 0)), 3);
        QVERIFY(fixture.await([&] { return model.index(1, 0).data().toString() == u"fake, layers 8-12"; }));
        QVERIFY(fixture.tree->isExpanded(model.index(1, 0)));
        QCOMPARE(model.index(2, 0, model.index(1, 0)).data().toString(), QStringLiteral("seed 2"));
        fixture.click("stop_all");
        QVERIFY(fixture.await([&] { return !fixture.runs->isBusy(); }));
        QVERIFY(fixture.awaitSelectedState("cancelled"));
    }

    void longLinesOfTheLogAreScrolledSideways() {
        const QString text = QStringLiteral("a line that says much ").repeated(20) + QStringLiteral("and ends here");
        LogView view;
        view.resize(500, 200);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        auto* table = view.findChild<QTableView*>(QStringLiteral("log"));
        const auto widthOfText = [&] { return table->columnWidth(LogModel::Text); };
        view.setLines({{.unixSeconds = 1.7e9, .level = "info", .text = "short"}});
        QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        QVERIFY(widthOfText() > table->viewport()->width() / 2); // all the room that there is
        view.setLines({{.unixSeconds = 1.7e9, .level = "info", .text = text.toStdString()}});
        QTRY_VERIFY(table->horizontalScrollBar()->maximum() > 0);
        QVERIFY(widthOfText() > table->fontMetrics().horizontalAdvance(text));
        table->horizontalScrollBar()->setValue(table->horizontalScrollBar()->maximum());
        const QModelIndex index = table->model()->index(0, LogModel::Text);
        QVERIFY(table->viewport()->rect().contains(table->visualRect(index).topRight()));
        QCOMPARE(index.data(Qt::ToolTipRole).toString(), text);
    }

    void saysTheLayersOnce() {
        RunSummary run;
        run.taps = "6";
        run.name = "LEVI last layer only";
        QCOMPARE(settingTitle(run), QStringLiteral("LEVI last layer only, layer 6"));
        run.taps = "4-12";
        run.name = "LEVI";
        QCOMPARE(settingTitle(run), QStringLiteral("LEVI, layers 4-12"));
        run.name = "LEVI, layers 4-12, width 8";
        QCOMPARE(settingTitle(run), QStringLiteral("LEVI, layers 4-12, width 8"));
        run.nameInStudy = "A";
        QCOMPARE(settingTitle(run), QStringLiteral("A, layers 4-12"));
    }
};

LEVI_TEST(TestRuns)
#include "tst_runs.moc"
