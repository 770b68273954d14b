// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/command_line.h"

#include "core/spec/spec_json.h"
#include "core/store/run_store.h"
#include "tests/support/test_main.h"
#include "ui/spec_draft.h"

#include <QProcess>
#include <QTest>

#include <utility>

using namespace levi;

class TestCommandLine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void quotes_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("word");
        QTest::newRow("plain") << "data.ood=cartoon,sketch"
                               << "data.ood=cartoon,sketch";
        QTest::newRow("space") << "a b"
                               << "'a b'";
        QTest::newRow("quote") << "it's"
                               << "'it'\\''s'";
        QTest::newRow("expansion") << "$HOME"
                                   << "'$HOME'";
        QTest::newRow("empty") << ""
                               << "''";
    }
    void quotes() {
        QFETCH(QString, text);
        QFETCH(QString, word);
        QCOMPARE(QString::fromStdString(shellQuoted(text.toStdString())), word);
    }

    void aSavedSpecIsNamedWithWhatDiffers() {
        SpecDraft draft;
        draft.takeFile("/specs/pacs.json", ExperimentSpec{});
        QCOMPARE(command(draft), QStringLiteral("levi run /specs/pacs.json --seeds 0..5"));
        draft.setText("method.taps", QStringLiteral("8-12"));
        draft.setText("data.path", QStringLiteral("/data/my pictures"));
        draft.setSeedsText(QStringLiteral("3"));
        QCOMPARE(command(draft), QStringLiteral("levi run /specs/pacs.json --set 'data.path=/data/my pictures' --set "
                                                "method.taps=8-12 --seeds 3"));
    }

    // The file would end with code 2, and the draft is not what it says.
    void aFileWithValuesLeftOutIsNotNamed() {
        SpecDraft draft;
        draft.takeFile("/specs/pacs.json", ExperimentSpec{}, false);
        QVERIFY(draft.isModified());
        QVERIFY(command(draft).startsWith(QStringLiteral("levi run /dev/stdin --seeds 0..5 <<'JSON'\n{")));
        draft.markSaved("/specs/pacs.json", draft.spec());
        QVERIFY(!draft.isModified());
        QCOMPARE(command(draft), QStringLiteral("levi run /specs/pacs.json --seeds 0..5"));
    }

    void kindsComeFirst() {
        SpecDraft draft;
        draft.takeFile("/specs/pacs.json", ExperimentSpec{});
        draft.setText("method.kind", QStringLiteral("mlp_probe"));
        draft.setText("method.hidden_width", QStringLiteral("32"));
        QCOMPARE(command(draft), QStringLiteral("levi run /specs/pacs.json --set method.kind=mlp_probe --set "
                                                "method.hidden_width=32 --seeds 0..5"));
    }

    void whatSetCannotSayIsWrittenOut_data() {
        QTest::addColumn<bool>("saved");
        QTest::newRow("never saved") << false;
        QTest::newRow("a comma in a name") << true;
    }
    void whatSetCannotSayIsWrittenOut() {
        QFETCH(bool, saved);
        SpecDraft draft;
        if (saved) draft.takeFile("/specs/pacs.json", ExperimentSpec{});
        draft.set("data.ood", Json::array({"black, white", "it's $HOME `ls` \\n"}));
        const QString text = command(draft);
        QVERIFY2(text.startsWith(QStringLiteral("levi run /dev/stdin --seeds 0..5 <<'JSON'\n{")), qPrintable(text));
        const auto [arguments, input] = readByShell(text);
        QCOMPARE(arguments, QStringLiteral("run /dev/stdin --seeds 0..5"));
        QVERIFY(toJson(specFromText(input.toStdString()).spec) == toJson(draft.spec()));
    }

    void aShellReadsWhatIsWritten() {
        SpecDraft draft;
        draft.takeFile("/specs/it's here.json", ExperimentSpec{});
        draft.setText("data.path", QStringLiteral("/data/$HOME `ls` \"pictures\""));
        const auto [arguments, input] = readByShell(command(draft));
        QCOMPARE(
            arguments,
            QStringLiteral("run /specs/it's here.json --set data.path=/data/$HOME `ls` \"pictures\" --seeds 0..5"));
    }

    void anotherStoreIsNamed() {
        SpecDraft draft;
        draft.takeFile("/specs/pacs.json", ExperimentSpec{});
        QVERIFY(commandLine(draft, "/runs/a store.sqlite").ends_with("--store '/runs/a store.sqlite'"));
    }

private:
    // What a program called levi is given by sh: words, and what it reads.
    static std::pair<QString, QString> readByShell(const QString& command) {
        QProcess shell;
        shell.start(QStringLiteral("sh"),
                    {QStringLiteral("-c"), QStringLiteral("levi() { echo \"$*\"; cat; }\n") + command});
        shell.closeWriteChannel();
        if (!shell.waitForFinished()) qWarning("sh does not end");
        const QByteArray out = shell.readAllStandardOutput() + shell.readAllStandardError();
        const qsizetype end = out.indexOf('\n');
        return {QString::fromUtf8(out.left(end)), QString::fromUtf8(out.mid(end + 1))};
    }
    static QString command(const SpecDraft& draft) {
        return QString::fromStdString(commandLine(draft, defaultStoreFile()));
    }
};

LEVI_TEST(TestCommandLine)
#include "tst_command_line.moc"
