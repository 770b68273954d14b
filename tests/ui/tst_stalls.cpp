// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/engine_loader.h"
#include "tests/support/stall_watchdog.h"
#include "tests/support/test_main.h"
#include "tests/ui/big_store.h"
#include "tests/ui/window_fixture.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QTabWidget>
#include <QTreeView>

using namespace levi;
using levi::test::StallWatchdog;

namespace {

constexpr int kSettings = 200; // with ten seeds each

// What somebody does in the window; every step is followed by a pause, as people make one.
using Act = std::function<void(MainWindow&)>;

void rest() {
    QTest::qWait(80);
}

QTreeView& resultsOf(MainWindow& window) {
    return *window.page(PageKind::Results)->findChild<QTreeView*>(QStringLiteral("results"));
}

void togglesTheTheme(MainWindow& window) {
    for (int i = 0; i < 4; ++i) {
        window.toggleLightness();
        rest();
    }
}

void turnsPages(MainWindow& window) {
    for (const PageKind page : {PageKind::Layers, PageKind::Runs, PageKind::Results, PageKind::Report, PageKind::Setup,
                                PageKind::Results, PageKind::Runs}) {
        window.showPage(page);
        rest();
    }
}

void resizes(MainWindow& window) {
    for (const PageKind page : kPages) {
        window.showPage(page);
        for (const QSize size : {QSize(1500, 900), QSize(1920, 1080), QSize(1280, 800)}) {
            window.resize(size);
            rest();
        }
    }
}

void sortsAndExpands(MainWindow& window) {
    window.showPage(PageKind::Results);
    QTreeView& tree = resultsOf(window);
    for (int column = 0; column < tree.header()->count(); ++column) {
        tree.sortByColumn(column, Qt::DescendingOrder);
        rest();
    }
    tree.expandAll();
    rest();
    tree.sortByColumn(1, Qt::AscendingOrder);
    rest();
}

void filters(MainWindow& window) {
    window.showPage(PageKind::Results);
    auto* search = window.page(PageKind::Results)->findChild<QLineEdit*>(QStringLiteral("results_search"));
    for (const char* text : {"l", "li", "linear", "trial 1", ""}) {
        search->setText(QLatin1String(text));
        rest();
    }
}

void looksAtEachFigure(MainWindow& window) {
    window.showPage(PageKind::Results);
    auto* figures = window.page(PageKind::Results)->findChild<QTabWidget*>(QStringLiteral("figures"));
    for (const int tab : {1, 2, 3, 0}) {
        figures->setCurrentIndex(tab);
        rest();
    }
    resultsOf(window).selectAll();
    rest();
}

void looksAtEachTable(MainWindow& window) {
    window.showPage(PageKind::Results);
    window.page(PageKind::Results)->findChild<QTabWidget*>(QStringLiteral("figures"))->setCurrentIndex(3);
    auto* table = window.page(PageKind::Results)->findChild<QComboBox*>(QStringLiteral("more_table"));
    for (int entry = 0; entry < table->count(); ++entry) {
        table->setCurrentIndex(entry);
        QTest::qWait(600);
    }
}

void asksForAnotherMetric(MainWindow& window) {
    window.showPage(PageKind::Results);
    for (const char* metric : {"nll", "accuracy"}) {
        ResultsQuestion question = window.choice().question();
        question.metric = metric;
        window.choice().ask(question);
        QTest::qWait(600);
    }
}

void walksThroughRuns(MainWindow& window) {
    window.showPage(PageKind::Runs);
    auto* queue = window.page(PageKind::Runs)->findChild<QTreeView*>(QStringLiteral("queue"));
    queue->setFocus();
    for (int i = 0; i < 8; ++i) {
        QTest::keyClick(queue, Qt::Key_Down);
        rest();
    }
}

void trainsBeside(MainWindow& window) {
    window.showPage(PageKind::Runs);
    window.runs().startRuns(test::pictureSpec(), {0, 1});
    for (const PageKind page : {PageKind::Runs, PageKind::Results, PageKind::Setup, PageKind::Report}) {
        window.showPage(page);
        QTest::qWait(200);
    }
    static_cast<void>(QTest::qWaitFor([&] { return !window.runs().isBusy(); }, 20'000));
}

void typesIntoTheForm(MainWindow& window) {
    window.showPage(PageKind::Setup);
    auto* name = window.findChild<QLineEdit*>(QStringLiteral("name"));
    QTest::keyClicks(name, QStringLiteral("a name"));
    for (const char* kind : {"linear_probe", "full_fine_tuning", "output_ensemble", "levi"}) {
        window.draft().setText("method.kind", QLatin1String(kind));
        rest();
    }
}

} // namespace

// The window on a store of 2,000 runs: whatever is done, nobody waits for it longer than a twentieth of a second.
class TestStalls : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path m_file = m_folder.filePath(QStringLiteral("big.sqlite")).toStdString();

private Q_SLOTS:
    void initTestCase() {
        test::fillBigStore(m_file, kSettings);
        setEngineForTests(std::make_shared<test::PictureEngine>());
    }
    void cleanupTestCase() { setEngineForTests(nullptr); }

    void staysAlive_data() {
        QTest::addColumn<Act>("act");
        QTest::newRow("opening") << Act([](MainWindow&) {});
        QTest::newRow("light and dark") << Act(togglesTheTheme);
        QTest::newRow("pages") << Act(turnsPages);
        QTest::newRow("other sizes") << Act(resizes);
        QTest::newRow("sorting") << Act(sortsAndExpands);
        QTest::newRow("filtering") << Act(filters);
        QTest::newRow("figures") << Act(looksAtEachFigure);
        QTest::newRow("tables") << Act(looksAtEachTable);
        QTest::newRow("another metric") << Act(asksForAnotherMetric);
        QTest::newRow("runs") << Act(walksThroughRuns);
        QTest::newRow("training beside") << Act(trainsBeside);
        QTest::newRow("typing") << Act(typesIntoTheForm);
    }

    void staysAlive() {
        QFETCH(Act, act);
        const auto longest = test::shortestOfTries([&] { return longestOf(act); });
        qInfo("%.1f ms", longest.count());
        QVERIFY2(longest <= StallWatchdog::kLimit, qPrintable(QStringLiteral("stalled %1 ms").arg(longest.count())));
    }

private:
    StallWatchdog::Milliseconds longestOf(const Act& act) const {
        applyTheme(*qApp, Lightness::Light);
        MainWindow window(m_file);
        window.resize(1280, 800);
        window.show();
        if (!QTest::qWaitForWindowExposed(&window)) return StallWatchdog::Milliseconds::max();
        const StallWatchdog watchdog;
        if (!QTest::qWaitFor([&] { return window.store().hasRead(); }, 20'000))
            return StallWatchdog::Milliseconds::max();
        window.draft().replace(test::pictureSpec());
        rest();
        act(window);
        QTest::qWait(300);
        return watchdog.longest();
    }
};

LEVI_TEST(TestStalls)
#include "tst_stalls.moc"
