// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QJsonArray>

using namespace levi::test;

// From runs to a page whose tables anyone can make again.
class TestBundle : public QObject {
    Q_OBJECT

private:
    Program m_program;

    Ended levi(const QStringList& arguments) const { return m_program.run(arguments); }
    QStringList store(const char* name = "store.sqlite") const {
        return {"--store", m_program.path(QString::fromLatin1(name))};
    }
    QString page() const { return m_program.path("docs/results.md"); }
    void writePage(const QByteArray& text) const {
        levi::writeFileAtomically(page().toStdString(), text.toStdString());
    }
    QByteArray pageText() const { return QByteArray::fromStdString(levi::readFile(page().toStdString())); }

private Q_SLOTS:
    // Every table that the project publishes is what its bundle gives.
    void publishedPagesAreTrue_data() {
        QTest::addColumn<QString>("page");
        QTest::newRow("results") << LEVI_SOURCE_DIR "/docs/results.md";
        QTest::newRow("demo") << LEVI_SOURCE_DIR "/docs/demo.md";
    }
    void publishedPagesAreTrue() {
        QFETCH(QString, page);
        const Ended ended = levi({"table", "--verify", page});
        QVERIFY2(ended.code == 0 && ended.out.contains(" 0 differences"), (ended.out + ended.err).constData());
    }

    void initTestCase() {
        const QString spec = m_program.specFile(kDemoSpec);
        QCOMPARE(levi(QStringList{"study", "new", "main", "--family", "LEVI vs Short"} + store()).code, 0);
        QCOMPARE(levi(QStringList{"run", spec, "--study", "main", "--seeds", "0..5"} + store()).code, 0);
        QCOMPARE(levi(QStringList{"run", spec, "--study", "main", "--seeds", "0..5", "--set", "train.epochs=3", "--set",
                                  "name=Short"} +
                      store())
                     .code,
                 0);
        const Ended written = levi(QStringList{"export", "--out", m_program.path("docs/results/demo")} + store());
        QVERIFY2(written.code == 0 && written.out.contains("12 runs, 1 study"),
                 (written.out + written.err).constData());
    }

    void bringsRunsIntoAFreshStore() {
        const Ended first = levi(QStringList{"import", m_program.path("docs/results/demo")} + store("fresh"));
        QVERIFY2(first.code == 0 && first.out.contains("12 runs brought in, 0 known"),
                 (first.out + first.err).constData());
        QVERIFY(
            levi(QStringList{"import", m_program.path("docs/results/demo")} + store("fresh")).out.contains("12 known"));
        QCOMPARE(levi(QStringList{"table", "--study", "main"} + store("fresh")).out,
                 levi(QStringList{"table", "--study", "main"} + store()).out);
        QCOMPARE(levi(QStringList{"import", m_program.path("docs")} + store("fresh")).code, 1);
    }

    // What a bundle brought in is not run again.
    void goesOnWithASweep() {
        const QString sweep = m_program.specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0..2", "variants": [
            {"name": "A"}, {"name": "B", "method": {"taps": "2"}}]})");
        const QStringList first{"sweep", sweep, "--seeds", "0,1", "--study", "main"};
        QCOMPARE(levi(QStringList{"study", "new", "main"} + store("here")).code, 0);
        const Ended ended = levi(first + store("here"));
        QVERIFY2(ended.code == 0, ended.err.constData());
        QCOMPARE(levi(QStringList{"export", "--out", m_program.path("part")} + store("here")).code, 0);
        QCOMPARE(levi(QStringList{"import", m_program.path("part")} + store("there")).code, 0);
        const Ended rest = levi(QStringList{"sweep", sweep, "--study", "main", "--json"} + store("there"));
        QVERIFY2(rest.code == 0, rest.err.constData());
        QCOMPARE(rest.lines().size(), 6);
        const auto shown =
            QJsonDocument::fromJson(levi(QStringList{"study", "show", "main", "--json"} + store("there")).out);
        QCOMPARE(shown["runs"].toInt(), 6);
        QCOMPARE(QJsonDocument::fromJson(levi(QStringList{"runs", "--json"} + store("there")).out).array().size(), 6);
    }

    void verifiesAPage() {
        const QByteArray mark = "<!-- levi table bundle=results/demo study=main -->\n<!-- levi end -->\n";
        writePage("# Results\n\n" + mark +
                  "\nand\n\n<!-- levi table bundle=results/demo columns=ranks -->\n<!-- levi end -->\n");
        const Ended empty = levi({"table", "--verify", page()});
        QVERIFY2(empty.code == 1 && empty.out.contains("the page has 0 rows"), empty.out.constData());
        const Ended written = levi({"table", "--verify", page(), "--write"});
        QVERIFY2(written.code == 0, written.err.constData());
        QVERIFY2(pageText().contains("LEVI against Short") && pageText().contains("mean rank"), pageText().constData());
        const Ended right = levi({"table", "--verify", page()});
        QVERIFY2(right.code == 0 && right.out.contains("0 differences"), (right.out + right.err).constData());
        writePage(pageText().replace("30.0 ± 0.0", "31.0 ± 0.0"));
        const Ended wrong = levi({"table", "--verify", page()});
        QCOMPARE(wrong.code, 1);
        QVERIFY2(wrong.out.contains("column 'ID test") && wrong.out.contains("results.md:"), wrong.out.constData());
    }

    void refusesOddPages() {
        writePage("# Nothing\n");
        QCOMPARE(levi({"table", "--verify", page()}).code, 1);
        writePage("<!-- levi table bundle=results/demo colour=red -->\n<!-- levi end -->\n");
        const Ended ended = levi({"table", "--verify", page()});
        QVERIFY2(ended.code == 1 && ended.err.contains("results.md:1:"), ended.err.constData());
        writePage("<!-- levi table bundle=results/absent -->\n<!-- levi end -->\n");
        QVERIFY(levi({"table", "--verify", page()}).err.contains("is no bundle"));
        writePage("<!-- levi table bundle=results/demo columns=ranks spread=sd -->\n<!-- levi end -->\n");
        QVERIFY(levi({"table", "--verify", page()}).err.contains("results.md:1: --spread: changes nothing"));
        QCOMPARE(levi(QStringList{"table", "--write"} + store()).code, 2);
        QCOMPARE(levi({"table", "--verify", m_program.path("absent.md")}).code, 1);
    }
};

LEVI_TEST(TestBundle)
#include "tst_bundle.moc"
