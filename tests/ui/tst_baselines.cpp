// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_store.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/command_line.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QToolButton>

using namespace levi;
using levi::test::WindowFixture;

namespace {

struct BaselinesFixture : WindowFixture {
    BaselinesFixture() {
        window->draft().replace(test::pictureSpec());
        ready = awaitAnswer();
        open();
    }
    void open() const { QTest::mouseClick(find<QToolButton>("baselines_button"), Qt::LeftButton); }
    void click(const char* name) const { QTest::mouseClick(find<QWidget>(name), Qt::LeftButton); }
    void tick(const char* name) const {
        find<QCheckBox>(name)->setFocus();
        QTest::keyClick(find<QCheckBox>(name), Qt::Key_Space);
    }
    std::vector<std::string> baselines() const { return window->draft().spec().baselines; }
    QString startText() const { return find<QPushButton>("start")->text(); }
    bool ready = false;
};

} // namespace

class TestBaselines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneButtonChoosesAPack() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        QVERIFY(f.find<QFrame>("baselines_list")->isVisible());
        QVERIFY(f.find<QPushButton>("baselines_cached")->hasFocus());
        QTest::keyClick(f.find<QPushButton>("baselines_cached"), Qt::Key_Space);
        QCOMPARE(f.baselines(), std::vector<std::string>{"cached"});
        QVERIFY(f.find<QCheckBox>("baseline_linear_probe")->isChecked());
        QVERIFY(!f.find<QCheckBox>("baseline_full_fine_tuning")->isChecked());
        QVERIFY(!f.find<QCheckBox>("baseline_levi")->isEnabled()); // the spec itself
        f.click("baselines_none");
        QCOMPARE(f.baselines(), std::vector<std::string>());
        QCOMPARE(f.find<QToolButton>("baselines_button")->text(), QStringLiteral("Compare with…"));
    }

    void aTickWritesThePackOut() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        f.tick("baseline_linear_probe");
        f.tick("baseline_specialist");
        QCOMPARE(f.baselines(), (std::vector<std::string>{"linear_probe", "specialist"}));
        QCOMPARE(f.startText(), QStringLiteral("Start 18 runs")); // three settings, six seeds
        f.tick("baseline_linear_probe");
        QCOMPARE(f.baselines(), std::vector<std::string>{"specialist"});
        f.click("baselines_cached");
        const auto cached = f.window->draft().settings().size();
        f.tick("baseline_linear_probe");
        QCOMPARE(f.window->draft().settings().size(), cached - 1);
        QTest::keyClick(f.find<QFrame>("baselines_list"), Qt::Key_Escape);
        QVERIFY(!f.find<QFrame>("baselines_list")->isVisible());
    }

    void theCostSaysWhatItLeavesOut() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        f.tick("baseline_linear_probe");
        f.tick("baseline_specialist");
        QVERIFY(f.awaitAnswer());
        const auto says = [&](const QString& text) {
            return std::ranges::any_of(f.window->findChildren<QLabel*>(),
                                       [&](const QLabel* label) { return label->text().contains(text); });
        };
        QTRY_VERIFY(says(QStringLiteral("2 baselines not reckoned")));
        f.click("baselines_none");
        QVERIFY(f.awaitAnswer());
        QTRY_VERIFY(!says(QStringLiteral("not reckoned")));
    }

    void derivedOnesBringTheirParents() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        f.tick("baseline_wise_ft");
        QVERIFY(f.find<QCheckBox>("baseline_lp_ft")->isChecked());
        QCOMPARE(f.startText(), QStringLiteral("Start 18 runs"));
    }

    void startQueuesAllOfThem() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        f.tick("baseline_linear_probe");
        f.window->draft().setSeedsText(QStringLiteral("0,1"));
        QVERIFY(f.awaitAnswer());
        f.find<QFrame>("baselines_list")->hide();
        QTest::mouseClick(f.find<QPushButton>("start"), Qt::LeftButton);
        QCOMPARE(f.window->runs().jobs().size(), std::size_t{4});
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->runs().isBusy(), 20'000);
        QTRY_COMPARE(f.window->store().snapshot()->runs.size(), std::size_t{4});
        std::set<std::pair<std::string, std::uint64_t>> done;
        for (const RunSummary& run : f.window->store().snapshot()->runs)
            done.emplace(run.method, run.seed);
        QCOMPARE(done, (std::set<std::pair<std::string, std::uint64_t>>{
                           {"levi", 0}, {"levi", 1}, {"linear_probe", 0}, {"linear_probe", 1}}));
    }

    // What a baseline has wrong is said before anything starts.
    void aBaselineMayHaveAProblem() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        f.window->draft().setText("baselines", QStringLiteral("no_such_method"));
        QCOMPARE(f.window->draft().settings().size(), std::size_t{1});
        QVERIFY(!f.find<QPushButton>("start")->isEnabled());
        QVERIFY(f.find<QListWidget>("problems")->item(0)->text().contains(QStringLiteral("no_such_method")));
    }

    void aStudyIsStatedInPlace() {
        BaselinesFixture f;
        QVERIFY(f.ready);
        f.tick("baseline_linear_probe");
        f.find<QFrame>("baselines_list")->hide();
        auto* study = f.find<QComboBox>("launch_study");
        study->setFocus();
        QTest::keyClick(study, Qt::Key_Down); // none, new study…
        auto* name = f.find<QLineEdit>("study_name");
        QTRY_VERIFY(name->hasFocus());
        QCOMPARE(f.find<QLineEdit>("study_family")->text(), QStringLiteral("PACS against Linear probe"));
        QTest::keyClick(name, Qt::Key_Return);
        QVERIFY(f.find<QLabel>("study_sentence")->text().contains(QStringLiteral("needs a name")));
        QTest::keyClicks(name, "sketch");
        QTest::keyClicks(f.find<QLineEdit>("study_question"), "Is it better?");
        QTest::keyClicks(f.find<QLineEdit>("study_margin"), "0.5");
        auto* exploratory = f.find<QLineEdit>("study_exploratory");
        QTest::keyClicks(exploratory, "PACS against");
        QTest::keyClick(exploratory, Qt::Key_Return);
        QVERIFY(f.find<QLabel>("study_sentence")->text().contains(QStringLiteral("expected CANDIDATE against")));
        QTest::keyClicks(exploratory, " LoRA");
        QTest::keyClick(f.find<QComboBox>("study_endpoint"), Qt::Key_Down);
        auto* metric = f.find<QComboBox>("study_metric");
        QCOMPARE(metric->currentText(), QStringLiteral("accuracy"));
        QCOMPARE(metric->findData(QStringLiteral("rmse")), -1);     // of numbers, and these are classes
        QCOMPARE(metric->findData(QStringLiteral("user_p10")), -1); // nothing names users
        QTest::keyClick(metric, Qt::Key_Down);
        QTest::keyClick(name, Qt::Key_Return);
        QTRY_COMPARE(f.window->draft().study(), std::string("sketch"));
        QTRY_COMPARE(study->currentText(), QStringLiteral("sketch (sealed)"));
        QVERIFY(!f.find<QFrame>("study_form")->isVisible());
        const auto stated = RunStore(f.window->store().file(), RunStore::Access::Read).study("sketch");
        QVERIFY(stated && stated->sealed);
        QCOMPARE(stated->plan.seeds.size(), std::size_t{6});
        QCOMPARE(stated->plan.family.front().baseline, std::string("Linear probe"));
        QCOMPARE(stated->plan.metric, std::string("macro_f1"));
        QCOMPARE(stated->plan.margin, std::optional(0.005));
        QVERIFY(stated->plan.endpoint == Endpoint::OodMean);
        QCOMPARE(stated->plan.comparisons(false).size(), std::size_t{1});
        QCOMPARE(stated->plan.comparisons(true), (std::vector<StudyComparison>{{"PACS", "LoRA", true}}));
    }

    void runsJoinTheStudyThatIsChosen() {
        WindowFixture f;
        const auto file = f.window->store().file();
        RunStore(file).createStudy({.name = "a study"}, true);
        f.window->store().refresh();
        f.window->draft().replace(test::pictureSpec());
        f.window->draft().setSeedsText(QStringLiteral("3"));
        auto* study = f.find<QComboBox>("launch_study");
        QTRY_COMPARE(study->count(), 6); // none, it, new study…, and those that the program knows
        study->setFocus();
        QTest::keyClick(study, Qt::Key_Down);
        QCOMPARE(f.window->draft().study(), std::string("a study"));
        QVERIFY(commandLine(f.window->draft(), file).find("--study 'a study'") != std::string::npos);
        QVERIFY(f.awaitAnswer());
        QTest::mouseClick(f.find<QPushButton>("start"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!f.window->runs().isBusy(), 20'000);
        QTRY_COMPARE(f.window->store().snapshot()->runs.size(), std::size_t{1});
        QCOMPARE(f.window->store().snapshot()->runs.front().study, std::string("a study"));
        QVERIFY(f.window->store().snapshot()->runs.front().sealed);
    }
};

LEVI_TEST(TestBaselines)
#include "tst_baselines.moc"
