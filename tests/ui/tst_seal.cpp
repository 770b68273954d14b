// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/ui/page_fixture.h"
#include "tests/ui/sealed_store.h"
#include "ui/pages/report_page.h"
#include "ui/pages/results_page.h"
#include "ui/pages/runs_curves.h"
#include "ui/pages/runs_page.h"
#include "ui/report_export.h"
#include "ui/widgets/difference_plot.h"
#include "ui/widgets/domain_plot.h"
#include "ui/widgets/id_ood_plot.h"
#include "ui/widgets/report_preview.h"
#include "ui/widgets/status_strip.h"

#include "core/base/files.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace levi;
using namespace levi::test;

namespace {

struct SealedResults : PageFixture<ResultsPage> {
    SealedResults() : PageFixture({}, fillSealedStore) {
        ready = await([this] { return page->view() && !page->view()->cells.empty(); });
    }
    template<typename Plot>
    bool isDrawn() const {
        return !page->findChild<Plot*>()->isEmpty();
    }
    QString cautions() const { return find<QLabel>("results_cautions")->text(); }
    void askBy(CandidateRule rule) {
        ResultsQuestion question = choice.question();
        question.rule = rule;
        choice.ask(question);
    }
    bool unseal() {
        RunStore(file).unseal(kSealedStudy, "the paper is written");
        return await([this] { return cautions().isEmpty(); });
    }
    bool ready = false;
};

QStringList linesOf(const std::string& text) {
    return QString::fromStdString(text).split(QLatin1Char('\n'));
}

// A run of one epoch, test figures and all.
RunResult train(const RunRequest&, RunObserver& observer, std::stop_token) {
    observer.resolved({.taps = "8-12"});
    observer.evaluated({.epoch = 1, .trainLoss = 1, .metrics = sealedMetrics(1)});
    return {.state = RunState::Done};
}

} // namespace

// No test figure of a sealed study reaches anything that somebody can read.
class TestSeal : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resultsHideWhatIsSealed() {
        SealedResults fixture;
        QVERIFY(fixture.ready);
        const QStringList texts = textsOf(*fixture.page);
        QCOMPARE(withTestFigures(texts), QStringList());
        QVERIFY(texts.contains(QStringLiteral("sealed")));
        QVERIFY(fixture.cautions().contains(QLatin1String(kSealedStudy)));
        QVERIFY(!fixture.isDrawn<IdOodPlot>() && !fixture.isDrawn<DomainPlot>() && !fixture.isDrawn<DifferencePlot>());
        QVERIFY(fixture.unseal()); // and they do show where nothing hides them
        QVERIFY(!withTestFigures(textsOf(*fixture.page)).isEmpty());
        QVERIFY(fixture.isDrawn<IdOodPlot>() && fixture.isDrawn<DomainPlot>() && fixture.isDrawn<DifferencePlot>());
    }

    void noRuleOpensASeal_data() {
        QTest::addColumn<QString>("rule");
        for (const std::string& rule : candidateRuleNames())
            QTest::addRow("%s", rule.c_str()) << QString::fromStdString(rule);
    }
    void noRuleOpensASeal() {
        QFETCH(QString, rule);
        SealedResults fixture;
        QVERIFY(fixture.ready);
        const CandidateRule wanted = candidateRuleNamed(rule.toStdString());
        fixture.askBy(wanted);
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.rule == wanted; }));
        QCOMPARE(withTestFigures(textsOf(*fixture.page)), QStringList());
    }

    void exportsHideWhatIsSealed_data() {
        QTest::addColumn<int>("format");
        for (const char* name : {"plain", "csv", "markdown", "latex", "json", "html"})
            QTest::addRow("%s", name) << static_cast<int>(tableFormatNamed(name));
    }
    void exportsHideWhatIsSealed() {
        QFETCH(int, format);
        SealedResults fixture;
        QVERIFY(fixture.ready);
        const QString file = fixture.folder.filePath(QStringLiteral("table"));
        fixture.page->exportTable(file, static_cast<TableFormat>(format));
        QCOMPARE(withTestFigures(linesOf(readFile(file.toStdString()))), QStringList());
    }

    void reportsHideWhatIsSealed() {
        PageFixture<ReportPage> fixture({}, fillSealedStore);
        auto* preview = fixture.page->findChild<ReportPreview*>();
        QVERIFY(fixture.await([&] { return fixture.page->content() && preview->isComplete(); }));
        QVERIFY(preview->toPlainText().contains(QStringLiteral("Is LEVI better than a linear probe?")));
        QCOMPARE(withTestFigures(textsOf(*fixture.page)), QStringList());
        const QString file = fixture.folder.filePath(QStringLiteral("report"));
        fixture.page->writeReport(file);
        QCOMPARE(withTestFigures(linesOf(readFile(file.toStdString()))), QStringList());
        fixture.page->writeTables(file, TableFormat::JsonObject);
        QCOMPARE(withTestFigures(linesOf(readFile(file.toStdString()))), QStringList());
    }

    void liveCurvesHideWhatIsSealed() {
        PageFixture<RunsPage> fixture(train, fillSealedStore);
        ExperimentSpec spec;
        for (const char* assignment :
             {"name=live", "data.path=/data/pacs.zip", "data.ood=sketch", "backbone.path=/models/vit_tiny"})
            setAssignment(spec, assignment);
        fixture.runs->startRuns(spec, {5}, kSealedStudy);
        QVERIFY(fixture.await([&] { return !fixture.runs->isBusy(); }));
        QVERIFY(fixture.await([&] { return fixture.store->snapshot()->runs.size() == 7; }));
        const RunSummary& run = fixture.store->snapshot()->runs.back();
        QCOMPARE(run.study, std::string(kSealedStudy));
        fixture.page->showRun(run.id);
        QVERIFY(fixture.await([&] { return fixture.store->detail() && fixture.store->detail()->run == run.id; }));
        QTRY_VERIFY(fixture.find<QLabel>("run_sealed")->isVisible());
        QCOMPARE(withTestFigures(textsOf(*fixture.page)), QStringList());
        const auto curves = metricCurves(fixture.store->detail()->candidates, std::nullopt, "accuracy");
        QCOMPARE(curves.lines.size(), std::size_t{2}); // train and id_val
        for (const auto& line : curves.lines)
            QVERIFY(line.isTrain || line.isSelection);
    }

    void theStatusLineTellsTheSeal() {
        SealedResults fixture;
        StatusStrip status(*fixture.store, *fixture.runs, fixture.choice);
        auto* study = status.findChild<QToolButton*>(QStringLiteral("status_study"));
        QTRY_COMPARE(study->text(), QStringLiteral("1 study, 1 sealed"));
        fixture.choice.ask({.study = kSealedStudy});
        QCOMPARE(study->text(), QStringLiteral("study: PACS sketch (sealed)"));
        QVERIFY(fixture.unseal());
        QTRY_COMPARE(study->text(), QStringLiteral("study: PACS sketch (unsealed)"));
    }

    // Who chose it must be able to choose another one.
    void aStudyWithoutRunsLeavesThePickers() {
        SealedResults fixture;
        QVERIFY(fixture.ready);
        RunStore(fixture.file).createStudy({.name = "later"});
        auto* study = fixture.find<QComboBox>("study");
        QTRY_COMPARE(study->count(), 3);
        study->setFocus();
        QTest::keyClick(study, Qt::Key_End);
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.study == "later"; }));
        QVERIFY(study->isVisible() && fixture.page->view()->cells.empty());
        QVERIFY(fixture.cautions().contains(QStringLiteral("has finished yet")));
        QTest::keyClick(study, Qt::Key_Home);
        QVERIFY(fixture.await([&] { return !fixture.page->view()->cells.empty(); }));
    }

    void aSealOpensWithAReason() {
        SealedResults fixture;
        QVERIFY(fixture.ready);
        auto* study = fixture.find<QComboBox>("study");
        study->setFocus();
        QTest::keyClick(study, Qt::Key_Down);
        QCOMPARE(fixture.choice.question().study, std::string(kSealedStudy));
        QTest::keyClick(fixture.find<QPushButton>("unseal"), Qt::Key_Space);
        auto* reason = fixture.find<QLineEdit>("unseal_reason");
        QVERIFY(reason->hasFocus());
        QTest::keyClick(reason, Qt::Key_Return); // without a reason it stays
        QVERIFY(!fixture.find<QPushButton>("unseal_yes")->isEnabled());
        QTest::keyClick(reason, Qt::Key_Escape);
        QVERIFY(!reason->isVisible() && fixture.find<QPushButton>("unseal")->hasFocus());
        QCOMPARE(withTestFigures(textsOf(*fixture.page)), QStringList());
        QTest::mouseClick(fixture.find<QPushButton>("unseal"), Qt::LeftButton);
        QTest::keyClicks(reason, "the paper is written");
        QTest::keyClick(reason, Qt::Key_Return);
        QVERIFY(fixture.await([&] { return fixture.cautions().isEmpty(); }));
        QVERIFY(!withTestFigures(textsOf(*fixture.page)).isEmpty());
        QVERIFY(fixture.find<QLabel>("study_text")->text().contains(QStringLiteral("the paper is written")));
        QVERIFY(!fixture.find<QPushButton>("unseal")->isVisible());
    }

    void oraclesAreMarkedEverywhere() {
        SealedResults fixture;
        QVERIFY(fixture.ready && fixture.unseal());
        fixture.askBy(CandidateRule::OracleOod);
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.rule.has_value(); }));
        QVERIFY2(fixture.cautions().contains(QStringLiteral("ORACLE")), qPrintable(fixture.cautions()));
        QVERIFY2(fixture.cautions().contains(QStringLiteral("weights are not kept")), qPrintable(fixture.cautions()));
        for (PlotFrame* plot : fixture.page->findChildren<PlotFrame*>())
            QVERIFY2(plot->figureTitle().contains(QStringLiteral("oracle")), qPrintable(plot->figureTitle()));
        const QString file = fixture.folder.filePath(QStringLiteral("table"));
        for (const char* format : {"csv", "markdown", "latex", "json"}) {
            fixture.page->exportTable(file, tableFormatNamed(format));
            QVERIFY2(readFile(file.toStdString()).find("oracle") != std::string::npos, format);
        }
        QCOMPARE(fixture.find<QComboBox>("rule")->currentText(), QStringLiteral("oracle: OOD test"));
    }

    void looksAreWrittenDown() {
        SealedResults fixture;
        QVERIFY(fixture.ready && fixture.unseal());
        const auto looks = [&] { return RunStore(fixture.file, RunStore::Access::Read).study(kSealedStudy)->looks; };
        QTRY_COMPARE(looks().size(), std::size_t{2}); // unsealed, read
        QCOMPARE(looks().back().text, std::string("levi-workbench results"));
        fixture.askBy(CandidateRule::Last); // one sitting is one look
        QVERIFY(fixture.await([&] { return fixture.page->view()->question.rule.has_value(); }));
        QTest::qWait(200);
        QCOMPARE(looks().size(), std::size_t{2});
    }
};

LEVI_TEST(TestSeal)
#include "tst_seal.moc"
