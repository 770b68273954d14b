// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_store.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/models/sweep_model.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>

#include <algorithm>

using namespace levi;
using levi::test::WindowFixture;

namespace {

struct SweepFixture : WindowFixture {
    SweepFixture() {
        engine->epochs = 1;
        engine->epochTakes = std::chrono::milliseconds(0);
    }

    std::filesystem::path write(const Json& more) const {
        Json json = {{"base", toJson(test::pictureSpec())}};
        json.update(more);
        QFile file(folder.filePath(QStringLiteral("tries.sweep.json")));
        if (!file.open(QIODevice::WriteOnly)) qFatal("no file to write");
        file.write(QByteArray::fromStdString(json.dump()));
        return file.fileName().toStdString();
    }
    void open(const Json& more) const { window->open(write(more)); }
    bool isOffered() const {
        auto* start = find<QPushButton>("sweep_start");
        return QTest::qWaitFor([start] { return start->isVisible() && start->isEnabled(); }, 10'000);
    }
    bool isRunThrough() const { // from what is offered to the end of its runs
        startIt();
        return QTest::qWaitFor([this] { return window->currentPage() == PageKind::Runs; }, 10'000) && ended();
    }
    void startIt() const { QTest::mouseClick(find<QPushButton>("sweep_start"), Qt::LeftButton); }
    std::vector<RunSummary> runs() const { return RunStore(window->store().file()).runs(); }
};

const Json kTwoTaps = {
    {"seeds", "0,1"},
    {"variants",
     {{{"name", "last"}, {"method", {{"taps", "last"}}}}, {{"name", "late"}, {"method", {{"taps", "8-12"}}}}}}};

const Json kTwoRounds = {{"grid", {{"train.learning_rate", {1e-4, 1e-3}}}},
                         {"halving", {{"epochs", {1, 2}}, {"keep", 0.5}}}};

} // namespace

// A list of settings from a file: offered, run and gone on with.
class TestSweep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isOfferedInPlaceOfASpec() {
        const SweepFixture f;
        const std::string before = toJson(f.window->draft().spec()).dump();
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        auto* table = f.find<QTableView>("sweep_table");
        const QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(table->model()->rowCount(), 2);
        QCOMPARE(table->model()->index(1, SweepModel::Setting).data().toString(), QStringLiteral("late"));
        QCOMPARE(table->model()->index(1, SweepModel::Done).data().toString(), QStringLiteral("0 of 2"));
        QVERIFY(f.find<QLabel>("sweep_title")->text().contains(QStringLiteral("2 settings, 4 runs; 0 done")));
        QCOMPARE(f.find<QPushButton>("sweep_start")->text(), QStringLiteral("Start 4 runs"));
        QCOMPARE(toJson(f.window->draft().spec()).dump(), before);
        f.type("sweep_seeds", QStringLiteral("0..4"));
        QTRY_COMPARE(f.find<QPushButton>("sweep_start")->text(), QStringLiteral("Start 10 runs"));
        f.type("sweep_seeds", QStringLiteral("x"));
        QTRY_VERIFY(!f.find<QLabel>("sweep_sentence")->text().isEmpty());
        QVERIFY(!f.find<QPushButton>("sweep_start")->isEnabled());
        QTest::keyClick(f.find<QLineEdit>("sweep_seeds"), Qt::Key_Escape);
        QVERIFY(!f.find("sweep_form")->isVisible());
        QVERIFY(f.runs().empty());
    }

    void brokenFilesSayWhat_data() {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("said");
        QTest::newRow("key") << QByteArray(R"({"gird": {}})") << "gird";
        QTest::newRow("axis") << QByteArray(R"({"grid": {"method.tabs": ["last"]}})") << "method.tabs";
    }
    void brokenFilesSayWhat() {
        QFETCH(QByteArray, more);
        QFETCH(QString, said);
        const SweepFixture f;
        f.open(Json::parse(more.toStdString()));
        const auto isSaid = [&] {
            return !f.find<QListWidget>("problems")->findItems(said, Qt::MatchContains).isEmpty() ||
                   f.find<QLabel>("sweep_sentence")->text().contains(said);
        };
        QVERIFY(QTest::qWaitFor(isSaid, 10'000));
        QVERIFY(f.runs().empty());
    }

    void runsAndGoesOn() {
        const SweepFixture f;
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        QVERIFY(f.isRunThrough());
        QCOMPARE(f.runs().size(), std::size_t{4});
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        QCOMPARE(f.find<QPushButton>("sweep_start")->text(), QStringLiteral("Go on"));
        f.type("sweep_seeds", QStringLiteral("0..2"));
        QTRY_COMPARE(f.find<QPushButton>("sweep_start")->text(), QStringLiteral("Start 2 runs"));
        QVERIFY(f.isRunThrough());
        QCOMPARE(f.runs().size(), std::size_t{6});
    }

    void roundsGoOnByThemselves() {
        const SweepFixture f;
        f.open(kTwoRounds);
        QVERIFY(f.isOffered());
        f.startIt();
        QTRY_COMPARE(f.window->currentPage(), PageKind::Runs);
        QTRY_COMPARE_WITH_TIMEOUT(f.runs().size(), std::size_t{3}, 60'000); // two, then the better one
        QVERIFY(f.ended());
        QCOMPARE(f.runs().back().efficiency.tuningTrials, std::optional(2.0));
    }

    // One run of the round ends, the other is stopped: the round's better half would go on, and must not.
    void stoppedIsStopped() {
        const SweepFixture f;
        f.engine->epochs = 40;
        f.engine->epochTakes = std::chrono::milliseconds(20);
        f.open(kTwoRounds);
        QVERIFY(f.isOffered());
        f.startIt();
        const auto hasDone = [&] {
            return std::ranges::any_of(f.window->runs().jobs(),
                                       [](const JobStatus& job) { return job.state == JobState::Done; });
        };
        QVERIFY(QTest::qWaitFor(hasDone, 30'000));
        f.window->runs().stopAll();
        QVERIFY(f.ended());
        QTest::qWait(300);
        QVERIFY(!f.window->runs().isBusy());
        std::vector<RunState> states;
        for (const RunSummary& run : f.runs())
            states.push_back(run.state);
        QCOMPARE(states, (std::vector{RunState::Done, RunState::Cancelled}));
        QTRY_VERIFY(
            !f.find<QListWidget>("problems")->findItems(QStringLiteral("was stopped"), Qt::MatchContains).isEmpty());
    }

    // Left before the store has answered: nothing runs, and it can be opened again.
    void cancelledIsNotStarted() {
        const SweepFixture f;
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        f.engine->answerTakes = std::chrono::milliseconds(200);
        f.startIt();
        QVERIFY(!f.find<QPushButton>("sweep_start")->isEnabled());
        QTest::keyClick(f.find<QLineEdit>("sweep_seeds"), Qt::Key_Escape);
        QTest::qWait(1500);
        QVERIFY(!f.window->runs().isBusy());
        QVERIFY(f.runs().empty());
        f.engine->answerTakes = std::chrono::milliseconds(0);
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        QVERIFY(f.isRunThrough());
        QCOMPARE(f.runs().size(), std::size_t{4});
    }

    // The button is that of the seeds beside it.
    void editedSeedsAreSeenFirst() {
        const SweepFixture f;
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        f.type("sweep_seeds", QStringLiteral("0..9"));
        QVERIFY(!f.find<QPushButton>("sweep_start")->isEnabled());
        QTest::keyClick(f.find<QLineEdit>("sweep_seeds"), Qt::Key_Return);
        QVERIFY(!f.window->runs().isBusy());
        QTRY_COMPARE(f.find<QPushButton>("sweep_start")->text(), QStringLiteral("Start 20 runs"));
    }

    void waitsForWhatRuns() {
        const SweepFixture f;
        f.engine->epochs = 1000;
        f.engine->epochTakes = std::chrono::milliseconds(20);
        f.window->runs().startRuns(test::pictureSpec(), {0});
        f.open(kTwoTaps);
        QVERIFY(f.isOffered());
        f.startIt();
        QVERIFY(f.find<QLabel>("sweep_sentence")->text().contains(QStringLiteral("Runs are going on")));
        QVERIFY(f.find<QPushButton>("sweep_start")->isEnabled()); // once they have ended
        f.window->runs().stopAll();
        QVERIFY(f.ended());
    }

    // A study that is judged by a figure the runs cannot have takes none of them.
    void runsLackingTheStudysMetricAreRefused() {
        const SweepFixture f;
        RunStore(f.window->store().file()).createStudy({.name = "numbers", .question = "?", .metric = "rmse"}, false);
        f.window->draft().replace(test::pictureSpec());
        f.window->store().refresh();
        f.window->draft().setStudy("numbers");
        QVERIFY(f.awaitAnswer());
        QTRY_VERIFY(f.find<QLabel>("reason")->text().contains(QStringLiteral("is judged by rmse")));
        QVERIFY(!f.find<QPushButton>("start")->isEnabled());
        f.open(kTwoTaps);
        QTRY_VERIFY(f.find<QLabel>("sweep_sentence")->text().contains(QStringLiteral("is judged by rmse")));
        QVERIFY(!f.find<QPushButton>("sweep_start")->isEnabled());
        f.window->draft().setStudy("");
        QVERIFY(f.isOffered()); // it asks again
        QVERIFY(f.runs().empty());
    }
};

LEVI_TEST(TestSweep)
#include "tst_sweep.moc"
