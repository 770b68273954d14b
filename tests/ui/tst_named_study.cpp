// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_store.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/named_study_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

using namespace levi;
using levi::test::WindowFixture;

namespace {

struct StudyFixture : WindowFixture {
    StudyFixture() {
        engine->epochs = 1;
        engine->epochTakes = std::chrono::milliseconds(0);
        window->draft().replace(test::pictureSpec());
        ready = awaitAnswer();
    }

    void choose(NamedStudyKind kind) const {
        auto* study = find<QComboBox>("launch_study");
        const int index = study->findText(titleOf(kind));
        study->setCurrentIndex(index);
        Q_EMIT study->activated(index);
    }

    bool ready = false;
};

} // namespace

// The studies that the program knows, from the window: stated, carried out, gone on with.
class TestNamedStudy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatItWouldRun_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("runs");
        QTest::newRow("premise") << int(NamedStudyKind::Premise) << "premise"
                                 << "26 settings × 9 seeds = 234 runs";
        QTest::newRow("ablation") << int(NamedStudyKind::Ablation) << "ablation"
                                  << "28 settings × 7 seeds = 196 runs";
        QTest::newRow("efficiency") << int(NamedStudyKind::Efficiency) << "efficiency"
                                    << "settings × 10 seeds = ";
    }
    void saysWhatItWouldRun() {
        QFETCH(int, kind);
        QFETCH(QString, name);
        QFETCH(QString, runs);
        const StudyFixture f;
        QVERIFY(f.ready);
        f.choose(static_cast<NamedStudyKind>(kind));
        QVERIFY(f.find("named_study_form")->isVisible());
        QCOMPARE(f.find<QLineEdit>("named_study_name")->text(), name);
        const QString said = f.find<QLabel>("named_study_runs")->text();
        QVERIFY2(said.contains(runs), qPrintable(said));
        f.type("named_study_seeds", QStringLiteral("0,1"));
        QVERIFY(
            f.find<QLabel>("named_study_runs")->text().contains(QStringLiteral("before any difference can be shown")));
        f.type("named_study_seeds", QStringLiteral("x"));
        f.find<QPushButton>("named_study_state")->click();
        QVERIFY(!f.find<QLabel>("named_study_sentence")->text().isEmpty());
        QTest::keyClick(f.find<QLineEdit>("named_study_name"), Qt::Key_Escape);
        QVERIFY(!f.find("named_study_form")->isVisible());
        QVERIFY(RunStore(f.window->store().file()).studies().empty());
    }

    void needsToKnowTheBackbone() {
        const StudyFixture f;
        f.window->draft().setText("backbone.path", QStringLiteral("/absent"));
        QVERIFY(f.awaitAnswer());
        f.choose(NamedStudyKind::Ablation);
        QVERIFY(f.find<QLabel>("named_study_sentence")->text().contains(QStringLiteral("names no backbone")));
        QVERIFY(!f.find<QPushButton>("named_study_state")->isEnabled());
        f.window->draft().setText("method.kind", QStringLiteral("linear_probe"));
        f.window->draft().setText("backbone.path", QStringLiteral("/models/vit_tiny"));
        QVERIFY(f.awaitAnswer());
        f.choose(NamedStudyKind::Ablation);
        QVERIFY(f.find<QLabel>("named_study_sentence")->text().contains(QStringLiteral("expected levi")));
    }

    void isCarriedOutAndGoneOnWith() {
        const StudyFixture f;
        QVERIFY(f.ready);
        f.choose(NamedStudyKind::Ablation);
        f.type("named_study_name", QStringLiteral("parts"));
        f.type("named_study_seeds", QStringLiteral("0"));
        f.type("named_study_margin", QStringLiteral("1"));
        f.find<QCheckBox>("named_study_sealed")->click();
        QTest::mouseClick(f.find<QPushButton>("named_study_state"), Qt::LeftButton);
        QTRY_COMPARE(f.window->currentPage(), PageKind::Runs);
        QVERIFY(f.ended());
        {
            const RunStore store(f.window->store().file());
            const auto study = store.study("parts");
            QVERIFY(study && study->sealed);
            QCOMPARE(study->plan.margin, std::optional(0.01));
            QCOMPARE(store.runs().size(), std::size_t{28});
            for (const RunSummary& run : store.runs())
                QCOMPARE(run.study, std::string("parts"));
        }
        RunStore(f.window->store().file()).discardRun(28);
        f.window->showPage(PageKind::Setup);
        f.choose(NamedStudyKind::Ablation);
        f.type("named_study_name", QStringLiteral("parts"));
        f.type("named_study_seeds", QStringLiteral("0,1"));
        f.find<QPushButton>("named_study_state")->click();
        QTRY_VERIFY(
            f.find<QLabel>("named_study_sentence")->text().contains(QStringLiteral("states the seeds 0, not 0,1")));
        f.type("named_study_seeds", QStringLiteral("0"));
        f.find<QPushButton>("named_study_state")->click();
        QTRY_COMPARE(f.window->currentPage(), PageKind::Runs);
        QVERIFY(f.ended());
        QCOMPARE(RunStore(f.window->store().file()).runs().size(), std::size_t{28}); // those that were done once
        f.window->showPage(PageKind::Setup);
        f.choose(NamedStudyKind::Efficiency);
        f.type("named_study_name", QStringLiteral("parts"));
        f.find<QPushButton>("named_study_state")->click();
        QTRY_VERIFY(
            f.find<QLabel>("named_study_sentence")->text().contains(QStringLiteral("states other comparisons")));
        QVERIFY(!f.window->runs().isBusy());
    }
};

LEVI_TEST(TestNamedStudy)
#include "tst_named_study.moc"
