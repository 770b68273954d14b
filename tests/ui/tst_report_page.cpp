// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/stall_watchdog.h"
#include "tests/support/test_main.h"
#include "tests/ui/made_store.h"
#include "tests/ui/page_fixture.h"
#include "tests/ui/sealed_store.h"
#include "ui/pages/report_page.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/report_preview.h"

#include "core/base/files.h"
#include "core/spec/kinds.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace levi;
using namespace levi::test;

namespace {

struct ReportFixture : PageFixture<ReportPage> {
    ReportFixture() : PageFixture({}, fillStore) {
        preview = page->findChild<ReportPreview*>();
        ready = await([this] { return page->content() && preview->isComplete(); });
    }
    QString text() const { return preview->toPlainText(); }
    QString written(TableFormat format) const {
        const QString out = folder.filePath(QStringLiteral("tables"));
        page->writeTables(out, format);
        return QString::fromStdString(readFile(out.toStdString()));
    }

    ReportPreview* preview = nullptr;
    bool ready = false;
};

void fillOpenStudy(const std::filesystem::path& file) {
    fillSealedStore(file);
    RunStore(file).unseal(kSealedStudy, "all runs are there");
}

} // namespace

class TestReportPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isEmptyWithoutRuns() {
        PageFixture<ReportPage> fixture;
        const QSignalSpy wanted(fixture.page.get(), &Page::pageWanted);
        auto* button = fixture.page->findChild<EmptyState*>()->button();
        QTRY_VERIFY(button->isVisible());
        QTRY_VERIFY(button->hasFocus());
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
    }

    void showsWhatWillBeWritten() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        const QString text = fixture.text();
        for (const char* part : {"Results of store.sqlite", "Selection", "Protocol", "LEVI", "48.", "36.", "Figure 3.",
                                 "Environment", "cpu, 2 threads", "the loss became NaN at step 41"})
            QVERIFY2(text.contains(QLatin1String(part)), part);
        QCOMPARE(fixture.preview->horizontalScrollBar()->maximum(), 0);
        QVERIFY(!fixture.preview->toHtml().contains(QStringLiteral("onerror=alert(1)>"))); // escaped
    }

    void writesEveryFormat() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        const QString html = fixture.folder.filePath(QStringLiteral("r.html"));
        fixture.page->writeReport(html);
        QCOMPARE(QByteArray::fromStdString(readFile(html.toStdString())).count("<svg"), 3);
        QVERIFY(fixture.written(TableFormat::Latex).contains(QStringLiteral("\\toprule")));
        QVERIFY(fixture.written(TableFormat::Markdown).contains(QStringLiteral("| LEVI")));
        QVERIFY(fixture.written(TableFormat::Csv).contains(QStringLiteral("sketch")));
        const Json tables = Json::parse(fixture.written(TableFormat::JsonObject).toStdString());
        QVERIFY(tables.is_array() && tables.size() == tablesOf(fixture.page->content()->report).size());
    }

    void aStudyHasItsSection() {
        PageFixture<ReportPage> fixture({}, fillOpenStudy);
        auto* preview = fixture.page->findChild<ReportPreview*>();
        QVERIFY(fixture.await([&] { return fixture.page->content() && preview->isComplete(); }));
        const auto& studies = fixture.page->content()->report.studies;
        QCOMPARE(studies.size(), std::size_t{1});
        const std::size_t ofStudies = studies[0].figures.size();
        QVERIFY(ofStudies > 0);
        const QString html = fixture.folder.filePath(QStringLiteral("r.html"));
        fixture.page->writeReport(html);
        const auto written = QByteArray::fromStdString(readFile(html.toStdString())).count("<svg");
        QCOMPARE(static_cast<std::size_t>(written), 3 + ofStudies);
        const QString text = preview->toPlainText();
        QVERIFY(text.contains(QStringLiteral("Figure %1.").arg(written)));
        const auto study = text.indexOf(QString::fromStdString(studies[0].facts.title)),
                   first = text.indexOf("Figure 1.");
        QVERIFY(study > 0 && study < first && first < text.indexOf("Results\n"));
    }

    void followsTheMetric() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        auto* metric = fixture.find<QComboBox>("metric");
        metric->setFocus();
        QTest::keyClick(metric, Qt::Key_Down);
        QVERIFY(fixture.await([&] { return fixture.page->content()->view.question.metric == "macro_f1"; }));
        QCOMPARE(fixture.choice.question().metric, std::string("macro_f1"));
        QVERIFY(fixture.await([&] { return fixture.preview->isComplete(); }));
    }

    // Tables, and what stands below the figures; what was laid out of another statistic is laid out again.
    void followsTheStatistic() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        QVERIFY(fixture.text().contains(QStringLiteral("95 % t-interval of the mean over seeds; n is the number")));
        QVERIFY(fixture.text().contains(QStringLiteral("Large: mean over seeds with its 95 % t-interval; n = 4 to 6")));
        auto* spread = fixture.find<QComboBox>("spread");
        spread->setFocus();
        const auto press = [&] {
            const ResultsQuestion before = fixture.choice.question();
            const std::string key = fixture.page->content()->key;
            QTest::keyClick(spread, Qt::Key_Down);
            return fixture.await([&] {
                return fixture.choice.question() != before && fixture.page->content()->key != key &&
                       fixture.preview->isComplete();
            });
        };
        QVERIFY(press());
        QVERIFY(fixture.text().contains(QStringLiteral("In brackets: its 95 % BCa bootstrap interval over seeds")));
        QVERIFY(!fixture.text().contains(QStringLiteral("nterquartile mean")));
        QVERIFY(press());
        const QString text = fixture.text();
        for (const char* part : {"Interquartile means: of the middle half", "Bold: best interquartile mean",
                                 "Large: interquartile mean over seeds with its 95 % BCa bootstrap interval; n = 4",
                                 "Bars: interquartile mean", "Mean difference with its 95 % t-interval"})
            QVERIFY2(text.contains(QLatin1String(part)), part);
        QVERIFY(!text.contains(QStringLiteral("best mean of the column")));
        const QString html = fixture.folder.filePath(QStringLiteral("r.html"));
        fixture.page->writeReport(html);
        QVERIFY(QString::fromStdString(readFile(html.toStdString())).contains("Large: interquartile mean over seeds"));
        QVERIFY(fixture.written(TableFormat::Markdown).contains(QStringLiteral("best interquartile mean")));
    }

    void theWriteButtonHasTheKeyboard() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        QTRY_VERIFY(fixture.find<QPushButton>("write_html")->hasFocus());
    }

    // Its words are coloured when they are laid out: another theme lays them out anew, and the reader stays where he
    // is.
    void wordsFollowTheTheme() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        QScrollBar& bar = *fixture.preview->verticalScrollBar();
        bar.setValue(bar.maximum() / 2);
        const int before = bar.value();
        applyTheme(*qApp, Lightness::Dark);
        QTest::qWait(50);
        QVERIFY(fixture.await([&] { return fixture.preview->isComplete(); }));
        const QString html = fixture.preview->document()->toHtml();
        const int after = bar.value();
        applyTheme(*qApp, Lightness::Light);
        QVERIFY(html.contains(darkTheme().muted.name()) && !html.contains(lightTheme().muted.name()));
        QCOMPARE(after, before);
    }

    // A store changes with every epoch of a run: what says the same is not laid out again.
    void whatSaysTheSameStays() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        QSignalSpy changed(fixture.preview, &QTextEdit::textChanged);
        QSignalSpy read(fixture.store.get(), &StoreReader::snapshotRead);
        fixture.store->refresh();
        QTRY_VERIFY(!read.isEmpty());
        QTest::qWait(400);
        QCOMPARE(changed.count(), 0);
    }

    void layingItOutStallsNothing() {
        ReportFixture fixture;
        QVERIFY(fixture.ready);
        QTest::qWait(300);
        const char* metric = "accuracy";
        const auto laidOut = [&] {
            return fixture.page->content()->view.question.metric == metric && fixture.preview->isComplete();
        };
        const auto longest = test::shortestOfTries([&] {
            metric = std::string_view(metric) == "nll" ? "accuracy" : "nll";
            const StallWatchdog watchdog;
            fixture.choice.ask({.metric = metric});
            static_cast<void>(fixture.await(laidOut));
            return watchdog.longest();
        });
        QVERIFY(laidOut());
        QVERIFY2(longest <= StallWatchdog::kLimit, qPrintable(QString::number(longest.count())));
    }
};

LEVI_TEST(TestReportPage)
#include "tst_report_page.moc"
