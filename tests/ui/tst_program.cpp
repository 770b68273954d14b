// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "tests/support/test_main.h"
#include "tests/ui/made_store.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace levi;

// The program as it is started, without a display.
class TestProgram : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatIsWrong_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const QStringList& arguments, int code, const char* said) {
            QTest::newRow(name) << arguments << code << said;
        };
        row("page", {"--page", "papers"}, 2,
            "--page: found 'papers', expected one of setup, layers, runs, results, report");
        row("option", {"--colour"}, 2, "colour");
        row("no file", {"results"}, 2, "found 'results', which is no file or folder");
        row("two files", {"%/notes.txt", "%"}, 2, "expected one file at most");
        row("report without a file", {"--report"}, 2, "expected --out FILE");
        row("empty store", {"--store", ""}, 2, "--store: found '', expected a file");
        row("stranger's file", {"--store", "%/notes.txt"}, 1, "notes.txt: is not a store of LEVI Workbench");
        row("folder", {"--store", "%"}, 1, "is a folder, expected a store");
        row("below a file", {"--store", "%/notes.txt/s.sqlite"}, 1, "notes.txt is no folder; give another --store");
    }
    void saysWhatIsWrong() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, said);
        const QTemporaryDir folder;
        writeFileAtomically(folder.filePath(QStringLiteral("notes.txt")).toStdString(), "a note");
        arguments.replaceInStrings(QStringLiteral("%"), folder.path());
        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), folder.path()); // else Qt has something to say as well
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(LEVI_BIN_DIR "/levi-workbench"), arguments);
        QVERIFY(program.waitForFinished(30'000));
        const QString error = QString::fromUtf8(program.readAllStandardError());
        QVERIFY2(error.startsWith(QStringLiteral("levi-workbench: ")) && error.contains(said), qPrintable(error));
        QCOMPARE(error.count(QLatin1Char('\n')), 1);
        QTEST(program.exitCode(), "code");
        QCOMPARE(readFile(folder.filePath(QStringLiteral("notes.txt")).toStdString()), std::string("a note"));
    }

    // A bare machine, or one that is reached by ssh: what needs no window works, and the rest is said in one line.
    void needsNoDisplayForHelp_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("display");
        QTest::addColumn<int>("code");
        QTest::newRow("help") << QStringList{"--help"} << "" << 0;
        QTest::newRow("version") << QStringList{"-v"} << "" << 0;
        const QStringList report{"--report", "--out=%/r.html", "--store=%/s.sqlite"};
        QTest::newRow("report") << report << "" << 0;
        QTest::newRow("report, the display is gone") << report << ":4077" << 0;
        QTest::newRow("window") << QStringList{"--store", "%/s.sqlite"} << "" << 1;
    }
    void needsNoDisplayForHelp() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, display);
        QFETCH(int, code);
        const QTemporaryDir folder;
        test::fillStore(folder.filePath(QStringLiteral("s.sqlite")).toStdString());
        arguments.replaceInStrings(QStringLiteral("%"), folder.path());
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"})
            environment.remove(QLatin1String(name));
        if (!display.isEmpty()) environment.insert(QStringLiteral("DISPLAY"), display);
        QProcess program;
        program.setProcessEnvironment(environment);
        program.start(QStringLiteral(LEVI_BIN_DIR "/levi-workbench"), arguments);
        QVERIFY(program.waitForFinished(60'000));
        QVERIFY(program.exitStatus() == QProcess::NormalExit);
        QCOMPARE(program.exitCode(), code);
        const QString error = QString::fromUtf8(program.readAllStandardError());
        QCOMPARE(error.contains(QStringLiteral("found no display to open a window on")), code != 0);
    }

    void writesReportAndScreenshots() {
        const QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(QLatin1String(name)); };
        test::fillStore(at("s.sqlite").toStdString());
        QProcess program;
        program.start(QStringLiteral(LEVI_BIN_DIR "/levi-workbench"),
                      {"--store", at("s.sqlite"), "--report", "--out", at("r.html")});
        QVERIFY(program.waitForFinished(60'000));
        QCOMPARE(program.exitCode(), 0);
        QVERIFY(QFile::exists(at("r.html")));
        program.start(QStringLiteral(LEVI_BIN_DIR "/levi-workbench"),
                      {"--store", at("s.sqlite"), "--screenshots", at("pictures")});
        QVERIFY(program.waitForFinished(60'000));
        QCOMPARE(program.exitCode(), 0);
        const QStringList pictures = QDir(at("pictures")).entryList({QStringLiteral("*.png")});
        QVERIFY(pictures.size() >= 5);
        for (const QString& name : pictures)
            QVERIFY2(QImage(at("pictures") + '/' + name).width() > 800, qPrintable(name));
    }
};

LEVI_TEST(TestProgram)
#include "tst_program.moc"
