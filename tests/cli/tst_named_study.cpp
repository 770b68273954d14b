// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QJsonArray>

#include <memory>

using namespace levi::test;

// Studies that the program knows, the preview of what they cost, and rounds of successive halving.
class TestNamedStudy : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Program> m_owned;
    QString m_spec;

    Ended levi(const QString& words, const QStringList& more = {}) const {
        return m_owned->run(words.split(' ') + more + QStringList{"--store", m_owned->store()});
    }
    qsizetype runCount() const { return QJsonDocument::fromJson(levi("runs --json").out).array().size(); }
    static QJsonArray rowsOf(const Ended& preview) { return QJsonDocument::fromJson(preview.out)["rows"].toArray(); }

private Q_SLOTS:
    void init() {
        m_owned = std::make_unique<Program>();
        m_spec = m_owned->specFile(kDemoSpec);
    }

    void takesLeviApart() {
        const Ended preview = levi("study ablation --seeds 0,1 --preview", {m_spec});
        QVERIFY2(preview.code == 0 && preview.out.contains("specialist: none"),
                 (preview.out + preview.err).constData());
        QCOMPARE(QJsonDocument::fromJson(levi("study list --json").out).array().size(), 0); // nothing is stated yet
        QVERIFY2(preview.err.contains("3 comparisons at 2 seeds") && preview.err.contains("before there are 7 seeds"),
                 preview.err.constData());
        const Ended first = levi("study ablation --seeds 0,1 --json", {m_spec});
        QVERIFY2(first.code == 0, first.err.constData());
        const auto tables = first.lines().last()["tables"].toArray();
        QVERIFY(tables[0]["caption"].toString().contains("Study 'ablation'"));
        QVERIFY(tables[0]["rows"].toArray().size() > 10);
        const qsizetype runs = runCount();
        QCOMPARE(first.lines().size(), runs + 1);
        QCOMPARE(levi("study ablation --seeds 0,1", {m_spec}).code, 0);
        QCOMPARE(runCount(), runs); // goes on where it was left
        const QByteArray shown = levi("study show ablation").out;
        QVERIFY(shown.contains("specialist: none against LEVI") && shown.contains("the mean over the OOD domains"));
        QVERIFY(shown.contains("Exploratory comparisons"));
        QVERIFY(levi("table --study ablation --columns results,efficiency").out.contains("latency"));
        QCOMPARE(levi("table --columns efficiency,results").code, 2);
    }

    // What is asked for and stated otherwise is refused; what is not asked for is as the study states it.
    void goesOnAsItWasStated_data() {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* options, const char* says) {
            QTest::newRow(options) << QString::fromLatin1(options) << QByteArray(says);
        };
        row("", "");
        row("--seeds 0 --margin 0.01", "");
        row("--seeds 0,1", "seeds: the store has a study 'efficiency' that states the seeds 0, not 0,1");
        row("--margin 0.5", "margin: the store has a study 'efficiency' that states the margin 0.01, not 0.5");
        row("--sealed", "sealed: the store has a study 'efficiency' that was stated without a seal");
        row("--sealed --preview", "was stated without a seal");
        row("--set name=Other", "states other comparisons");
        row("--sealed --name another", "");
    }

    void goesOnAsItWasStated() {
        QFETCH(QString, options);
        QFETCH(QByteArray, says);
        QCOMPARE(levi("study efficiency --seeds 0 --margin 0.01", {m_spec}).code, 0);
        const Ended again = levi("study efficiency", QStringList{m_spec} + options.split(' ', Qt::SkipEmptyParts));
        QVERIFY2(again.code == (says.isEmpty() ? 0 : 2) && again.err.contains(says), again.err.constData());
        QVERIFY(says.isEmpty() || again.out.isEmpty());
        const auto stated = QJsonDocument::fromJson(levi("study show efficiency --json").out);
        QVERIFY(stated["margin"].toDouble() == 0.01 && stated["seeds"].toArray().size() == 1);
    }

    void reportsAStudyOnAPage() {
        QCOMPARE(levi("study efficiency --seeds 0 --sealed", {m_spec}).code, 0);
        const QString file = m_owned->path("r.html");
        QCOMPARE(levi("report --out", {file}).code, 0);
        const auto html = levi::readFile(file.toStdString());
        const auto told = html.find("Comparisons of the study &#39;efficiency&#39;");
        QVERIFY(told != std::string::npos);
        QVERIFY(html.find("the study &#39;efficiency&#39;", told + 20) !=
                std::string::npos);                       // the label and the caption
        QVERIFY(html.find("0.300") == std::string::npos); // sealed
    }

    // A study has one basis, and varies what it varies.
    void keepsItsBasis_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("nothing") << "" << QByteArray();
        QTest::newRow("what no result depends on") << "--set compute.threads=1" << QByteArray();
        QTest::newRow("another training") << "--set train.epochs=1" << QByteArray("train.epochs 40, here 1");
        QTest::newRow("under another name") << "--set train.epochs=1 --name second" << QByteArray();
    }

    void keepsItsBasis() {
        QFETCH(QString, set);
        QFETCH(QByteArray, says);
        QCOMPARE(levi("study efficiency --seeds 0", {m_spec}).code, 0);
        const qsizetype runs = runCount();
        const Ended again =
            levi("study efficiency --seeds 0", QStringList{m_spec} + set.split(' ', Qt::SkipEmptyParts));
        QVERIFY2(again.code == (says.isEmpty() ? 0 : 2) && again.err.contains(says), again.err.constData());
        QVERIFY(says.isEmpty() || (runCount() == runs && again.err.contains("give this one another name")));
    }

    // Nobody can take back what is stated.
    void statesNothingBeforeAllIsChecked() {
        m_owned->setWish("problems");
        QCOMPARE(levi("study efficiency --seeds 0", {m_spec}).code, 2);
        m_owned->setWish({});
        const Ended again = levi("study efficiency --seeds 0,1 --sealed --preview", {m_spec});
        QVERIFY2(again.code == 0, again.err.constData());
        QCOMPARE(levi("study list --json").out.trimmed(), QByteArray("[]"));
    }

    // Then its runs go on to as many seeds as they need.
    void goesOnWhereNoSeedsAreStated() {
        QStringList family;
        QCOMPARE(levi("study efficiency --seeds 0", {m_spec}).code, 0);
        for (const QJsonValue pair :
             QJsonDocument::fromJson(levi("study show efficiency --json").out)["family"].toArray())
            family << (pair["exploratory"].toBool() ? "--exploratory" : "--family")
                   << pair["candidate"].toString() + " vs " + pair["baseline"].toString();
        QVERIFY(!family.isEmpty());
        QCOMPARE(levi("study new second --endpoint ood_mean --question ?", family).code, 0);
        const Ended ended = levi("study efficiency --name second --seeds 0", {m_spec});
        QVERIFY2(ended.code == 0, ended.err.constData());
    }

    void aRunsOwnNameComesFirst() {
        QCOMPARE(levi("run --set name=A", {m_spec}).code, 0);
        QCOMPARE(levi("run --set name=Old --set method.kind=specialist", {m_spec}).code, 0);
        QCOMPARE(levi("study new st --seeds 0 --question ? --family", {"A vs B"}).code, 0);
        const QString sweep = m_owned->specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0", "variants": [
            {"name": "A", "method": {"kind": "specialist"}}]})");
        QCOMPARE(levi("sweep --study st", {sweep}).code, 0);
        QVERIFY(levi("show 2").out.contains("study st, which knows it as A\n"));
        const auto shown = QJsonDocument::fromJson(levi("show A --json").out);
        QCOMPARE(shown["name"].toString(), QStringLiteral("A"));
        QCOMPARE(levi("compare A Old").code, 0);
    }

    void thePremiseVariesWhatItVaries_data() {
        QTest::addColumn<QString>("set");
        QTest::addColumn<int>("code");
        QTest::newRow("data") << "data.cue_strength=0.2" << 2;
        QTest::newRow("pretraining") << "backbone.path=resource:demo_vit" << 2;
        QTest::newRow("neither") << "train.epochs=1" << 0;
    }

    void thePremiseVariesWhatItVaries() {
        QFETCH(QString, set);
        const Ended ended = levi("study premise --preview --set", {set});
        QTEST(ended.code, "code");
        QVERIFY2(ended.code == 0 || ended.err.contains("one setting, and the study is about what tells them apart"),
                 ended.err.constData());
    }

    // A study speaks of its settings by the names of its list, whatever runs that were there are called.
    void knowsRunsByTheNamesOfItsList() {
        QCOMPARE(levi("run --set name=Old", {m_spec}).code, 0);
        QCOMPARE(levi("run --set name=Aged --set method.kind=specialist", {m_spec}).code, 0);
        QCOMPARE(levi("study new st --seeds 0 --question ? --family", {"A vs B"}).code, 0);
        const QString sweep = m_owned->specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0", "variants": [
            {"name": "A"}, {"name": "B", "method": {"kind": "specialist"}},
            {"name": "Both", "method": {"kind": "output_ensemble", "parents": ["A", "B"]}}]})");
        const Ended ended = levi("sweep --study st --json", {sweep});
        QVERIFY2(ended.code == 0, ended.err.constData());
        QCOMPARE(ended.lines().size(), 3);
        QCOMPARE(ended.lines()[0]["name_in_study"].toString(), QStringLiteral("A"));
        QCOMPARE(ended.lines()[0]["name"].toString(), QStringLiteral("Old"));
        QVERIFY(levi("table --study st --columns comparisons").out.contains("A against B  sketch"));
        const QByteArray table = levi("table --study st").out;
        QVERIFY2(table.contains("\nA ") && !table.contains("Old") && !table.contains("Aged"), table.constData());
        QVERIFY(levi("compare A B --study st").code == 0 && levi("compare A Aged").code == 0);
        QCOMPARE(levi("compare Old B --study st").code, 1);
        QCOMPARE(levi("sweep --study st", {sweep}).code, 0);
        QCOMPARE(runCount(), 3);
        QCOMPARE(levi("export --out", {m_owned->path("bundle")}).code, 0);
        const QStringList other = {"--store", m_owned->path("other")};
        QCOMPARE(m_owned->run(QStringList{"import", m_owned->path("bundle")} + other).code, 0);
        QVERIFY(m_owned->run(QStringList{"compare", "A", "B", "--study", "st"} + other).code == 0);
    }

    // A list that joins no study finds the parents that it names among stored runs of other names too.
    void findsParentsOfOtherNames() {
        const QByteArray specialist = R"("method": {"kind": "specialist"})", both = R"({"name": "Both",
            "method": {"kind": "output_ensemble", "parents": ["FT", "SP"]}})";
        const auto sweep = [&](const char* first, const char* second, const QByteArray& more) {
            return m_owned->specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0", "variants": [{"name": ")" + first +
                                     R"("}, {"name": ")" + second + R"(", )" + specialist + "}" + more + "]}");
        };
        QCOMPARE(levi("sweep", {sweep("x", "y", "")}).code, 0);
        const Ended ended = levi("sweep", {sweep("FT", "SP", ", " + both)});
        QVERIFY2(ended.code == 0 && ended.out.contains("FT") && ended.out.contains("Both"), ended.err.constData());
        QCOMPARE(runCount(), 3);
    }

    void listsThePremise() {
        const Ended preview = levi("study premise --preview --json");
        QVERIFY2(preview.code == 0, preview.err.constData());
        QCOMPARE(rowsOf(preview).size(), 26);
        QCOMPARE(rowsOf(preview)[0][2]["text"].toString(), QStringLiteral("0..8")); // as many as it needs
        QVERIFY2(!preview.err.contains("no difference can be shown"), preview.err.constData());
        QCOMPARE(levi("study ablation", {m_spec, "--set", "method.kind=linear_probe"}).code, 2);
        QCOMPARE(levi("study premise", {m_spec}).code, 2);
    }

    // The fake engine reckons 100 s a run, 60 of them for features that runs share.
    void chargesTheFeaturePassOnce() {
        const QString sweep = m_owned->specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0..2", "variants": [
            {"name": "A"}, {"name": "B", "method": {"taps": "2"}}]})");
        const auto left = [&](int row) {
            return rowsOf(levi("sweep --preview --json", {sweep}))[row][6]["value"].toDouble();
        };
        QCOMPARE(left(0), 3 * 40.0 + 60);
        QCOMPARE(left(1), 3 * 40.0);
        QCOMPARE(levi("sweep --seeds 0", {sweep}).code, 0);
        QVERIFY(left(0) < 61 + 2); // what the finished run took, and the pass
    }

    void halves() {
        const QString sweep = m_owned->specFile(R"({"base": )" + kDemoSpec + R"(, "grid": {"train.learning_rate":
            [0.1, 0.01, 0.001, 0.0001]}, "halving": {"epochs": [2, 4], "keep": 0.5}})");
        const Ended preview = levi("sweep --preview", {sweep});
        QVERIFY2(preview.out.contains("16 epochs in all, 16 without"), preview.out.constData());
        const Ended first = levi("sweep --json", {sweep});
        QVERIFY2(first.code == 0, first.err.constData());
        QCOMPARE(first.lines().size(), 6);
        QCOMPARE(first.lines().last()["name"].toString(), QStringLiteral("LEVI, learning_rate=0.01"));
        QCOMPARE(levi("sweep", {sweep}).code, 0);
        QCOMPARE(runCount(), 6);
        const QStringList elsewhere = {"--store", m_owned->path("parts")};
        const auto part = [&](const char* which) {
            return m_owned->run(QStringList{"sweep", sweep, "--part", QString::fromLatin1(which)} + elsewhere);
        };
        QVERIFY(part("1/2").err.contains("other parts of this round are not finished")); // 2 of 4 settings
        const Ended second = part("2/2"); // the other 2, and its one of the last round
        QVERIFY2(second.code == 0 && !second.err.contains("other parts"), second.err.constData());
        QCOMPARE(part("1/2").code, 0);
        QCOMPARE(QJsonDocument::fromJson(m_owned->run(QStringList{"runs", "--json"} + elsewhere).out).array().size(),
                 6);
        QCOMPARE(QJsonDocument::fromJson(levi("show 6 --json").out)["efficiency"]["tuning_trials"].toDouble(), 4.0);
    }
};

LEVI_TEST(TestNamedStudy)
#include "tst_named_study.moc"
