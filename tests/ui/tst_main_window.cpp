// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_store.h"
#include "tests/support/stall_watchdog.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/screenshots.h"

#include <QClipboard>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QThread>
#include <QToolButton>
#include <QUrl>

using namespace levi;
using levi::test::StallWatchdog;
using levi::test::WindowFixture;

namespace {

constexpr auto kTooLong = static_cast<unsigned long>(2.4 * StallWatchdog::kLimit.count()); // ms

// Whether the window takes the file.
bool isDropped(MainWindow& window, const QString& file) {
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(file)});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &drop);
    return enter.isAccepted() && drop.isAccepted();
}

// Asks, turns pages, tries methods, trains.
StallWatchdog::Milliseconds longestOfWork(WindowFixture& f) {
    const StallWatchdog watchdog;
    f.window->draft().replace(test::pictureSpec());
    static_cast<void>(f.awaitAnswer());
    for (const PageKind page :
         {PageKind::Layers, PageKind::Runs, PageKind::Results, PageKind::Report, PageKind::Setup}) {
        f.window->showPage(page);
        QTest::qWait(100);
    }
    for (const char* kind : {"linear_probe", "full_fine_tuning", "output_ensemble", "levi"}) {
        f.window->draft().setText("method.kind", QLatin1String(kind));
        QTest::qWait(100);
    }
    f.window->runs().startRuns(test::pictureSpec(), {0, 1});
    static_cast<void>(QTest::qWaitFor([&] { return !f.window->runs().isBusy(); }, 10'000));
    return watchdog.longest();
}

} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSleepStallsTheWatchdog() {
        StallWatchdog watchdog;
        QTest::qWait(100);
        QThread::msleep(kTooLong);
        QTRY_VERIFY(!watchdog.stalls().empty());
        QVERIFY(watchdog.longest().count() > 2.0 / 3 * kTooLong);
    }

    // As the tests of the pages ask: a work that stalls each time is not forgiven by trying again.
    void aSleepFailsEveryTry() {
        int tries = 0;
        const auto longest = test::shortestOfTries([&] {
            ++tries;
            const StallWatchdog inside;
            QTest::qWait(100);
            QThread::msleep(kTooLong);
            QTest::qWait(50);
            return inside.longest();
        });
        QVERIFY(longest > StallWatchdog::kLimit && tries > 1);
    }

    void waitingForACoreIsNoStall() {
        std::vector<std::jthread> busy;
        for (unsigned i = 0; i < 8 * std::thread::hardware_concurrency(); ++i)
            busy.emplace_back([](std::stop_token stop) {
                while (!stop.stop_requested()) {
                }
            });
        const auto longest = test::shortestOfTries([] {
            const StallWatchdog watchdog;
            QTest::qWait(600);
            return watchdog.longest();
        });
        busy.clear();
        QVERIFY2(longest <= StallWatchdog::kLimit, qPrintable(QString::number(longest.count())));
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

    void saysWhatAStartWouldRepeat() {
        WindowFixture f;
        const auto says = [&f](const QString& words) {
            return QTest::qWaitFor([&] { return f.find<QLabel>("reason")->text() == words; }, 10'000);
        };
        f.window->draft().replace(test::pictureSpec());
        QVERIFY(f.awaitAnswer() && says({}));
        f.window->runs().startRuns(test::pictureSpec(), {0, 1});
        QVERIFY(f.ended());
        f.window->store().refresh();
        QVERIFY(says(QStringLiteral("2 of 6 runs are done already and would be repeated.")));
        QVERIFY(f.find<QPushButton>("start")->isEnabled());
        f.window->draft().setSeedsText(QStringLiteral("0,1"));
        QVERIFY(says(QStringLiteral("All 2 runs are done already and would be repeated.")));
        f.window->draft().setSeedsText(QStringLiteral("1"));
        QVERIFY(says(QStringLiteral("This run is done already and would be repeated.")));
        f.window->draft().setText("name", QStringLiteral("another name")); // the same setting
        QVERIFY(f.awaitAnswer() && says(QStringLiteral("This run is done already and would be repeated.")));
        f.window->draft().setText("train.epochs", QStringLiteral("7"));
        QVERIFY(f.awaitAnswer() && says({}));
    }

    void examplesAreSpecsOrSweeps() {
        WindowFixture f;
        auto* menu = f.find<QToolButton>("tool_open")->menu();
        QList<QMenu*> shown;
        const auto fill = [&] {
            Q_EMIT menu->aboutToShow();
            shown = menu->findChildren<QMenu*>(Qt::FindDirectChildrenOnly);
            return shown.size() == 2;
        };
        QVERIFY(QTest::qWaitFor(fill, 10'000)); // the files are looked for in the background
        for (QMenu* examples : shown)
            for (QAction* example : examples->actions())
                QCOMPARE(example->text().endsWith(QLatin1String(".sweep.json")),
                         examples->title() == QStringLiteral("Sweeps"));
        QAction* spec = shown.front()->actions().front();
        spec->trigger();
        QVERIFY(QTest::qWaitFor([&] { return f.window->draft().file() == spec->toolTip().toStdString(); }, 10'000));
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

    void closingSaysWhatIsNotStarted() {
        WindowFixture f;
        f.engine->epochs = 500;
        f.window->runs().startRuns(test::pictureSpec(), {0, 1, 2});
        QTRY_VERIFY(f.window->runs().jobs().front().state == JobState::Running);
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        const auto waiting = std::ranges::count(f.window->runs().jobs(), JobState::Queued, &JobStatus::state);
        QVERIFY(waiting > 0);
        QTest::keyClick(f.window.get(), Qt::Key_Q, Qt::ControlModifier);
        const auto labels = f.window->findChildren<QLabel*>();
        const QString said = waiting == 1 ? QStringLiteral("1 waiting run is not started")
                                          : QStringLiteral("%1 waiting runs are not started").arg(waiting);
        QVERIFY(std::ranges::any_of(labels, [&](const QLabel* label) { return label->text().contains(said); }));
        QTRY_VERIFY(!f.window->isVisible());
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

    // The demo world has no folder to put it into: dropped data bring their kind along.
    void droppedDataAreTaken() {
        WindowFixture f;
        f.window->draft().setText("data.kind", QStringLiteral("demo_world"));
        QVERIFY(isDropped(*f.window, f.folder.path()));
        QCOMPARE(f.window->draft().spec().data.kind().key, ExperimentSpec().data.kind().key);
        QCOMPARE(fieldValue(f.window->draft().spec(), "data.path").get<std::string>(), f.folder.path().toStdString());
        QVERIFY(f.window->draft().refusals().empty());
        QTRY_VERIFY(f.find("data.path")->hasFocus());
    }

    // A table is no folder of pictures, whatever it is packed in; a kind that reads tables stays.
    void droppedTablesAreTaken_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("field");
        QTest::newRow("CSV") << "/data/reviews.csv"
                             << "text_table"
                             << "data.table";
        QTest::newRow("packed JSON lines") << "/data/reviews.jsonl.gz"
                                           << "text_table"
                                           << "data.table";
        QTest::newRow("zip of pictures") << "/data/pictures.zip"
                                         << "image_folder"
                                         << "data.path";
    }
    void droppedTablesAreTaken() {
        QFETCH(QString, file);
        QFETCH(QString, kind);
        QFETCH(QString, field);
        WindowFixture f;
        const auto value = [&] { return fieldValue(f.window->draft().spec(), field.toStdString()).get<std::string>(); };
        QVERIFY(isDropped(*f.window, file));
        QCOMPARE(QString::fromStdString(f.window->draft().spec().data.kind().key), kind);
        QCOMPARE(value(), file.toStdString());
        f.window->draft().setText("data.kind", QStringLiteral("picture_table"));
        QVERIFY(isDropped(*f.window, file));
        QCOMPARE(f.window->draft().spec().data.kind().key, std::string("picture_table"));
        QCOMPARE(value(), file.toStdString());
        QVERIFY(f.window->draft().refusals().empty());
    }

    // While something runs the store is read again and again: a list that is open is not filled anew under the hand.
    void aStoreThatIsReadAgainLeavesListsAlone() {
        WindowFixture f;
        RunStore(f.window->store().file()).createStudy({.name = "a study"}, false);
        f.window->store().refresh();
        auto* study = f.find<QComboBox>("launch_study");
        QTRY_COMPARE(study->count(), 6);
        QSignalSpy removed(study->model(), &QAbstractItemModel::rowsRemoved);
        QSignalSpy read(&f.window->store(), &StoreReader::snapshotRead);
        f.window->store().refresh();
        QTRY_VERIFY(!read.isEmpty());
        QCOMPARE(removed.count(), 0);
    }

    // What is drawn once, and not by the style, follows the theme as well.
    void picturesFollowTheTheme() {
        WindowFixture f;
        f.window->showPage(PageKind::Runs);
        const auto shot = [&] { return f.window->page(PageKind::Runs)->grab().toImage(); };
        const auto has = [](const QImage& image, const QColor& color) {
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    if (image.pixelColor(x, y) == color) return true;
            return false;
        };
        QTest::qWait(100);
        QVERIFY(has(shot(), lightTheme().muted));
        applyTheme(*qApp, Lightness::Dark);
        QTest::qWait(100);
        const QImage dark = shot();
        applyTheme(*qApp, Lightness::Light);
        QVERIFY(has(dark, darkTheme().muted) && !has(dark, lightTheme().muted));
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
        f.engine->answerTakes = std::chrono::milliseconds(200);
        f.engine->epochs = 20;
        const auto longest = test::shortestOfTries([&] { return longestOfWork(f); });
        QVERIFY2(longest <= StallWatchdog::kLimit, qPrintable(QStringLiteral("stalled %1 ms").arg(longest.count())));
        QVERIFY(!f.window->runs().isBusy());
        QTRY_VERIFY(f.window->store().snapshot()->runs.size() >= 2);
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
