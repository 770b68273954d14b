// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/engine_loader.h"
#include "tests/support/fixtures.h"
#include "tests/support/stall_watchdog.h"
#include "tests/support/test_main.h"
#include "tests/ui/plot_fixture.h"
#include "tests/ui/window_fixture.h"
#include "ui/pages/results_page.h"
#include "ui/widgets/field_text.h"
#include "ui/widgets/layer_picker.h"
#include "ui/widgets/loss_plot.h"
#include "ui/widgets/spec_form.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

using namespace levi;
using levi::test::StallWatchdog;
using levi::test::WindowFixture;

// What a user comes for, with the real engine: from an empty window to results, by clicks and keys.
class TestMainJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void trainsTheDemoWorld() { neverStalls(trainsTwoSeeds); }

    // The whole way: fields by keys, layers by clicks, curves while it trains, a point to click on; then a run that is
    // stopped, and one that the window is closed on.
    void fromAnEmptyWindowToAClosedOne() { neverStalls(goesTheWholeWay); }

private:
    static void neverStalls(void (*work)(WindowFixture&)) {
        LEVI_NEEDS(std::filesystem::path(LEVI_BIN_DIR) / "../lib/liblevi_engine.so");
        const auto longest = test::shortestOfTries([work] {
            WindowFixture f; // a new one each time: what is slow at first is slow again
            setEngineForTests(nullptr);
            if (!QTest::qWaitForWindowActive(f.window.get())) return StallWatchdog::Milliseconds::max();
            QTest::qWait(300); // first paint
            const StallWatchdog watchdog;
            work(f);
            return QTest::currentTestFailed() ? StallWatchdog::Milliseconds::zero() : watchdog.longest();
        });
        QVERIFY2(longest <= StallWatchdog::kLimit, qPrintable(QStringLiteral("stalled %1 ms").arg(longest.count())));
    }

    static void goesTheWholeWay(WindowFixture& f) {
        setsUpLevi(f);
        if (QTest::currentTestFailed()) return;
        start(f, QStringLiteral("0,1"));
        const auto& losses = *f.window->page(PageKind::Runs)->findChild<LossPlot*>();
        QTRY_VERIFY_WITH_TIMEOUT(!losses.isEmpty(), 120'000);
        QVERIFY(QTest::qWaitFor([&] { return !f.window->runs().isBusy(); }, 240'000));
        clicksAPoint(f);
        if (QTest::currentTestFailed()) return;
        setField(f, "train.epochs", QStringLiteral("5000"));
        clicksAFinishedRun(f); // which a new one takes the place of
        start(f, QStringLiteral("2"));
        QTRY_VERIFY_WITH_TIMEOUT(isTraining(f), 120'000);
        auto* stop = f.window->page(PageKind::Runs)->findChild<QAbstractButton*>(QStringLiteral("run_stop"));
        QTRY_VERIFY(stop->isVisible() && stop->isEnabled());
        click(stop);
        QVERIFY(QTest::qWaitFor([&] { return !f.window->runs().isBusy(); }, 120'000));
        start(f, QStringLiteral("3"));
        QTRY_VERIFY_WITH_TIMEOUT(isTraining(f), 120'000);
        QTest::keyClick(f.window.get(), Qt::Key_Q, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->isVisible(), 60'000);
        std::vector<RunState> states;
        for (const RunSummary& run : RunStore(f.window->store().file(), RunStore::Access::Read).runs())
            states.push_back(run.state);
        QCOMPARE(states, (std::vector{RunState::Done, RunState::Done, RunState::Cancelled, RunState::Cancelled}));
    }

    static void setField(WindowFixture& f, const char* path, const QString& text) {
        click(f.find<QToolButton>("rail_setup"));
        f.window->findChild<SpecForm*>()->focusField(path);
        auto* line = f.find<QLineEdit>(path);
        QVERIFY2(line, path);
        type(line, text);
        QTest::keyClick(line, Qt::Key_Return, {}, kPause);
        QCOMPARE(fieldText(fieldValue(f.window->draft().spec(), path)), text);
    }

    static void setsUpLevi(WindowFixture& f) {
        click(f.find<QToolButton>("rail_setup"));
        click(f.find<QPushButton>("use_demo"));
        for (const auto& [path, text] : kSmall)
            setField(f, path, QLatin1String(text));
        QVERIFY(QTest::qWaitFor([&] { return f.window->engine().isIdle(); }, 120'000));
        click(f.find<QToolButton>("rail_layers"));
        auto* picker = f.find<LayerPicker>("layer_picker");
        QTRY_VERIFY(picker->isVisible());
        QTest::qWait(50);
        for (const int layer : {1, 5})
            QTest::mouseClick(picker->viewport(), Qt::LeftButton, {}, picker->positionOf(layer));
        QCOMPARE(fieldText(fieldValue(f.window->draft().spec(), "method.taps")), QStringLiteral("1,4,6"));
    }

    static void start(WindowFixture& f, const QString& seeds) {
        click(f.find<QToolButton>("rail_setup"));
        type(f.find<QLineEdit>("seeds"), seeds);
        QVERIFY(QTest::qWaitFor([&] { return f.window->engine().isIdle(); }, 120'000));
        auto* button = f.find<QPushButton>("start");
        QVERIFY2(button->isEnabled(), qPrintable(f.find<QLabel>("reason")->text()));
        click(button);
        QCOMPARE(f.window->currentPage(), PageKind::Runs);
    }

    static void clicksAFinishedRun(WindowFixture& f) {
        click(f.find<QToolButton>("rail_runs"));
        auto* tree = f.find<QTreeView>("queue");
        const QModelIndex run = tree->model()->index(1, 0, tree->model()->index(0, 0));
        tree->expand(run.parent());
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(run).center());
        QCOMPARE(tree->currentIndex(), run);
        QCOMPARE(run.siblingAtColumn(1).data().toString(), QStringLiteral("done"));
    }

    static bool isTraining(const WindowFixture& f) {
        return std::ranges::any_of(f.window->runs().jobs(), [](const JobStatus& job) {
            return job.state == JobState::Running && !job.losses.empty();
        });
    }

    static void clicksAPoint(WindowFixture& f) {
        click(f.find<QToolButton>("rail_results"));
        auto& page = static_cast<ResultsPage&>(*f.window->page(PageKind::Results));
        auto* plot = page.findChild<IdOodPlot*>();
        QTRY_VERIFY(hasRows(page) && !plot->isEmpty());
        QTRY_COMPARE(f.window->store().snapshot()->runs.size(), std::size_t{2});
        QTest::qWait(50);
        const QString key = QString::fromStdString(f.window->store().snapshot()->runs.front().cell);
        QTest::mouseClick(test::inside(*plot), Qt::LeftButton, {}, plot->pixelOf(key).toPoint());
        QCOMPARE(page.selected(), std::set{key});
    }

    static void trainsTwoSeeds(WindowFixture& f) {
        click(f.find<QToolButton>("rail_setup"));
        click(f.find<QPushButton>("use_demo"));
        QTest::keyClick(f.find<QComboBox>("method.kind"), Qt::Key_S); // the specialist alone: needs no backbone
        QCOMPARE(f.window->draft().spec().method.kind().key, std::string("specialist"));
        for (const auto& [path, text] : kSmall)
            f.window->draft().setText(path, QLatin1String(text));
        type(f.find<QLineEdit>("seeds"), QStringLiteral("0,1"));
        QVERIFY(QTest::qWaitFor([&] { return f.window->engine().isIdle(); }, 120'000));
        auto* start = f.find<QPushButton>("start");
        QVERIFY2(start->isEnabled(), qPrintable(f.find<QLabel>("reason")->text()));
        click(start);
        QCOMPARE(f.window->currentPage(), PageKind::Runs);
        QVERIFY(QTest::qWaitFor([&] { return !f.window->runs().isBusy(); }, 240'000));
        for (const JobStatus& job : f.window->runs().jobs())
            QVERIFY2(job.state == JobState::Done, job.message.c_str());
        click(f.find<QToolButton>("rail_results"));
        QTRY_VERIFY(hasRows(*f.window->page(PageKind::Results)));
        QTRY_VERIFY(f.window->store().snapshot()->runs.size() == 2);
    }

    static constexpr std::pair<const char*, const char*> kSmall[] = {{"data.train_rows", "60"},
                                                                     {"data.eval_rows", "60"},
                                                                     {"specialist.width", "8"},
                                                                     {"specialist.depth", "2"},
                                                                     {"specialist_view.resolution", "16"},
                                                                     {"train.epochs", "3"},
                                                                     {"compute.threads", "1"}};

    // Milliseconds, so that each is answered: no hand sends the next key or click in the midst of the one before, and
    // what the watchdog measures is one of them.
    static constexpr int kPause = 1;

    static void click(QWidget* widget) {
        QTest::mouseClick(widget, Qt::LeftButton, {}, {}, kPause), QTest::qWait(kPause);
    }

    static void type(QLineEdit* line, const QString& text) {
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text, {}, kPause);
    }
    static bool hasRows(const QWidget& page) {
        for (const auto* view : page.findChildren<QTreeView*>())
            if (view->isVisible() && view->model() && view->model()->rowCount() > 0) return true;
        return false;
    }
};

LEVI_TEST(TestMainJob)
#include "tst_main_job.moc"
