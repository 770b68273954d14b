// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/stall_watchdog.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/screenshots.h"

#include <QClipboard>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QThread>
#include <QToolButton>

using namespace levi;
using levi::test::StallWatchdog;
using levi::test::WindowFixture;

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSleepStallsTheWatchdog() {
        StallWatchdog watchdog;
        QTest::qWait(100);
        QThread::msleep(120);
        QTRY_VERIFY(!watchdog.stalls().empty());
        QVERIFY(watchdog.longest().count() > 80);
    }

    void waitingForACoreIsNoStall() {
        StallWatchdog watchdog;
        std::vector<std::jthread> busy;
        for (unsigned i = 0; i < 8 * std::thread::hardware_concurrency(); ++i)
            busy.emplace_back([](std::stop_token stop) {
                while (!stop.stop_requested()) {
                }
            });
        QTest::qWait(600);
        busy.clear();
        QVERIFY2(watchdog.stalls().empty(), qPrintable(QString::number(watchdog.longest().count())));
    }

    void keysLeadToPages_data() {
        QTest::addColumn<int>("page");
        for (int page = 0; page < 5; ++page)
            QTest::addRow("Ctrl+%d", page + 1) << page;
    }
    void keysLeadToPages() {
        QFETCH(int, page);
        WindowFixture f;
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        QTest::keyClick(f.window.get(), static_cast<Qt::Key>(Qt::Key_1 + page), Qt::ControlModifier);
        QCOMPARE(static_cast<int>(f.window->currentPage()), page);
    }

    void startIsDisabledWithASentence() {
        WindowFixture f;
        QVERIFY(f.awaitAnswer());
        QVERIFY(!f.find<QPushButton>("start")->isEnabled());
        QVERIFY(f.find<QLabel>("reason")->text().contains(QStringLiteral("problem")));
        f.window->draft().replace(test::pictureSpec());
        QVERIFY(f.awaitAnswer());
        QVERIFY2(f.find<QPushButton>("start")->isEnabled(), qPrintable(f.find<QLabel>("reason")->text()));
        QVERIFY(f.find<QLabel>("reason")->text().isEmpty());
        f.window->draft().setSeedsText(QStringLiteral("5..0"));
        QVERIFY(!f.find<QPushButton>("start")->isEnabled());
    }

    void aProblemIsAWayToItsField() {
        WindowFixture f;
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        auto* problems = f.find<QListWidget>("problems");
        QVERIFY(problems->item(0)->text().startsWith(QStringLiteral("data.path")));
        QTest::mouseClick(problems->viewport(), Qt::LeftButton, {},
                          problems->visualItemRect(problems->item(0)).center());
        QTRY_VERIFY(f.find("data.path")->hasFocus());
    }

    void startRunsEachSeedAndClosingStopsThem() {
        WindowFixture f;
        f.engine->epochs = 500;
        f.window->draft().replace(test::pictureSpec());
        f.window->draft().setSeedsText(QStringLiteral("0..2"));
        QVERIFY(f.awaitAnswer());
        QTest::mouseClick(f.find<QPushButton>("start"), Qt::LeftButton);
        QCOMPARE(f.window->currentPage(), PageKind::Runs);
        QCOMPARE(f.window->runs().jobs().size(), 3u);
        QTRY_VERIFY(f.window->runs().jobs().front().state == JobState::Running);
        QTRY_COMPARE(f.window->store().snapshot()->runs.size(), 1u);
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        QTest::keyClick(f.window.get(), Qt::Key_Q, Qt::ControlModifier);
        QVERIFY(f.window->isVisible()); // not yet: it says that it stops
        QTRY_VERIFY(!f.window->isVisible());
        for (const JobStatus& job : f.window->runs().jobs())
            QCOMPARE(job.state, JobState::Cancelled);
    }

    void startHasAKey() {
        WindowFixture f;
        f.window->draft().replace(test::pictureSpec());
        f.window->draft().setSeedsText(QStringLiteral("4"));
        QVERIFY(f.awaitAnswer());
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        QTest::keyClick(f.window.get(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(f.window->runs().jobs().size(), std::size_t{1});
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->runs().isBusy(), 20'000);
    }

    void theCommandIsCopied() {
        WindowFixture f;
        f.window->draft().replace(test::pictureSpec());
        QTest::mouseClick(f.find<QToolButton>("copy_command"), Qt::LeftButton);
        const QString command = QApplication::clipboard()->text();
        QVERIFY(command.contains(QStringLiteral("levi run")));
        QVERIFY(command.contains(QStringLiteral("--seeds 0..5")));
        QCOMPARE(f.find<QLineEdit>("command")->text(), command);
    }

    // The button that had the keyboard goes; the method is what is left to decide.
    void theDemoLeadsToTheMethod() {
        WindowFixture f;
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        QVERIFY(f.awaitAnswer());
        auto* button = f.find<QPushButton>("use_demo");
        button->setFocus();
        QTest::keyClick(button, Qt::Key_Space);
        QVERIFY(f.find("method.kind")->hasFocus());
        QVERIFY(f.awaitAnswer());
        QVERIFY(!button->isVisible());
        QVERIFY(f.find("method.kind")->hasFocus());
    }

    void pagesHaveNames() {
        for (const PageKind page : kPages)
            QVERIFY(pageNamed(nameOf(page)) == page);
        QVERIFY(!pageNamed("reports"));
    }

    void nothingStallsTheWindow() {
        WindowFixture f;
        QVERIFY(QTest::qWaitForWindowExposed(f.window.get()));
        QTest::qWait(300); // first paint
        StallWatchdog watchdog;
        f.engine->answerTakes = std::chrono::milliseconds(200);
        f.window->draft().replace(test::pictureSpec());
        QVERIFY(f.awaitAnswer());
        for (const PageKind page :
             {PageKind::Layers, PageKind::Runs, PageKind::Results, PageKind::Report, PageKind::Setup}) {
            f.window->showPage(page);
            QTest::qWait(100);
        }
        for (const char* kind : {"linear_probe", "full_fine_tuning", "output_ensemble", "levi"}) {
            f.window->draft().setText("method.kind", QLatin1String(kind));
            QTest::qWait(100);
        }
        f.engine->epochs = 20;
        f.window->runs().startRuns(test::pictureSpec(), {0, 1});
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->runs().isBusy(), 10'000);
        QVERIFY2(watchdog.stalls().empty(),
                 qPrintable(QStringLiteral("stalled %1 ms").arg(watchdog.longest().count())));
    }

    void drawsEveryPage() {
        WindowFixture f;
        f.engine->epochs = 12;
        f.engine->epochTakes = std::chrono::milliseconds(10);
        f.window->runs().startRuns(test::pictureSpec(), {0, 1, 2});
        ExperimentSpec probe = test::pictureSpec();
        setFieldText(probe, "method.kind", "linear_probe");
        f.window->runs().startRuns(probe, {0, 1, 2});
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->runs().isBusy(), 20'000);
        const bool keep = qEnvironmentVariableIsSet("LEVI_SCREENSHOTS");
        const QString folder =
            keep ? qEnvironmentVariable("LEVI_SCREENSHOTS") : f.folder.filePath(QStringLiteral("shots"));
        const auto files = writeScreenshots(*qApp, *f.window, folder.toStdString());
        QCOMPARE(files.size(), 10u);
        for (const auto& file : files) {
            const QImage image(QString::fromStdString(file.string()));
            QVERIFY(image.width() >= 1280 && image.height() >= 800);
        }
    }
};

LEVI_TEST(TestMainWindow)
#include "tst_main_window.moc"
