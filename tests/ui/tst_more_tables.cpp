// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/report/groups_table.h"
#include "core/report/rank_table.h"
#include "core/report/robustness_table.h"
#include "core/report/store_rows.h"
#include "core/report/study_page.h"
#include "core/report/validation_table.h"
#include "tests/support/test_main.h"
#include "tests/ui/held_out_store.h"
#include "tests/ui/made_store.h"
#include "tests/ui/page_fixture.h"
#include "tests/ui/sealed_store.h"
#include "ui/models/queue_rows.h"
#include "ui/models/table_model.h"
#include "ui/models/two_level_model.h"
#include "ui/pages/results_page.h"
#include "ui/widgets/table_browser.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <functional>

using namespace levi;
using namespace levi::test;

namespace {

using Rows = std::vector<ResultRow>;
using Make = std::function<Table(const Rows&)>;

// A line a row, its cells by |; the heads first.
QStringList linesOf(const QAbstractItemModel& model) {
    QStringList lines, cells;
    for (int column = 0; column < model.columnCount(); ++column)
        cells << model.headerData(column, Qt::Horizontal).toString();
    lines << cells.join(QLatin1Char('|'));
    for (int row = 0; row < model.rowCount(); ++row) {
        cells.clear();
        for (int column = 0; column < model.columnCount(); ++column)
            cells << model.index(row, column).data().toString();
        lines << cells.join(QLatin1Char('|'));
    }
    return lines;
}

QStringList linesOf(const Table& table) {
    QStringList lines, cells;
    for (const Column& column : table.columns)
        cells << cleanText(headText(column));
    lines << cells.join(QLatin1Char('|'));
    for (const auto& row : table.rows) {
        cells.clear();
        for (const Cell& cell : row)
            cells << cleanText(cell.text);
        lines << cells.join(QLatin1Char('|'));
    }
    return lines;
}

struct MoreTables : PageFixture<ResultsPage> {
    explicit MoreTables(void (*fill)(const std::filesystem::path&) = fillStore) : PageFixture({}, fill) {
        ready = await([this] { return page->view() && !page->view()->cells.empty(); });
        browser = page->findChild<TableBrowser*>();
        view = find<QTableView>("more_view");
        kinds = find<QComboBox>("more_table");
        sentence = find<QLabel>("more_sentence");
    }

    void openTab() const {
        auto* tabs = find<QTabWidget>("figures");
        QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, {}, tabs->tabBar()->tabRect(tabs->indexOf(browser)).center());
    }
    void choose(const char* key) const {
        kinds->setFocus();
        QTest::keyClick(kinds, Qt::Key_Home);
        while (kinds->currentData().toString() != QLatin1String(key) && kinds->currentIndex() + 1 < kinds->count())
            QTest::keyClick(kinds, Qt::Key_Down);
    }
    void pick(const char* box, int entry) const {
        auto* combo = find<QComboBox>(box);
        combo->setFocus();
        while (combo->currentIndex() < entry)
            QTest::keyClick(combo, Qt::Key_Down);
    }
    void askByName() const {
        auto* box = find<QCheckBox>("by_name");
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Space);
    }
    bool shows(const Table& expected) const {
        return await([&] { return view->isVisible() && linesOf(*view->model()) == linesOf(expected); });
    }
    bool says(const QString& words) const {
        return await([&] { return sentence->isVisible() && sentence->text().contains(words); });
    }
    Rows rows() const { return resultRows(RunStore(file, RunStore::Access::Read).runs()); }
    QStringList shown() const { return linesOf(*view->model()); }

    bool ready = false;
    TableBrowser* browser = nullptr;
    QTableView* view = nullptr;
    QComboBox* kinds = nullptr;
    QLabel* sentence = nullptr;
};

int visibleActions(const QMenu& menu, const char* text) {
    return static_cast<int>(std::ranges::count_if(menu.actions(), [&](const QAction* action) {
        return action->isVisible() && action->text().startsWith(QLatin1String(text));
    }));
}

} // namespace

class TestMoreTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsTheTables() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        QCOMPARE(fixture.kinds->count(), static_cast<int>(tableKinds().size()) + 1); // two settings, sample by sample
        for (const TableKindInfo& info : tableKinds()) {
            const int entry = fixture.kinds->findData(QString::fromStdString(std::string(info.key)));
            QVERIFY2(entry >= 0, info.key.data());
            QCOMPARE(fixture.kinds->itemText(entry), QString::fromStdString(std::string(info.title)));
            QVERIFY(!fixture.kinds->itemData(entry, Qt::ToolTipRole).toString().isEmpty());
        }
    }

    void isMadeOnlyInSight() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        QTest::qWait(50);
        QVERIFY(!fixture.browser->table());
        fixture.openTab();
        QVERIFY(fixture.shows(rankTable(fixture.rows())));
        const QString notes = fixture.find<QLabel>("more_notes")->text();
        QVERIFY2(notes.contains(QStringLiteral("Friedman")), qPrintable(notes));
    }

    void showsWhatTheCoreMakes_data() {
        QTest::addColumn<bool>("isHeldOut");
        QTest::addColumn<Make>("make");
        const auto row = [](const char* key, bool isHeldOut, Make make) { QTest::newRow(key) << isHeldOut << make; };
        row("profile", false, [](const Rows& rows) { return profileTable(rows); });
        row("robustness", false, [](const Rows& rows) { return robustnessTable(rows); });
        row("groups", true, [](const Rows& rows) { return groupsTable(rows); });
        row("validation", false, [](const Rows& rows) { return validationTable(rows, "accuracy"); });
        row("tuning", false, [](const Rows& rows) { return tuningTable(rows, "accuracy"); });
        row("results", false, [](const Rows& rows) { return resultsTable(rows).table; });
        row("runs", false, [](const Rows& rows) { return runsTable(rows, {.spread = Spread::Wilson}); });
    }

    void showsWhatTheCoreMakes() {
        QFETCH(bool, isHeldOut);
        QFETCH(Make, make);
        const MoreTables fixture(isHeldOut ? fillHeldOutStore : fillStore);
        QVERIFY(fixture.ready);
        fixture.openTab();
        fixture.choose(QTest::currentDataTag());
        const Table expected = make(fixture.rows());
        QVERIFY(!expected.rows.empty());
        QVERIFY2(fixture.shows(expected), qPrintable(fixture.shown().join(QLatin1Char('\n'))));
    }

    void followsTheQuestion() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        fixture.openTab();
        fixture.pick("metric", 1);
        QVERIFY(fixture.shows(rankTable(fixture.rows(), {.metric = "macro_f1"})));
        fixture.choose("runs"); // whose interval over rows is one of accuracies alone
        QVERIFY(fixture.shows(runsTable(fixture.rows(), {.metric = "macro_f1"})));
    }

    void putsSettingsOfANameTogether() {
        const MoreTables fixture(fillHeldOutStore);
        QVERIFY(fixture.ready);
        fixture.openTab();
        QVERIFY(fixture.shows(rankTable(fixture.rows()))); // of four settings, without a rank
        fixture.askByName();
        const Table expected = rankTable(mergedByName(fixture.rows()));
        QCOMPARE(expected.rows.size(), std::size_t{2});
        QCOMPARE(expected.columns.back().title, std::string("mean rank"));
        QVERIFY(fixture.shows(expected));
        QVERIFY(fixture.view->model()
                    ->headerData(fixture.view->model()->columnCount() - 1, Qt::Horizontal, Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("lower is better")));
    }

    void comparisonsNeedAStudy() {
        const MoreTables fixture(fillHeldOutStore);
        QVERIFY(fixture.ready);
        fixture.openTab();
        fixture.choose("comparisons");
        QVERIFY(fixture.says(QStringLiteral("belong to a study that states a family of them")));
        QVERIFY(!fixture.browser->table() && !fixture.view->isVisible());
        QVERIFY(fixture.find<QLabel>("more_notes")->text().isEmpty());
        QVERIFY_THROWS_EXCEPTION(std::exception,
                                 fixture.page->exportTableInSight(QStringLiteral("/tmp/t"), TableFormat::Csv));
        fixture.pick("study", 1);
        QVERIFY(fixture.shows(comparisonsTable(heldOutStudy(), fixture.rows())));
    }

    void saysWhereThereIsNoRow() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        fixture.openTab();
        fixture.choose("groups"); // nothing names any in this store
        QVERIFY(fixture.says(QStringLiteral("no row for these runs. WILDS")));
    }

    void copiesWhatIsSelected() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        fixture.openTab();
        const Table expected = rankTable(fixture.rows());
        QVERIFY(fixture.shows(expected));
        fixture.view->setFocus();
        QTest::keySequence(fixture.view, QKeySequence::SelectAll);
        QTest::keySequence(fixture.view, QKeySequence::Copy);
        QStringList all = linesOf(expected).mid(1);
        all.replaceInStrings(QStringLiteral("|"), QStringLiteral("\t"));
        QCOMPARE(QGuiApplication::clipboard()->text().split(QLatin1Char('\n')), all);
        const auto click = [&](int row, int column, Qt::KeyboardModifiers modifiers) {
            const QRect cell = fixture.view->visualRect(fixture.view->model()->index(row, column));
            QTest::mouseClick(fixture.view->viewport(), Qt::LeftButton, modifiers, cell.center());
        };
        click(0, 1, Qt::NoModifier);
        click(1, 2, Qt::ControlModifier);
        QTest::keySequence(fixture.view, QKeySequence::Copy);
        QCOMPARE(QGuiApplication::clipboard()->text(),
                 cleanText(expected.rows[0][1].text) + QStringLiteral("\t\n\t") + cleanText(expected.rows[1][2].text));
    }

    void sortsByAColumn() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        fixture.openTab();
        QVERIFY(fixture.shows(rankTable(fixture.rows())));
        const int last = fixture.view->model()->columnCount() - 1;
        fixture.view->sortByColumn(last, Qt::AscendingOrder);
        for (int row = 1; row < fixture.view->model()->rowCount(); ++row)
            QVERIFY(fixture.view->model()->index(row - 1, last).data(SortRole).toDouble() <=
                    fixture.view->model()->index(row, last).data(SortRole).toDouble());
        fixture.choose("profile"); // in its own order
        QVERIFY(fixture.shows(profileTable(fixture.rows())));
    }

    void exportsWhatIsInSight() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        QMenu* menu = fixture.find<QToolButton>("export")->menu();
        const auto offers = [&](int tables, int figures) {
            menu->popup({});
            const bool right = visibleActions(*menu, "CSV") == tables && visibleActions(*menu, "SVG") == figures;
            menu->close();
            return right;
        };
        QVERIFY(offers(1, 1));
        fixture.openTab();
        const Table expected = rankTable(fixture.rows());
        QVERIFY(fixture.shows(expected));
        QVERIFY(offers(2, 0));
        const QString file = fixture.folder.filePath(QStringLiteral("t.csv"));
        fixture.page->exportTableInSight(file, TableFormat::Csv);
        QCOMPARE(QString::fromStdString(readFile(file.toStdString())), QString::fromStdString(toCsv(expected)));
        QVERIFY_THROWS_EXCEPTION(std::exception, fixture.page->exportFigure(file, FigureFormat::Svg));
    }

    void hidesWhatIsSealed_data() {
        QTest::addColumn<bool>("isOfStudy");
        QTest::newRow("all runs") << false;
        QTest::newRow("its study") << true;
    }

    void hidesWhatIsSealed() {
        QFETCH(bool, isOfStudy);
        const MoreTables fixture(fillSealedStore);
        QVERIFY(fixture.ready);
        fixture.openTab();
        if (isOfStudy) fixture.pick("study", 1);
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.study.empty() != isOfStudy; }));
        for (const TableKindInfo& info : tableKinds()) {
            fixture.choose(info.key.data());
            const auto lack = lackOfStudy(info.kind, isOfStudy ? &fixture.store->snapshot()->studies[0].plan : nullptr);
            const auto table = [&] {
                return tableOf(*fixture.store->snapshot(), fixture.page->view()->question, info.kind, false);
            };
            QVERIFY2(!lack.empty()                    ? fixture.says(QString::fromStdString(lack))
                     : info.kind == TableKind::Groups ? fixture.says(QStringLiteral("no row"))
                                                      : fixture.shows(table()),
                     info.key.data());
            QCOMPARE(withTestFigures(textsOf(*fixture.page)), QStringList());
        }
        fixture.choose("results");
        QVERIFY(fixture.await([&] { return fixture.shown().join(QString()).contains(QStringLiteral("|sealed")); }));
        fixture.view->setFocus();
        QTest::keySequence(fixture.view, QKeySequence::SelectAll);
        QTest::keySequence(fixture.view, QKeySequence::Copy);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\tsealed")));
        QCOMPARE(withTestFigures({QGuiApplication::clipboard()->text()}), QStringList());
        const QString file = fixture.folder.filePath(QStringLiteral("t.json"));
        fixture.page->exportTableInSight(file, TableFormat::JsonObject);
        QCOMPARE(withTestFigures({QString::fromStdString(readFile(file.toStdString()))}), QStringList());
    }

    void showsInterquartileMeans() {
        const MoreTables fixture;
        QVERIFY(fixture.ready);
        fixture.openTab();
        auto* spread = fixture.find<QComboBox>("spread");
        fixture.pick("spread", spread->findText(QStringLiteral("IQM"), Qt::MatchStartsWith));
        QVERIFY(
            fixture.await([&] { return fixture.page->view()->question.statistic == Statistic::InterquartileMean; }));
        const ResultsView& view = *fixture.page->view();
        const Table expected =
            resultsTable(fixture.rows(), {.spread = Spread::Bootstrap, .statistic = Statistic::InterquartileMean})
                .table;
        QCOMPARE(linesOf(view.table.table), linesOf(expected));
        QCOMPARE(view.cells[0].id->mean, *expected.rows[0][static_cast<std::size_t>(view.firstValueColumn)].value);
        fixture.choose("results");
        QVERIFY(fixture.shows(expected));
    }

    void theModelIsOneTable() {
        TableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        Cell best = numberCell("1", 0.01), tied = numberCell("2", 0.02);
        best.bold = true;
        tied.tied = true;
        auto table = std::make_shared<Table>();
        table->columns = {{.title = "<b>"}, {.title = "rmse", .align = Align::Right, .lowerIsBetter = true}};
        table->rows = {{textCell("a"), best},
                       {textCell("b"), tied},
                       {textCell("c"), sealedCell()},
                       {textCell("d\x1b"), missingCell()}};
        model.setTable(table);
        const auto at = [&](int row, int role) { return model.index(row, 1).data(role); };
        QCOMPARE(linesOf(model), linesOf(*table));
        QVERIFY(at(0, Qt::FontRole).value<QFont>().bold() && at(1, Qt::FontRole).value<QFont>().underline());
        QVERIFY(at(0, Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(at(2, Qt::ToolTipRole).toString().contains(QStringLiteral("unsealed")));
        QCOMPARE(at(1, SortRole).toDouble(), 0.02);
        QVERIFY(!at(2, SortRole).isValid() && !at(3, SortRole).isValid());
        QCOMPARE(model.headerData(0, Qt::Horizontal, Qt::ToolTipRole).toString(), QStringLiteral("&lt;b&gt;"));
        model.setTable(nullptr);
        QCOMPARE(model.rowCount() + model.columnCount(), 0);
    }
};

LEVI_TEST(TestMoreTables)
#include "tst_more_tables.moc"
