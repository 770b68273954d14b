// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/engine_loader.h"
#include "tests/support/fixtures.h"
#include "tests/support/stall_watchdog.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>

#include <filesystem>

using namespace levi;
using levi::test::StallWatchdog;
using levi::test::WindowFixture;

// What a user comes for, with the real engine: from an empty window to results, by clicks and keys.
class TestMainJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void trainsTheDemoWorld() {
        const std::filesystem::path engineFile = std::filesystem::path(LEVI_BIN_DIR) / "../lib/liblevi_engine.so";
        LEVI_NEEDS(engineFile);
        const auto longest = test::shortestOfTries([] {
            WindowFixture f; // a new one each time: what is slow at first is slow again
            setEngineForTests(nullptr);
            if (!QTest::qWaitForWindowActive(f.window.get())) return StallWatchdog::Milliseconds::max();
            QTest::qWait(300); // first paint
            const StallWatchdog watchdog;
            trainsTwoSeeds(f);
            return QTest::currentTestFailed() ? StallWatchdog::Milliseconds::zero() : watchdog.longest();
        });
        QVERIFY2(longest <= StallWatchdog::kLimit, qPrintable(QStringLiteral("stalled %1 ms").arg(longest.count())));
    }

private:
    static void trainsTwoSeeds(WindowFixture& f) {
        QTest::mouseClick(f.find<QToolButton>("rail_setup"), Qt::LeftButton);
        QTest::mouseClick(f.find<QPushButton>("use_demo"), Qt::LeftButton);
        QTest::keyClick(f.find<QComboBox>("method.kind"), Qt::Key_S); // the specialist alone: needs no backbone
        QCOMPARE(f.window->draft().spec().method.kind().key, std::string("specialist"));
        for (const auto& [path, text] : kSmall)
            f.window->draft().setText(path, QLatin1String(text));
        type(f.find<QLineEdit>("seeds"), QStringLiteral("0,1"));
        QVERIFY(QTest::qWaitFor([&] { return f.window->engine().isIdle(); }, 120'000));
        auto* start = f.find<QPushButton>("start");
        QVERIFY2(start->isEnabled(), qPrintable(f.find<QLabel>("reason")->text()));
        QTest::mouseClick(start, Qt::LeftButton);
        QCOMPARE(f.window->currentPage(), PageKind::Runs);
        QVERIFY(QTest::qWaitFor([&] { return !f.window->runs().isBusy(); }, 240'000));
        for (const JobStatus& job : f.window->runs().jobs())
            QVERIFY2(job.state == JobState::Done, job.message.c_str());
        QTest::mouseClick(f.find<QToolButton>("rail_results"), Qt::LeftButton);
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

    static void type(QLineEdit* line, const QString& text) {
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
    }
    static bool hasRows(const QWidget& page) {
        for (const auto* view : page.findChildren<QTreeView*>())
            if (view->isVisible() && view->model() && view->model()->rowCount() > 0) return true;
        return false;
    }
};

LEVI_TEST(TestMainJob)
#include "tst_main_job.moc"
