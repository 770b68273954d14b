// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <sys/stat.h>

using namespace levi::test;

class TestCommandLine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endsWithACode_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("wish");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const QString& arguments, const char* wish, int code, const char* said) {
            QTest::newRow(name) << arguments.split(' ') << wish << code << said;
        };
        row("help", "--help", "", 0, "Exit codes: 0 done, 1 failed, 2 invalid spec or usage, 130 cancelled.");
        row("version", "--version", "", 0, ".");
        row("reference", "docs", "", 0, "specialist_dropout");
        row("unknown verb", "fly", "", 2, "found no verb 'fly'; `levi --help` lists those there are");
        row("seeds that are none", "run spec.json --seeds 5..1", "", 2,
            "--seeds: seeds '5..1': the range 5..1 descends");
        row("report of no kind", "report --out a.docx --store /nowhere/s", "", 2, "docx");
        row("unknown option", "runs --colour", "", 2, "");
        row("no spec", "run", "", 2, "SPEC is required");
        row("absent spec", "run /nowhere.json", "", 2, "/nowhere.json: cannot read");
        row("unknown store", "runs --store /nowhere/s", "", 1, "/nowhere/s: there is no store here");
        row("store that is none", "runs --store /proc/self/cmdline", "", 1, "is not a store of LEVI Workbench");
        row("unknown format", "table --format docx --store /nowhere/s", "", 2, "docx");
        row("backbone", "inspect dir", "", 0, "");
        row("useless backbone", "inspect dir", "problems", 1, "problem: config.json: is absent");
        row("golden", "golden dir", "", 0, "largest difference 1e-05 at tensor logits, allowed 0.0001");
        row("golden beyond", "golden dir", "fail", 1, "largest difference 0.0003 at tensor logits, allowed 0.0001");
        row("doctor", "doctor --store /nowhere/s", "", 0, "LibTorch none");
        row("engine of another build", "inspect dir", "old", 1, "has interface -1, this program needs");
        row("size that is none", "preprocess p.png --out o --resize 64y", "", 2, "--resize: found '64y'");
        row("deviation of zero", "preprocess p.png --out o --std 1,0,1", "", 2, "--std: found '0', expected a number");
        row("mean that is none", "preprocess p.png --out o --mean nan,0,0", "", 2, "--mean: found 'nan'");
        row("crop beyond the picture", "preprocess p.png --out o --resize 64x48 --crop 97", "", 2,
            "--crop: found 97, expected at most 96");
        row("spec without an end", "run /dev/zero", "", 2, "/dev/zero: has more than 4194304 bytes");
        row("bench of what", "bench", "", 2, "");
        row("tokens without a tokenizer", "tokenize --tokenizer /nowhere", "", 1, "/nowhere: expected a folder");
        row("padding up to what", "tokenize --tokenizer /nowhere --pad", "", 2, "--pad requires --max-length");
        row("metric of numbers", "study new --help", "", 0, "give rmse where numbers are predicted");
        row("bench of no texts", "bench tokenize /nowhere /nowhere.jsonl", "", 1, "/nowhere.jsonl: is not there");
    }

    void endsWithACode() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, wish);
        QFETCH(QString, said);
        const Ended ended = Program(wish).run(arguments);
        QVERIFY2((ended.out + ended.err).contains(said.toUtf8()), (ended.out + ended.err).constData());
        QTEST(ended.code, "code");
    }

    void judgesPredictionsLikeWilds() {
        const Program program;
        const auto write = [&](const char* name, const char* text) {
            levi::writeFileAtomically(program.path(QString::fromLatin1(name)).toStdString(), text);
            return program.path(QString::fromLatin1(name));
        };
        const QStringList files = {write("p.csv", "0\n1\n1\n"),
                                   write("m.csv", "y,split,place\n0,2,0\n0,1,0\n0,2,1\n1,2,1\n")};
        const QStringList question = {"--where", "split=2", "--group", "place,y"};
        const Ended judged = program.run(QStringList{"wilds"} + files + question + QStringList{"--weights", "1,0,0,1"});
        QVERIFY2(judged.out.contains("worst group, place:1 y:0") && judged.out.contains("adjusted average"),
                 (judged.out + judged.err).constData());
        QVERIFY(judged.out.contains("Groups without a row, left out of the worst one: place:0 y:1."));
        QCOMPARE(program.run(QStringList{"wilds"} + files).code, 1); // 3 predictions for 4 rows
        const Ended lost = program.run(QStringList{"wilds"} + files + QStringList{"--label", "z"});
        QVERIFY2(lost.code == 1 && lost.err.contains("has no column 'z'"), lost.err.constData());
        QCOMPARE(program.run(QStringList{"wilds"} + files + QStringList{"--weights", "a"}).code, 2);
        QCOMPARE(program.run(QStringList{"wilds"} + files + QStringList{"--where", "split"}).code, 2);
    }

    // What the window offers where a spec has no file.
    void readsASpecFromStandardInput() {
        const Program program;
        QProcess process;
        program.start(process, {"run", "/dev/stdin", "--store", program.store(), "--seeds", "0,1", "--json"});
        process.write(kDemoSpec);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray out = process.readAllStandardOutput();
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
        QCOMPARE(out.count('\n'), 2);
    }

    void refusesASpecThatIsAPipe() {
        const Program program;
        const QString pipe = program.path("pipe");
        QCOMPARE(::mkfifo(pipe.toUtf8().constData(), 0600), 0);
        const Ended ended = program.run({"run", pipe, "--store", program.store()});
        QCOMPARE(ended.code, 2);
        QVERIFY2(ended.err.contains("expected a regular file, found a named pipe"), ended.err.constData());
    }

    void tokenizesLines_data() {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QByteArray>("out");
        QTest::addColumn<QByteArray>("err");
        QTest::addColumn<int>("code");
        const QByteArray one = R"({"ids":[2,4,3,0],"attention_mask":[1,1,1,0],"token_type_ids":[0,0,0,0]})"
                               "\n";
        QTest::newRow("nothing") << QByteArray() << QByteArray() << QByteArray() << 0;
        QTest::newRow("text and pair")
            << QByteArray("{\"text\":\"A\"}\n{\"text\":\"\",\"text_pair\":\"a a\"}\n")
            << one + R"({"ids":[2,3,4,3],"attention_mask":[1,1,1,1],"token_type_ids":[0,0,1,1]})"
                     "\n"
            << QByteArray() << 0;
        QTest::newRow("no text") << QByteArray("{\"text\":\"a\"}\n{\"words\":\"a\"}\n") << one
                                 << QByteArray("line 2: text: found nothing, expected a text") << 1;
        QTest::newRow("no object") << QByteArray("[]\n") << QByteArray()
                                   << QByteArray("line 1: found array, expected an object") << 1;
        QTest::newRow("no JSON") << QByteArray("\xff\n") << QByteArray()
                                 << QByteArray("line 1: found no JSON, expected an object with") << 1;
        QTest::newRow("no pair") << QByteArray("{\"text\":\"a\",\"text_pair\":null}\n") << one << QByteArray() << 0;
        QTest::newRow("a number for a pair") << QByteArray("{\"text\":\"a\",\"text_pair\":1}\n") << QByteArray()
                                             << QByteArray("line 1: text_pair: found number") << 1;
    }

    void tokenizesLines() {
        QFETCH(QByteArray, lines);
        const Program program;
        levi::writeFileAtomically(program.path("tokens/vocab.txt").toStdString(), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n");
        QProcess process;
        program.start(process, {"tokenize", "--tokenizer", program.path("tokens"), "--max-length", "4", "--pad"});
        process.write(lines);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
        QTEST(process.readAllStandardOutput(), "out");
        QFETCH(QByteArray, err);
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(said.contains(err), said.constData());
        QTEST(process.exitCode(), "code");
    }

    void benchTokenizeRefuses_data() {
        QTest::addColumn<QByteArray>("bytes"); // "": a device without an end
        QTest::addColumn<QByteArray>("err");
        QTest::newRow("a device") << QByteArray() << QByteArray("/dev/zero: expected a file with rows");
        QTest::newRow("what follows a NUL") << QByteArray("{\"text\":\"a\"}\n{\"text\":\"a\"}\0{\n", 28)
                                            << QByteArray("line 2: expected an object with a text");
        QTest::newRow("a line without an end")
            << QByteArray((16 << 20) + 1, ' ') << QByteArray("line 1 is longer than 16 MiB; are its lines ended?");
        QTest::newRow("a damaged .gz") << QByteArray("\x1f\x8b\x08\0\0\0\0\0\0\3 no", 13)
                                       << QByteArray("is damaged or cut");
    }

    void benchTokenizeRefuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, err);
        const Program program;
        const QString file = bytes.isEmpty() ? QStringLiteral("/dev/zero") : program.path("lines");
        if (!bytes.isEmpty()) levi::writeFileAtomically(file.toStdString(), bytes.toStdString());
        const Ended ended = program.run({"bench", "tokenize", "/nowhere", file});
        QVERIFY2(ended.err.contains(err), ended.err.constData());
        QCOMPARE(ended.code, 1);
    }

    void saysWhenTheDiskIsFull_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("lines"); // on stdin
        QTest::newRow("a line of tokens, in a buffer") << QStringList{"tokenize", "--tokenizer"} << 1;
        QTest::newRow("many lines of tokens") << QStringList{"tokenize", "--tokenizer"} << 1000;
        QTest::newRow("the reference") << QStringList{"docs"} << 0;
    }

    void saysWhenTheDiskIsFull() {
        QFETCH(QStringList, arguments);
        QFETCH(int, lines);
        const Program program;
        levi::writeFileAtomically(program.path("tokens/vocab.txt").toStdString(), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n");
        if (lines > 0) arguments << program.path("tokens");
        QProcess process;
        process.setStandardOutputFile("/dev/full");
        program.start(process, arguments);
        process.write(QByteArray("{\"text\":\"a a a\"}\n").repeated(lines));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(said.contains("cannot write"), said.constData());
        QCOMPARE(process.exitCode(), 1);
    }

    void listsAllProblemsOfASpec() {
        const Program program;
        const QString spec = program.specFile(R"({"data": {"kind": "image_folder", "nope": 1},
            "method": {"kind": "levi", "dropout": 7}, "train": {"epochs": "many"}})");
        const Ended ended =
            program.run({"run", spec, "--store", program.store(), "--set", "specialist.width=-1", "--set", "x.y=1"});
        QCOMPARE(ended.code, 2);
        for (const char* path : {"data.nope: ", "method.dropout: ", "train.epochs: ", "specialist.width: ", "x.y: ",
                                 "data.path: is required", "backbone.path: is required"})
            QVERIFY2(ended.err.contains(path), ended.err.constData());
        QVERIFY(ended.out.isEmpty());
        QVERIFY(!QFile::exists(program.store()));
    }

    void refusesWhatIsNoSpec_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("half") << QByteArray("{\"data\":");
        QTest::newRow("a list") << QByteArray("[1,2]");
        QTest::newRow("deep") << QByteArray(100'000, '[');
        QTest::newRow("bytes") << QByteArray("\xff\xfe\0\1", 4);
    }

    void refusesWhatIsNoSpec() {
        QFETCH(QByteArray, text);
        const Program program;
        QCOMPARE(program.run({"run", program.specFile(text), "--store", program.store()}).code, 2);
    }

    void takesWhatTheFileLacksFromTheCommandLine() {
        const Program program;
        const QString spec = program.specFile(R"({"data": {"kind": "demo_world"}, "train": {"epochs": "many"}})");
        const Ended ended = program.run({"run", spec, "--store", program.store(), "--set", "train.epochs=2", "--set",
                                         "backbone.path=resource:demo_vit", "--json"});
        QVERIFY2(ended.code == 0, ended.err.constData());
    }

    void listsProblemsThatTheEngineFinds() {
        const Program program("problems");
        const Ended ended = program.run({"run", program.specFile(kDemoSpec), "--store", program.store()});
        QCOMPARE(ended.code, 2);
        QVERIFY(ended.err.contains("data.path: there is no such folder"));
        QVERIFY(ended.err.contains("compute.device: there is no GPU"));
        // Beside what is wrong in the spec itself; a field that is wrong there is told once.
        const Ended all = program.run({"run", program.specFile(kDemoSpec), "--store", program.store(), "--set",
                                       "train.epochs=0", "--set", "compute.device=abacus"});
        QCOMPARE(all.code, 2);
        for (const char* path : {"data.path: ", "train.epochs: ", "compute.device: "})
            QVERIFY2(all.err.count(path) == 1, all.err.constData());
        // Wrong data say nothing of their files; what stands without them is told.
        const Ended data = program.run(
            {"run", program.specFile(kDemoSpec), "--store", program.store(), "--set", "data.train_rows=-1"});
        QCOMPARE(data.code, 2);
        QVERIFY2(data.err.contains("data.train_rows: ") && data.err.contains("compute.device: there is no GPU") &&
                     !data.err.contains("data.path"),
                 data.err.constData());
    }

    void saysWhatIsMissing() {
        Program program;
        program.setEngine("/nowhere/liblevi_engine.so");
        const Ended ended = program.run({"run", program.specFile(kDemoSpec), "--store", program.store()});
        QCOMPARE(ended.code, 1);
        QVERIFY(ended.err.contains("there is no /nowhere/liblevi_engine.so"));
    }
};

LEVI_TEST(TestCommandLine)
#include "tst_command_line.moc"
