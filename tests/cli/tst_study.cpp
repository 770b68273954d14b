// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QJsonArray>
#include <QRegularExpression>

using namespace levi::test;

namespace {

// The fake engine's test figures: .30000000000000004 on id_test, .4 on ood_test/sketch, .5 on a domain of id_test.
bool tellsATestFigure(const QByteArray& text) {
    static const QRegularExpression s_figures(
        QStringLiteral("0\\.30000000000000004|\\b30\\.0\\b|\\b0\\.300\\b|\\b40\\.0\\b|\\b0\\.400\\b|\\b0\\.4\\b"));
    return QString::fromUtf8(text).contains(s_figures);
}

QByteArray contentOf(const Program& program, const char* name) {
    return QByteArray::fromStdString(levi::readFile(program.path(QString::fromLatin1(name)).toStdString()));
}

// Open or not, these show none of the figures by themselves.
const QStringList kWithoutFigures = {"table --study main --columns comparisons --format csv",
                                     "table --columns efficiency", "table --columns ranks", "table --columns profile"};

} // namespace

// A study from its statement to its unsealing, on the command line.
class TestStudy : public QObject {
    Q_OBJECT

private:
    Program m_program;

    Ended levi(const char* words, const QStringList& more = {}) const {
        QStringList arguments = QString::fromUtf8(words).split(' ') + more;
        return m_program.run(arguments + QStringList{"--store", m_program.store()});
    }

    // Everything that the program can say of the runs of a store.
    QList<std::pair<QString, QByteArray>> everything() const {
        QList<std::pair<QString, QByteArray>> said;
        for (const char* verb : {"runs",
                                 "runs --json",
                                 "show 1",
                                 "show 1 --json",
                                 "table",
                                 "table --json",
                                 "table --per-run",
                                 "table --per-run --spread wilson",
                                 "table --statistic iqm",
                                 "table --spread bca --json",
                                 "compare LEVI Short --spread se",
                                 "table --format csv",
                                 "table --format html",
                                 "table --metric auc",
                                 "table --rule last",
                                 "table --rule oracle_ood",
                                 "table --rule oracle_id --json",
                                 "table --study main",
                                 "table --study main --columns comparisons --format csv",
                                 "table --columns efficiency",
                                 "table --columns ranks",
                                 "table --columns profile",
                                 "select --rule training_domain --json",
                                 "compare LEVI Short",
                                 "compare LEVI Short --json",
                                 "compare LEVI Short --rule oracle_ood",
                                 "study list",
                                 "study show main"}) {
            const Ended ended = levi(verb);
            said << std::pair(QString::fromLatin1(verb), ended.out + ended.err);
        }
        for (const char* name : {"r.html", "r.csv", "r.md", "r.tex", "r.json"}) {
            const Ended ended = levi("report --out", {m_program.path(QString::fromLatin1(name))});
            said << std::pair(QString::fromLatin1(name), ended.out + ended.err + contentOf(m_program, name));
        }
        return said;
    }

private Q_SLOTS:
    void initTestCase() {
        const Ended made = levi("study new main --question Better? --seeds 0..2 --margin 0.01 --sealed --json --family",
                                {"LEVI vs Short"});
        QVERIFY2(made.code == 0, made.err.constData());
        QVERIFY(QJsonDocument::fromJson(made.out)["sealed"].toBool());
        const QString spec = m_program.specFile(kDemoSpec);
        const Ended first = levi("run --study main --seeds 0..2 --json", {spec});
        QVERIFY2(first.code == 0 && !tellsATestFigure(first.out), (first.out + first.err).constData());
        const Ended second = levi("run --study main --seeds 0..3 --set train.epochs=3 --set name=Short", {spec});
        QVERIFY2(second.code == 0 && !tellsATestFigure(second.out), (second.out + second.err).constData());
        QVERIFY2(second.err.contains("seed 3 is none of those"), second.err.constData());
        QCOMPARE(levi("run --study nothing", {spec}).code, 1);
    }

    void letsNothingOutWhileItIsSealed() {
        for (const auto& [verb, text] : everything())
            QVERIFY2(!tellsATestFigure(text), qPrintable(verb + ": " + QString::fromUtf8(text)));
        const Ended table = levi("table");
        QVERIFY2(table.out.contains("sealed") && table.out.contains("study 'main'"), table.out.constData());
        const auto row = QJsonDocument::fromJson(levi("table --json").out)["rows"][0].toArray();
        int sealed = 0;
        for (const QJsonValue cell : row)
            sealed += cell["sealed"].toBool() && cell["value"].isNull() && cell["text"].toString() == "sealed";
        QCOMPARE(sealed, 3); // ID test, sketch, gap
        QVERIFY(levi("table --format csv").out.contains(",sealed,"));
        const auto run = QJsonDocument::fromJson(levi("show 1 --json").out);
        QVERIFY(run["sealed"].toBool() && run["metrics"]["id_test"]["sealed"].toBool());
        QVERIFY(run["metrics"]["id_test"]["accuracy"].isNull());
        QCOMPARE(run["metrics"]["id_val"]["accuracy"].toDouble(), 0.8);
        QCOMPARE(run["artifacts"].toArray().size(), 0);
        QVERIFY(levi("show 1").out.contains("id_test sealed"));
        int counts = 0; // of rows: that of a worst group would tell which one it is
        for (const auto metric : run["candidates"][0]["metrics"].toArray())
            if (metric.toObject()["sealed"].toBool()) counts += metric.toObject()["count"].isNull() ? 1 : 1000;
        QVERIFY(counts > 0 && counts < 1000);
        QVERIFY(contentOf(m_program, "r.html").contains("sealed: no test figure of its runs is shown"));
    }

    void keepsPredictionsUnderTheSeal() {
        const Ended compared = levi("compare LEVI Short --per-sample");
        QCOMPARE(compared.code, 1);
        QVERIFY2(compared.err.contains("its study is sealed"), compared.err.constData());
    }

    void showsAllOnceItIsUnsealed() {
        QCOMPARE(levi("study unseal main").code, 2);
        const Ended opened = levi("study unseal main --reason", {"all runs are there"});
        QVERIFY2(opened.code == 0, opened.err.constData());
        QCOMPARE(levi("study unseal main --reason again").code, 1);
        for (const auto& [verb, text] : everything())
            if (!verb.startsWith("study") && verb != "table --metric auc" && !kWithoutFigures.contains(verb))
                QVERIFY2(tellsATestFigure(text), qPrintable(verb + ": " + QString::fromUtf8(text)));
        QVERIFY(levi("table --rule oracle_ood").out.contains("oracle_ood (oracle)"));
        for (const char* verb :
             {"table", "table --per-run", "table --study main --columns comparisons", "compare LEVI Short"})
            QVERIFY2(levi((std::string(verb) + " --rule oracle_ood --format csv").c_str())
                         .out.contains("oracle_ood (oracle)"),
                     verb);
        QVERIFY(!levi("table").out.contains("oracle"));
        const auto shown = QJsonDocument::fromJson(levi("study show main --json").out);
        QCOMPARE(shown["unsealed_reason"].toString(), QStringLiteral("all runs are there"));
        QCOMPARE(shown["looks"][0]["kind"].toString(), QStringLiteral("unsealed"));
        QVERIFY(shown["looks"].toArray().size() > 10);
        QVERIFY(contentOf(m_program, "r.html").contains("all runs are there"));
    }

    void printsTheStatisticsOfAStudy() {
        const Ended table = levi("table --study main");
        QVERIFY2(table.out.contains("LEVI against Short"), table.out.constData());
        QVERIFY2(table.out.contains("practically equal within the margin"), table.out.constData());
        const auto json = QJsonDocument::fromJson(levi("table --study main --json").out);
        QCOMPARE(json["comparisons"]["rows"].toArray().size(), 2);
        QVERIFY(levi("table --study main --format latex").out.contains("Comparisons"));
        QVERIFY(levi("table --columns efficiency").out.contains("trained parameters"));
        QVERIFY(levi("table --columns ranks --level 0.9").out.contains("Friedman"));
        QCOMPARE(levi("report --out", {m_program.path("r.md"), "--spread", "sd"}).code, 0);
        QVERIFY(contentOf(m_program, "r.md").contains("± is the standard deviation over seeds"));
        QVERIFY(levi("table --columns robustness").out.contains("fewer than 5 baselines"));
        QVERIFY(levi("table --columns profile --format csv").out.contains("LEVI"));
        QVERIFY(levi("table --spread bca").out.contains("BCa bootstrap interval"));
        QVERIFY(levi("table --statistic iqm --format csv").out.contains("low"));
        QVERIFY(levi("table --per-run --spread wilson").out.contains("Wilson's 95 %"));
        QVERIFY(levi("table --spread se_domainbed --format latex").out.contains("population standard deviation"));
        QVERIFY(levi("table --columns robustness --scale probit").out.contains("probit scale"));
        QVERIFY(levi("compare LEVI Short --spread sd").out.contains("standard deviation over seeds"));
        QCOMPARE(levi("table --columns comparisons").code, 1);
        const QByteArray one = levi("table --study main --seeds 0 --format text").out;
        QVERIFY2(one.contains("Of the seeds 0 alone.") && !one.contains("Comparisons of the study"), one.constData());
        QCOMPARE(levi("table --study main --columns comparisons --seeds 0").code, 2);
        QCOMPARE(levi("table --seeds 0..x").code, 2);
        const Ended compared = levi("compare LEVI Short --per-sample --margin 0.01");
        QVERIFY2(compared.out.contains("Sample by sample") && compared.out.contains("2 / 0"), compared.out.constData());
        QVERIFY(compared.out.contains("practically equal"));
        const auto samples = QJsonDocument::fromJson(levi("compare LEVI Short --per-sample --json").out)["samples"];
        QCOMPARE(samples["rows"][0][2]["value"].toDouble(), 0.5);
        QVERIFY(levi("compare LEVI Short --format markdown").out.contains("| ---: |"));
    }

    // Whoever runs a setting of the study again outside it learns no more than from the study.
    void whatRunsAgainIsSealedToo() {
        Program program;
        const QStringList store{"--store", program.store()};
        const QString spec = program.specFile(kDemoSpec);
        QCOMPARE(program.run(QStringList{"study", "new", "other", "--sealed"} + store).code, 0);
        QCOMPARE(program.run(QStringList{"run", spec, "--study", "other"} + store).code, 0);
        for (const char* pick : {"last", "first"}) // the same weights, or those of another epoch
            for (const char* other : {"train.evaluate_every=1", "train.evaluate_every=2"}) {
                program.setWish(pick);
                const Ended again =
                    program.run(QStringList{"run", spec, "--json", "--set", QString::fromLatin1(other)} + store);
                QVERIFY2(again.code == 0 && !tellsATestFigure(again.out), again.out.constData());
            }
        QVERIFY(!tellsATestFigure(program.run(QStringList{"table"} + store).out));
        const Ended chosen = program.run(QStringList{"table", "--columns", "validation"} + store);
        QVERIFY2(chosen.out.contains("80.0") && !tellsATestFigure(chosen.out), chosen.out.constData());
    }

    // A backbone that --set has trained takes the rate of what is trained of it, unless --set says one.
    void setFollowsTheUsualRate() {
        const Program program;
        const QStringList run{"run", program.specFile(kDemoSpec), "--store", program.store()};
        const std::pair<QString, double> cases[] = {{"backbone.mode=full", 3e-5},
                                                    {"backbone.mode=lora", 1e-3},
                                                    {"backbone.learning_rate=3e-05,backbone.mode=lora", 3e-5}};
        for (const auto& [assignments, rate] : cases) {
            QStringList sets;
            for (const QString& one : assignments.split(','))
                sets << "--set" << one;
            const Ended ended = program.run(run + sets);
            QVERIFY2(ended.code == 0, ended.err.constData());
            const auto shown =
                QJsonDocument::fromJson(program.run({"show", "LEVI", "--json", "--store", program.store()}).out);
            QCOMPARE(shown["spec"]["backbone"]["learning_rate"].toDouble(), rate);
        }
    }

    void isJudgedByWhatItsRunsHave() {
        const Program program;
        const QStringList store{"--store", program.store()};
        const Ended made = program.run(QStringList{"study", "new", "numbers", "--metric", "rmse"} + store);
        QVERIFY2(made.code == 0 && made.err.contains("states no question (--question), no comparison"),
                 made.err.constData());
        const Ended ended = program.run(QStringList{"run", program.specFile(kDemoSpec), "--study", "numbers"} + store);
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains("is judged by rmse, and 'LEVI' predicts classes"), ended.err.constData());
    }

    void refusesOddWishes_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("code");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no part") << "study" << 2 << QByteArray();
        QTest::newRow("no name") << "study new" << 2 << QByteArray();
        QTest::newRow("an unknown rule") << "study new x --rule best" << 2 << QByteArray();
        for (const char* verb : {"study new x", "study premise", "compare LEVI Short"})
            for (const char* margin : {"-1", "nan", "much"})
                QTest::addRow("%s --margin %s", verb, margin)
                    << QStringLiteral("%1 --margin %2").arg(QLatin1String(verb), QLatin1String(margin)) << 2
                    << QByteArray("expected a number of at least 0");
        QTest::newRow("twice") << "study new main" << 1 << QByteArray();
        QTest::newRow("half a comparison") << "study new x --family LEVI" << 2 << QByteArray();
        QTest::newRow("an unknown endpoint") << "study new x --endpoint best" << 2 << QByteArray();
        QTest::newRow("an interquartile mean with an SD") << "table --statistic iqm --spread sd" << 2 << QByteArray();
        QTest::newRow("Wilson over seeds") << "table --spread wilson" << 2 << QByteArray("`levi table --per-run");
        QTest::newRow("Wilson of two settings")
            << "compare LEVI Short --spread wilson" << 2 << QByteArray("`levi table --per-run");
        QTest::newRow("an SD of one run") << "table --per-run --spread sd" << 2 << QByteArray("leave --spread out");
        QTest::newRow("an interval over the seeds of one run")
            << "table --per-run --spread interval" << 2 << QByteArray("--spread interval");
        QTest::newRow("an interquartile mean of one run")
            << "table --per-run --statistic iqm" << 2 << QByteArray("leave --statistic out");
        const auto idle = [](const char* words, const char* says) {
            QTest::newRow(words) << QString::fromUtf8(words) << 2 << QByteArray(says);
        };
        idle("table --columns ranks --spread sd", "--spread: changes nothing with --columns ranks");
        idle("table --columns efficiency --metric auc", "results, --per-run, --columns comparisons, --columns ranks");
        idle("table --columns groups --statistic iqm", "--statistic: changes nothing with --columns groups");
        idle("table --columns profile --level 0.9", "results, --per-run, --columns ranks");
        idle("table --scale logit", "ask for a table that reads it: --columns robustness");
        idle("table --columns results,efficiency --baselines a,b", "--baselines: changes nothing");
        idle("table --columns robustness --metric auc", "--metric: changes nothing");
        idle("table --per-run --columns efficiency", "--per-run: is a table of results");
        idle("table --per-run --level 0.9", "unless --spread wilson");
        idle("table --format csv --json", "--format excludes --json");
        idle("compare LEVI Short --format csv --json", "--format excludes --json");
        idle("compare LEVI Short --statistic iqm --spread sd", "bootstrap interval (bca)");
        idle("report --out r.html --spread wilson", "Wilson's interval");
        idle("table --write", "--verify");
        idle("table --verify page.md --columns ranks", "excludes --verify");
        QTest::newRow("seeds that are none") << "study new x --seeds a" << 2 << QByteArray();
        QTest::newRow("show nothing") << "study show nothing" << 1 << QByteArray();
        QTest::newRow("table of nothing") << "table --study nothing" << 1 << QByteArray();
        QTest::newRow("an unknown rule of a table") << "table --rule best" << 2 << QByteArray();
    }

    void refusesOddWishes() {
        QFETCH(QString, words);
        const Ended ended = levi(words.toUtf8().constData());
        QTEST(ended.code, "code");
        QFETCH(QByteArray, says);
        QVERIFY2(!ended.err.isEmpty() && ended.err.contains(says), ended.err.constData());
    }
};

LEVI_TEST(TestStudy)
#include "tst_study.moc"
