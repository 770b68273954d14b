// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/engine/data/records.h"
#include "core/engine/data/text_files.h"
#include "core/spec/data/text_data.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/data/lines.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace levi;

namespace {

struct Fixture {
    test::TemporaryFolder folder;

    Options data(const std::string& name, const std::string& bytes,
                 const std::function<void(TextTableOptions&)>& change = {}) const {
        Options data(dataKinds().at("text_table"));
        auto& options = *data.as<TextTableOptions>();
        options.table = folder.write(name, bytes);
        options.text = "text";
        options.targetColumn = "y";
        if (change) change(options);
        return data;
    }
};

std::string lines(int rows, const std::function<std::string(int)>& of) {
    std::string text;
    for (int i = 0; i < rows; ++i)
        text += of(i) + "\n";
    return text;
}

// text,y,place
std::string reviews(int rows = 24) {
    return "text,y,place\n" + lines(rows, [](int i) {
               return fmt::format("text {},{},{}", i, i % 2 ? "good" : "bad", i % 3 ? "north" : "south");
           });
}

std::set<std::string> textsOf(const RowSet& rows) {
    std::set<std::string> texts;
    for (std::int64_t i = 0; i < rows.size(); ++i)
        texts.insert(rows.text(i).first);
    return texts;
}

const RowSet& roleOf(const Dataset& data, const std::string& name) {
    return *std::ranges::find(data.evaluation.roles, name, &RowSet::role);
}

} // namespace

class TestTextTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryForm_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray csv = "y,text,n\r\ngood,\"a \"\"b\"\",\nc\",1\r\n\r\nbad,d,2\r\n";
        const QByteArray json =
            "{\"text\": \"a \\\"b\\\",\\nc\", \"n\": 1, \"y\": \"good\", \"z\": {\"text\": [1, {}]}, \"z\": 1}\n"
            "\n{\"y\":\"bad\",\"text\":\"d\",\"n\":2.0}\n";
        QTest::newRow("csv") << "a.csv" << csv;
        QTest::newRow("byte order mark") << "a.csv"
                                         << "\xEF\xBB\xBF" + csv;
        QTest::newRow("csv.gz") << "a.csv.gz" << QByteArray::fromStdString(test::gzipped(csv.toStdString()));
        QTest::newRow("jsonl") << "a.jsonl" << json;
        QTest::newRow("json.gz, two members") << "a.json.gz"
                                              << QByteArray::fromStdString(test::gzipped(json.left(30).toStdString()) +
                                                                           test::gzipped(json.mid(30).toStdString()));
    }

    void readsEveryForm() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        const Fixture f;
        const auto records = openRecords(f.folder.write(name.toStdString(), bytes.toStdString()), {"text", "y"});
        Record record;
        QVERIFY(records->next(record));
        QCOMPARE(record.problem, std::string());
        QCOMPARE(record.values, (std::vector<std::string>{"a \"b\",\nc", "good"}));
        QVERIFY(records->next(record));
        QCOMPARE(record.values, (std::vector<std::string>{"d", "bad"}));
        QVERIFY(!records->next(record));
        QVERIFY(records->missing().empty());
    }

    void readsRolesByDomainsAndShares() {
        const Fixture f;
        const Dataset data = loadDataset(f.data("a.csv", reviews(), [](auto& o) {
            o.domainColumns = {"place"};
            o.ood = {"south"};
        }));
        QCOMPARE(data.classes, (std::vector<std::string>{"bad", "good"}));
        QCOMPARE(roleOf(data, "ood_test/south").size(), std::int64_t{8});
        QCOMPARE(data.training.train.size() + data.training.idVal.size() + roleOf(data, "id_test").size(),
                 std::int64_t{16});
        const RowSet& ood = roleOf(data, "ood_test/south");
        QCOMPARE(ood.text(0).first, std::string("text 0"));
        QVERIFY(!ood.text(0).second);
        QCOMPARE(ood.id(1), std::string("5")); // its line
    }

    void readsSplitsOfWildsAndNumbers() {
        const Fixture f;
        const std::string text =
            "text,y,split\n" + lines(20, [](int i) {
                return fmt::format("t{},{},{}", i, i * 0.5, i < 10 ? 0 : i < 14 ? 2 : i < 17 ? 1 : 3);
            });
        const Dataset data = loadDataset(f.data("a.csv", text, [](auto& o) {
            o.target = TargetKind::Number;
            o.split = "split";
            o.splitCodes = SplitCodes::Amazon; // 0 train, 1 val, 2 id_val, 3 test
        }));
        QVERIFY(data.isNumber());
        QCOMPARE(data.training.train.size(), std::int64_t{10});
        QCOMPARE(data.training.idVal.size(), std::int64_t{4});
        QCOMPARE(data.training.oodVal->size(), std::int64_t{3});
        QCOMPARE(roleOf(data, "ood_test/test").number(0), 8.5);
    }

    void makesPairsAndTemplates() {
        const Fixture f;
        const std::string text =
            "title,body,other,y\n" + lines(12, [](int i) { return fmt::format("T{0},B{0},O{0},{1}", i, i % 2); });
        const Dataset data = loadDataset(f.data("a.csv", text, [](auto& o) {
            o.text = "{title}: {body}!";
            o.textPair = "other";
        }));
        const RowSet& train = data.training.train;
        const auto i = train.id(0);
        const int row = std::stoi(i) - 2;
        QCOMPARE(train.text(0).first, fmt::format("T{0}: B{0}!", row));
        QCOMPARE(train.text(0).second, fmt::format("O{}", row));
    }

    void namesBadRowsWithTheirLines_data() {
        QTest::addColumn<bool>("skips");
        QTest::newRow("stop") << false;
        QTest::newRow("skip") << true;
    }

    void namesBadRowsWithTheirLines() {
        QFETCH(bool, skips);
        const Fixture f;
        std::string text = "text,y,n\n" + lines(30, [](int i) { return fmt::format("t{},{},{}", i, i % 2, i); });
        text += "\"two\nlines\",1,x\n" // 32: no number
                "a,1\n"                // 34: two fields
                "  ,1,3\n"             // 35: no text
                "a,,3\n"               // 36: no class
                "\xFF,1,3\n"           // 37: no UTF-8
                "\"a\"b,1,3\n";        // 38: behind a quote
        const auto read = readData(f.data("a.csv", text, [&](auto& o) {
            o.numeric = {"n"};
            o.broken = skips ? BrokenFiles::Skip : BrokenFiles::Stop;
        }));
        QCOMPARE(read.brokenFiles, std::int64_t{6});
        const auto reason = [&](std::size_t i) { return QByteArray::fromStdString(read.broken[i].reason); };
        QVERIFY2(reason(0).endsWith("a.csv, line 32: 'n' is 'x', expected a number"), reason(0));
        QVERIFY2(reason(1).endsWith("line 34: has 2 fields, the head has 3"), reason(1));
        QVERIFY2(reason(2).endsWith("line 35: has no text"), reason(2));
        QVERIFY2(reason(3).contains("line 36: 'y' is empty"), reason(3));
        QVERIFY2(reason(4).contains("line 37: is not valid UTF-8"), reason(4));
        QVERIFY2(reason(5).contains("line 38: goes on behind a closing quote"), reason(5));
        QCOMPARE(read.problems.empty(), skips);
        QVERIFY(!skips || read.dataset->training.train.size() > 0);
    }

    void saysWhatIsWrongWithTheFile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no such column") << QByteArray("body,y\na,b\n")
                                        << QByteArray("has no column 'text'; it has body, y");
        QTest::newRow("no such key") << QByteArray("{\"y\": 1}\n") << QByteArray("no line has the key 'text'");
        QTest::newRow("empty") << QByteArray() << QByteArray("is empty");
        QTest::newRow("UTF-16") << QByteArray("\xFF\xFEt\0e\0x\0t\0,\0y\0\n\0", 16)
                                << QByteArray("a.csv: is UTF-16; convert it to UTF-8");
        QTest::newRow("a head alone") << QByteArray("text,y\n") << QByteArray("has no row that can be used");
        QTest::newRow("broken JSON") << QByteArray("{\"text\": \"a\", \"y\"\n") << QByteArray("line 1: is no JSON");
        QTest::newRow("a list for a text")
            << QByteArray("{\"text\": [\"a\"], \"y\": 1}\n") << QByteArray("line 1: holds a list or an object");
        QTest::newRow("a list for a row") << QByteArray("{\"text\": \"a\", \"y\": 1}\n[1]\n")
                                          << QByteArray("line 2: is an array, expected an object in braces");
        QTest::newRow("a number for a row") << QByteArray("{\"text\": \"a\", \"y\": 1}\n1\n")
                                            << QByteArray("line 2: is '1', expected an object in braces");
        QTest::newRow("a key twice in a line") << QByteArray("{\"text\": \"a\", \"y\": 1, \"y\": 2}\n")
                                               << QByteArray("line 1: has the key 'y' twice, expected it once");
        QTest::newRow("null bytes") << QByteArray("text,y\na,\0001\n", 12)
                                    << QByteArray("line 2: 'y' holds a null byte, expected text");
        QTest::newRow("a quote without end")
            << QByteArray("text,y\n\"a,b\nc,d\n") << QByteArray("line 2: a quote does not end");
        QTest::newRow("a quote without end in the head")
            << QByteArray("text,\"y\na,b\n") << QByteArray("a.csv, line 1: the head a quote does not end");
        QTest::newRow("a column twice") << QByteArray("text,y,text\na,b,c\n")
                                        << QByteArray("a.csv: has the column 'text' twice");
        QTest::newRow("carriage returns alone")
            << QByteArray("text,y\ra,b\rc,d") << QByteArray("a.csv: its lines end with a carriage return alone");
        QTest::newRow("a JSON array") << QByteArray("[{\"text\": \"a\", \"y\": 1}]\n")
                                      << QByteArray("a.csv: begins with '[', expected JSON lines");
        QTest::newRow("keys of another name")
            << QByteArray("{\"Text\": \"a\", \"y\": 1}\n") << QByteArray("has the key 'text'; found Text, y");
        QTest::newRow("half a gzip file") << QByteArray::fromStdString(test::gzipped(reviews(2000))).left(300)
                                          << QByteArray("is damaged or cut short");
    }

    void saysWhatIsWrongWithTheFile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, says);
        const Fixture f;
        const auto read = readData(f.data("a.csv", bytes.toStdString()));
        QVERIFY(!read.problems.empty());
        const QByteArray all = test::joined(read.problems).toUtf8();
        QVERIFY2(all.contains(says), all);
    }

    void boundsNumericColumns_data() {
        QTest::addColumn<QByteArray>("number");
        QTest::addColumn<QByteArray>("says"); // "": it is one
        QTest::newRow("large") << QByteArray("-1e30") << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("too large") << QByteArray("1e300")
                                   << QByteArray("line 32: 'n' is '1e300', expected a number from -1e+30 to 1e+30");
        QTest::newRow("too small") << QByteArray("-1.1e30") << QByteArray("'n' is '-1.1e30', expected a number from");
    }

    void boundsNumericColumns() {
        QFETCH(QByteArray, number);
        QFETCH(QByteArray, says);
        const Fixture f;
        const std::string text = "text,y,n\n" + lines(30, [](int i) { return fmt::format("t{},{},{}", i, i % 2, i); });
        const auto read = readData(
            f.data("a.csv", text + "last,1," + number.toStdString() + "\n", [](auto& o) { o.numeric = {"n"}; }));
        const QByteArray all = test::joined(read.problems).toUtf8();
        QVERIFY2(all.contains(says) && all.isEmpty() == says.isEmpty(), all);
    }

    void aSplitNeedsTrainingRows_data() {
        QTest::addColumn<QByteArray>("first"); // of the split column
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("none") << QByteArray("val")
                              << QByteArray("a.csv: 'split' gives no row to train; found id_test, id_val; say in "
                                            "data.split_roles which value does");
        QTest::newRow("some") << QByteArray("train") << QByteArray();
    }

    void aSplitNeedsTrainingRows() {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, says);
        const Fixture f;
        const std::string text =
            "text,y,split\n" + lines(20, [&](int i) {
                return fmt::format("t{},{},{}", i, i % 2, i < 10 ? first.toStdString() : "id_test");
            });
        const auto read = readData(f.data("a.csv", text, [](auto& o) {
            o.split = "split";
            o.splitRoles = {"val=id_val"};
        }));
        const QByteArray all = test::joined(read.problems).toUtf8();
        QVERIFY2(all.contains(says) && all.isEmpty() == says.isEmpty(), all);
    }

    void tellsNoMoreThanTheBeginning_data() {
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray four(4 << 20, 'x');
        QTest::newRow("columns") << four + ",y\na,b\n";
        QTest::newRow("a JSON array") << "[\"" + four + "\"]\n";
        QTest::newRow("no JSON") << "{\"text\": \"" + four + "\n";
        QTest::newRow("a target") << "{\"text\": \"a\", \"y\": \"" + four + "\"}\n";
    }

    void tellsNoMoreThanTheBeginning() {
        QFETCH(QByteArray, bytes);
        const Fixture f;
        const auto read =
            readData(f.data("a.csv", bytes.toStdString(), [](auto& o) { o.target = TargetKind::Number; }));
        QVERIFY(!read.problems.empty());
        for (const std::string& problem : read.problems)
            QVERIFY2(problem.size() < 1000, qPrintable(QString::number(problem.size())));
    }

    // Sets such as GLUE's quote nothing, and hold quotes.
    void readsQuotesOfTsvAsTheyAre() {
        const Fixture f;
        const std::string text =
            "text\ty\n" + lines(60, [](int i) { return fmt::format("{}text {}\t{}", i % 5 ? "" : "\"", i, i % 2); });
        const auto read = readData(f.data("a.tsv", text));
        QVERIFY2(read.problems.empty(), qPrintable(test::joined(read.problems)));
        std::set<std::string> texts;
        for (const RowSet& role : read.dataset->evaluation.roles)
            texts.merge(textsOf(role));
        QCOMPARE(texts.size(), std::size_t{60});
        QVERIFY(texts.contains("\"text 5") && texts.contains("text 6"));
    }

    void keepsEqualTextsInOneRole() {
        const Fixture f;
        const std::string text =
            "text,y\n" + lines(200, [](int i) { return fmt::format("text {},{}", i % 40, i % 2); });
        const Dataset data = loadDataset(f.data("a.csv", text));
        const auto train = textsOf(data.training.train), val = textsOf(data.training.idVal),
                   test = textsOf(roleOf(data, "id_test"));
        QCOMPARE(train.size() + val.size() + test.size(), std::size_t{40});
        QVERIFY(!val.empty() && !test.empty());
        QVERIFY(test::joined(data.notes).contains(QStringLiteral("160 rows have the content of another one")));
    }

    void tellsTestRowsThatAreTrainedOn() {
        const Fixture f;
        const std::string text =
            "text,y,split\n" + lines(12, [](int i) {
                return fmt::format("text {},{},{}", i % 8, i % 2, i < 6 ? "train" : i < 8 ? "id_val" : "id_test");
            });
        const Dataset data = loadDataset(f.data("a.csv", text, [](auto& o) { o.split = "split"; }));
        const QString notes = test::joined(data.notes);
        QVERIFY2(notes.contains(QStringLiteral("4 of the 4 rows of id_test have the content of a training row")),
                 qPrintable(notes));
    }

    void namesRowsByAColumn() {
        const Fixture f;
        const std::string text =
            "text,y,id\n" + lines(20, [](int i) { return fmt::format("t{},{},r{}", i, i % 2, i); });
        const auto named = [](auto& o) { o.rowId = "id"; };
        const Dataset data = loadDataset(f.data("a.csv", text, named));
        QVERIFY(data.training.train.id(0).starts_with("r"));
        const auto twice = readData(f.data("b.csv", text + "x,1,r3\n", named));
        QVERIFY(test::joined(twice.problems).contains(QStringLiteral("line 22: 'id' is 'r3', as in a row above")));
    }

    void theFingerprintHangsOnTextsAndFields() {
        const Fixture f;
        const auto print = [&](const std::string& text, bool fields) {
            return loadDataset(f.data("a.csv", text,
                                      [&](auto& o) {
                                          if (fields) o.categorical = {"place"};
                                      }))
                .fingerprint;
        };
        std::string other = reviews();
        other.replace(other.find("south"), 5, "North");
        QCOMPARE(print(reviews(), false), print(other, false)); // nobody reads the column
        QVERIFY(print(reviews(), true) != print(other, true));
        other = reviews();
        other.replace(other.find("text 3"), 6, "text x");
        QVERIFY(print(reviews(), false) != print(other, false));
    }

    void showsTheBeginningOfTexts() {
        const Fixture f;
        std::string longText;
        for (int i = 0; i < 1000; ++i)
            longText += "€";
        const DataInfo info =
            dataInfo(f.data("a.csv", "text,y\n" + lines(12, [&](int i) {
                                         return longText + std::to_string(i) + "," + std::to_string(i % 2);
                                     })));
        QVERIFY(info.problems.empty());
        const Thumbnail& sample = info.roles[0].samples.at(0);
        QVERIFY(sample.rgb.empty());
        QCOMPARE(sample.text.size(), std::size_t{1998}); // whole characters
    }

    void readsNewRowsWithoutTargets() {
        const Fixture f;
        const auto data = f.data("a.csv", reviews(), [](auto& o) { o.categorical = {"place"}; });
        const auto rows = readNewRows(data, f.folder.write("new.csv", "place,text\nnorth,hello\n,\n"), {});
        QVERIFY(rows);
        QCOMPARE(rows->table->rows.size(), std::size_t{1});
        QCOMPARE(rows->table->source->text(0).first, std::string("hello"));
        QCOMPARE(rows->table->source->fields(0).categories, (std::vector<std::string>{"north"}));
        QCOMPARE(rows->broken.size(), std::size_t{1});
        QVERIFY(!readNewRows(Options(dataKinds().at("image_folder")), "x", {}));
    }

    void stopsWhenAsked() {
        const Fixture f;
        std::stop_source stop;
        stop.request_stop();
        LoadOptions options;
        options.stop = stop.get_token();
        QVERIFY_THROWS_EXCEPTION(Stopped, readData(f.data("a.csv", reviews(3000)), options));
    }
};

LEVI_TEST(TestTextTable)
#include "tst_text_table.moc"
