// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/ui/held_out_store.h"
#include "tests/ui/made_store.h"
#include "tests/ui/page_fixture.h"
#include "ui/models/two_level_model.h"
#include "ui/pages/results_page.h"
#include "ui/report_export.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/id_ood_plot.h"

#include "core/base/files.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace levi;
using namespace levi::test;

namespace {

struct ResultsFixture : PageFixture<ResultsPage> {
    explicit ResultsFixture(void (*fill)(const std::filesystem::path&) = fillStore) : PageFixture({}, fill) {
        ready = await([this] { return page->view() && !page->view()->cells.empty(); });
        tree = find<QTreeView>("results");
    }

    QString key(std::size_t cell) const { return QString::fromStdString(page->view()->cells[cell].cell); }
    void click(int row, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        const QRect cell = tree->visualRect(tree->model()->index(row, 1));
        QTest::mouseClick(tree->viewport(), Qt::LeftButton, modifiers, cell.center());
    }
    void clickPoint(std::size_t cell, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        auto* plot = page->findChild<IdOodPlot*>();
        auto* inside = plot->findChild<QWidget*>();
        for (QObject* child : plot->children())
            if (child->inherits("QCustomPlot")) inside = static_cast<QWidget*>(child);
        QTest::mouseClick(inside, Qt::LeftButton, modifiers, plot->pixelOf(key(cell)).toPoint());
    }
    void pick(const char* box, int entry) const {
        auto* combo = find<QComboBox>(box);
        combo->setFocus();
        while (combo->currentIndex() < entry)
            QTest::keyClick(combo, Qt::Key_Down);
    }

    QTreeView* tree = nullptr;
    bool ready = false;
};

} // namespace

class TestResults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isEmptyWithoutRuns() {
        PageFixture<ResultsPage> fixture;
        const QSignalSpy wanted(fixture.page.get(), &Page::pageWanted);
        auto* button = fixture.page->findChild<EmptyState*>()->button();
        QVERIFY(!button->isVisible()); // it is not known yet
        QTRY_VERIFY(button->isVisible());
        QTRY_VERIFY(button->hasFocus());
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
    }

    void showsSettings() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        QCOMPARE(fixture.tree->model()->rowCount(), kMadeCells);
        QVERIFY(fixture.find<QLabel>("results_count")->text().contains("4 to 6"));
    }

    void numbersStandNearTheirNames_data() {
        QTest::addColumn<int>("width");
        for (const int width : {900, 1190, 1900})
            QTest::addRow("%d", width) << width;
    }
    void numbersStandNearTheirNames() {
        QFETCH(int, width);
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        fixture.page->resize(width, 900);
        QTest::qWait(50);
        const QHeaderView& header = *fixture.tree->header();
        QVERIFY(header.length() <= fixture.tree->viewport()->width()); // no scroll bar
        QVERIFY(header.sectionSize(0) >= 160);
        QVERIFY(header.sectionSize(0) <= 500); // though one name is longer than that
        for (int column = 1; column < header.count(); ++column)
            QVERIFY(header.sectionSize(column) <= 260);
    }

    void sharesTheSelection() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        fixture.click(1);
        QCOMPARE(fixture.page->selected(), std::set{fixture.key(1)});
        fixture.clickPoint(2);
        QCOMPARE(fixture.page->selected(), std::set{fixture.key(2)});
        QCOMPARE(fixture.tree->selectionModel()->selectedRows().first().data(KeyRole).toString(), fixture.key(2));
        fixture.clickPoint(4, Qt::ControlModifier);
        QCOMPARE(fixture.page->selected(), (std::set{fixture.key(2), fixture.key(4)}));
        QTest::keyClick(fixture.tree, Qt::Key_Escape);
        QVERIFY(fixture.page->selected().empty());
    }

    void saysWhatDiffersBetweenTwo() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        fixture.click(0);
        fixture.click(5, Qt::ControlModifier);
        const QString text = fixture.find<QLabel>("what_differs")->text();
        QVERIFY2(text.contains("8-12") && text.contains("4-12"), qPrintable(text));
        QVERIFY(!text.contains("<img"));
    }

    void theTableHasTheKeyboard() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        QTRY_VERIFY(fixture.tree->hasFocus());
    }

    void filtersAndChangesTheMetric() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        QTest::keyClicks(fixture.find<QLineEdit>("results_search"), "linear");
        QCOMPARE(fixture.tree->model()->rowCount(), 1);
        const auto& plot = *fixture.page->findChild<IdOodPlot*>(); // shows what the table does
        const QString first = QString::fromStdString(fixture.page->view()->cells.front().cell);
        const QString kept = fixture.tree->model()->index(0, 0).data(KeyRole).toString();
        QVERIFY(first != kept);
        QTRY_COMPARE(plot.pixelOf(first), QPointF(-1, -1));
        QVERIFY(plot.pixelOf(kept) != QPointF(-1, -1));
        fixture.pick("metric", 1);
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.metric == "macro_f1"; }));
        QCOMPARE(fixture.tree->model()->rowCount(), 1);
    }

    void showsCostsBehindTheFigures() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        const auto& header = *fixture.tree->header()->model();
        const int before = header.columnCount();
        const QString figure = fixture.tree->model()->index(0, 2).data().toString();
        auto* costs = fixture.find<QToolButton>("costs");
        QTest::mouseClick(costs, Qt::LeftButton);
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.costs; }));
        QCOMPARE(header.columnCount(), before + 9);
        const auto title = [&](int column) { return header.headerData(column, Qt::Horizontal).toString(); };
        QVERIFY(title(before).startsWith("trained parameters") && title(before + 8).startsWith("inference memory"));
        QVERIFY(header.headerData(before, Qt::Horizontal, Qt::ToolTipRole).toString().contains("lower is better"));
        QVERIFY(fixture.tree->model()->index(0, before).data(SortRole).isValid());
        QCOMPARE(fixture.tree->model()->index(0, 2).data().toString(), figure);
        fixture.tree->setExpanded(fixture.tree->model()->index(0, 0), true); // seeds have no cost cells of their own
        QCOMPARE(fixture.tree->model()->index(0, before, fixture.tree->model()->index(0, 0)).data().toString(),
                 QString());
        const QString file = fixture.folder.filePath(QStringLiteral("t.csv"));
        fixture.page->exportTable(file, TableFormat::Csv);
        QVERIFY(readFile(file.toStdString()).find("trained parameters") != std::string::npos);
        QTest::mouseClick(costs, Qt::LeftButton);
        QVERIFY(fixture.await([&] { return !fixture.page->view()->question.costs; }));
        QCOMPARE(header.columnCount(), before);
    }

    void opensTheRunOfASeed() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        const QSignalSpy wanted(fixture.page.get(), &Page::runWanted);
        fixture.click(0);
        QTest::keyClick(fixture.tree, Qt::Key_Right);
        QTest::keyClick(fixture.tree, Qt::Key_Down);
        QTest::keyClick(fixture.tree, Qt::Key_Return);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().toLongLong(), fixture.page->view()->cells[0].seeds[0].run);
    }

    void showsOneOfSeveralData() {
        ResultsFixture fixture(fillHeldOutStore);
        QVERIFY(fixture.ready);
        auto* data = fixture.find<QComboBox>("results_data");
        const auto heads = [&] {
            QStringList texts;
            for (int column = 0; column < fixture.tree->model()->columnCount(); ++column)
                texts << fixture.tree->model()->headerData(column, Qt::Horizontal).toString();
            return texts.join(QLatin1Char('|'));
        };
        const auto awaitRows = [&](int rows) {
            return fixture.await([&] { return fixture.tree->model()->rowCount() == rows; });
        };
        QVERIFY(data->isVisible());
        QCOMPARE(data->count(), 3); // all, photo held out, sketch held out
        QVERIFY2(heads().contains("photo") && heads().contains("sketch") && heads().contains("data"),
                 qPrintable(heads()));
        fixture.pick("results_data", 1);
        QVERIFY(awaitRows(2));
        QVERIFY2(heads().contains("photo") && !heads().contains("sketch") && !heads().contains("data"),
                 qPrintable(heads()));
        QCOMPARE(data->count(), 3); // one can go back
        QVERIFY(data->currentText().contains("photo"));
        fixture.pick("results_data", 2);
        QVERIFY(fixture.await([&] { return heads().contains("sketch"); }));
        const ReportContent report = readReport(fixture.file, fixture.choice.question());
        QCOMPARE(report.view.cells.size(), std::size_t(4));
        QTest::keyClick(data, Qt::Key_Home);
        QVERIFY(awaitRows(4));
    }

    void ofOneDataThereIsNothingToChoose() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready && !fixture.find<QComboBox>("results_data")->isVisible());
    }

    void exportsWhatIsSeen() {
        ResultsFixture fixture;
        QVERIFY(fixture.ready);
        const auto at = [&](const char* name) { return fixture.folder.filePath(QLatin1String(name)); };
        fixture.page->exportTable(at("t.csv"), TableFormat::Csv);
        fixture.page->exportTable(at("t.tex"), TableFormat::Latex);
        QCOMPARE(std::ranges::count(readFile(at("t.csv").toStdString()), '\n'), kMadeCells + 1);
        QVERIFY(readFile(at("t.tex").toStdString()).find("\\toprule") != std::string::npos);
        for (int tab = 0; tab < 3; ++tab) {
            fixture.find<QTabWidget>("figures")->setCurrentIndex(tab);
            fixture.page->exportFigure(at("f.svg"), FigureFormat::Svg);
            QVERIFY(readFile(at("f.svg").toStdString()).starts_with("<svg"));
        }
        QVERIFY_THROWS_EXCEPTION(std::exception,
                                 fixture.page->exportTable(QStringLiteral("/proc/nowhere/t.csv"), TableFormat::Csv));
    }

    void writesTheReport() {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath(QStringLiteral("s.sqlite")).toStdString();
        const std::filesystem::path out = folder.filePath(QStringLiteral("report.html")).toStdString();
        QVERIFY_THROWS_EXCEPTION(std::exception, writeHtmlReport(file, out));
        fillStore(file);
        writeHtmlReport(file, out);
        const QByteArray html = QByteArray::fromStdString(readFile(out));
        QCOMPARE(html.count("<svg"), 3);
        QVERIFY(!html.contains("<img") && !html.contains("\x1b"));
        QVERIFY(html.contains("the loss became NaN at step 41"));
    }
};

LEVI_TEST(TestResults)
#include "tst_results.moc"
