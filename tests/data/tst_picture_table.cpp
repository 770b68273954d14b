// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/engine/data/loaded_rows.h"
#include "core/engine/data/table_rows.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/data/lines.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>

using namespace levi;

namespace {

// Twelve pictures a/0.png to a/11.png, all different, and a table beside them.
struct Fixture {
    test::TemporaryFolder folder;

    Fixture() {
        for (int i = 0; i < 12; ++i) {
            Picture picture = test::gradient(8, 8);
            picture.rgb[0] = static_cast<std::uint8_t>(i);
            folder.write("pictures/a/" + std::to_string(i) + ".png", test::pngOf(picture));
        }
    }

    Options data(const std::string& table, const std::function<void(PictureTableOptions&)>& change = {}) const {
        Options data(dataKinds().at("picture_table"));
        auto& options = *data.as<PictureTableOptions>();
        options.table = folder.write("table.csv", table);
        options.path = folder / "pictures";
        options.picture = "image";
        options.targetColumn = "y";
        if (change) change(options);
        return data;
    }
};

// A row a picture; `of` says what follows the picture.
std::string tableOf(const std::string& head, const std::function<std::string(int)>& of, int rows = 12) {
    std::string text = head + "\n";
    for (int i = 0; i < rows; ++i)
        text += "a/" + std::to_string(i) + ".png," + of(i) + "\n";
    return text;
}

const RowSet* roleOf(const Dataset& data, const std::string& name) {
    const auto found = std::ranges::find(data.evaluation.roles, name, &RowSet::role);
    return found == data.evaluation.roles.end() ? nullptr : &*found;
}

std::int64_t countOf(const Dataset& data, const std::string& role) {
    const RowSet* rows = roleOf(data, role);
    return rows ? rows->size() : 0;
}

} // namespace

class TestPictureTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsClassesByDomainsAndShares() {
        const Fixture f;
        const auto text = tableOf("image,y,where", [](int i) {
            return std::string(i % 2 ? "dog" : "cat") + "," + (i < 8 ? "photo" : "sketch");
        });
        const Dataset data = loadDataset(f.data(text, [](auto& o) {
            o.domainColumns = {"where"};
            o.ood = {"sketch"};
        }));
        QCOMPARE(data.classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(data.domains, (std::vector<std::string>{"photo", "sketch"}));
        QCOMPARE(countOf(data, "train") + countOf(data, "id_val") + countOf(data, "id_test"), std::int64_t{8});
        QCOMPARE(countOf(data, "ood_test/sketch"), std::int64_t{4});
        QVERIFY(!data.isNumber() && data.notes.empty());
    }

    // The same pictures in the same roles, whatever the order of lines.
    void equalsTheFolderOfTheSamePictures() {
        const test::TemporaryFolder folder;
        test::writePictureFolder(folder / "tree", {"photo", "art", "sketch"}, {"dog", "cat"}, 10);
        std::vector<std::string> lines;
        for (const char* domain : {"photo", "art", "sketch"})
            for (const char* name : {"dog", "cat"})
                for (int i = 9; i >= 0; --i) {
                    const std::string picture = std::string(domain) + "/" + name + "/" + std::to_string(i) + ".png";
                    lines.push_back(picture + "\t" + name + "\t" + domain + "\n");
                }
        std::ranges::rotate(lines, lines.begin() + 17);
        std::string text = "image\ty\tdomain\n";
        for (const std::string& line : lines)
            text += line;
        Options pictures(dataKinds().at("image_folder")), table(dataKinds().at("picture_table"));
        pictures.as<ImageFolderOptions>()->path = folder / "tree";
        pictures.as<ImageFolderOptions>()->ood = {"sketch"};
        auto& options = *table.as<PictureTableOptions>();
        options.table = folder.write("t.tsv", text);
        options.path = folder / "tree";
        options.picture = "image";
        options.targetColumn = "y";
        options.domainColumns = {"domain"};
        options.ood = {"sketch"};
        const Dataset a = loadDataset(pictures), b = loadDataset(table);
        QCOMPARE(a.evaluation.roles.size(), b.evaluation.roles.size());
        for (std::size_t r = 0; r < a.evaluation.roles.size(); ++r) {
            const RowSet &rowsA = a.evaluation.roles[r], &rowsB = b.evaluation.roles[r];
            QCOMPARE(rowsA.role(), rowsB.role());
            QCOMPARE(rowsA.size(), rowsB.size());
            for (std::int64_t i = 0; i < rowsA.size(); ++i) {
                QCOMPARE(rowsA.id(i), rowsB.id(i));
                QVERIFY(rowsA.label(i) == rowsB.label(i) && rowsA.domain(i) == rowsB.domain(i));
            }
        }
    }

    void readsSplitsOfWilds_data() {
        QTest::addColumn<int>("codes");
        QTest::addColumn<QStringList>("roles"); // of the values 0, 1, 2, 3, 4
        const QString train = "train", idVal = "id_val", idTest = "id_test", val = "ood_val", test = "ood_test/test";
        QTest::newRow("wilds") << int(SplitCodes::Wilds) << QStringList{train, val, test, "", ""};
        QTest::newRow("waterbirds") << int(SplitCodes::Waterbirds) << QStringList{train, val, test, "", ""};
        QTest::newRow("camelyon17") << int(SplitCodes::Camelyon17) << QStringList{train, idVal, test, val, ""};
        QTest::newRow("iwildcam") << int(SplitCodes::Iwildcam) << QStringList{train, val, test, idVal, idTest};
        QTest::newRow("fmow") << int(SplitCodes::Fmow) << QStringList{train, idVal, idTest, val, test};
        QTest::newRow("poverty") << int(SplitCodes::Poverty) << QStringList{train, idVal, idTest, val, test};
        QTest::newRow("amazon") << int(SplitCodes::Amazon) << QStringList{train, val, idVal, test, idTest};
        QTest::newRow("names") << int(SplitCodes::Names) << QStringList{"", "", "", "", ""};
    }

    void readsSplitsOfWilds() {
        QFETCH(int, codes);
        QFETCH(QStringList, roles);
        TableOptions options;
        options.splitCodes = SplitCodes(codes);
        for (int value = 0; value < 5; ++value)
            QCOMPARE(QString::fromStdString(roleOfSplit(std::to_string(value), options).value_or("")), roles[value]);
        for (const char* name : {"train", "id_val", "id_test", "ood_val", "ood_test/north"})
            QCOMPARE(roleOfSplit(name, options).value_or(""), std::string(name));
        QCOMPARE(roleOfSplit("test", options).value_or(""), std::string("ood_test/test"));
        QCOMPARE(roleOfSplit("-1", options).value_or(""), std::string(kUnusedRole));
        QVERIFY(!roleOfSplit("a=b", options));
        options.splitRoles = {"test=id_test", "a=b=ood_test/north", "0=unused"};
        QCOMPARE(roleOfSplit("test", options).value_or(""), std::string("id_test"));
        QCOMPARE(roleOfSplit("0", options).value_or(""), std::string(kUnusedRole));
    }

    void takesRolesFromTheSplitColumn() {
        const Fixture f;
        const auto text = tableOf("image,y,split", [](int i) {
            const char* splits[] = {"0", "0", "0", "0", "1", "3", "3", "2", "2", "-1", "0", "0"};
            return std::string(i % 2 ? "tumor" : "normal") + "," + splits[i];
        });
        const Dataset data = loadDataset(f.data(text, [](auto& o) {
            o.split = "split";
            o.splitCodes = SplitCodes::Camelyon17;
        }));
        QCOMPARE(countOf(data, "train"), std::int64_t{6});
        QCOMPARE(countOf(data, "id_val"), std::int64_t{1});
        QCOMPARE(countOf(data, "ood_val"), std::int64_t{2});
        QCOMPARE(countOf(data, "ood_test/test"), std::int64_t{2});
        QCOMPARE(data.domains, std::vector<std::string>{"all"});
    }

    void drawsIdValWhereTheSplitHasNone() {
        const Fixture f;
        const auto text =
            tableOf("image,y,split", [](int i) { return std::to_string(i) + (i < 10 ? ".5,0" : ".5,2"); });
        const Dataset data = loadDataset(f.data(text, [](auto& o) {
            o.target = TargetKind::Number;
            o.split = "split";
            o.splitCodes = SplitCodes::Wilds;
            o.valShare = 0.3;
        }));
        QVERIFY(data.isNumber() && data.classes.empty());
        QCOMPARE(countOf(data, "id_val"), std::int64_t{3});
        QCOMPARE(countOf(data, "train"), std::int64_t{7});
        QVERIFY2(test::joined(data.notes).contains("gives no row to id_val: 3 of 10"),
                 qPrintable(test::joined(data.notes)));
        const RowSet& test = *roleOf(data, "ood_test/test");
        QCOMPARE(test.number(0), 10.5);
    }

    void fitsTheScaleToTrainingRowsAlone() {
        const Fixture f;
        const auto text = tableOf("image,y,split", [](int i) {
            return std::to_string(i == 11 ? 1000 : i % 2) + (i < 8 ? ",train" : i < 10 ? ",id_val" : ",test");
        });
        const Dataset data = loadDataset(f.data(text, [](auto& o) {
            o.target = TargetKind::Number;
            o.clipTarget = true;
            o.split = "split";
        }));
        QCOMPARE(data.scale.mean, 0.5);
        QCOMPARE(data.scale.deviation, 0.5);
        QVERIFY(data.scale.high == 1 && data.scale.clips);
    }

    void makesGroupsOfColumns() {
        const Fixture f;
        const auto text = tableOf("image,y,place,who,split", [](int i) {
            return std::to_string(i % 2) + "," + (i % 4 == 1 ? "land" : "water") + ",user" + std::to_string(i % 3) +
                   (i < 8 ? ",train" : ",test");
        });
        const auto options = [](auto& o) {
            o.domainColumns = {"place", "y"};
            o.groups = {"place", "y"};
            o.user = "who";
            o.split = "split";
        };
        const Dataset data = loadDataset(f.data(text, options));
        QCOMPARE(data.domains, (std::vector<std::string>{"place:land y:1", "place:water y:0", "place:water y:1"}));
        QCOMPARE(data.groups.size(), std::size_t{2});
        QCOMPARE(data.groups[0].values, (std::vector<std::string>{"land", "water"}));
        QCOMPARE(data.groupWeights.size(), std::size_t{4});
        QCOMPARE(data.groupWeights[0], 0.0); // no landbird on land
        const RowSet& test = *roleOf(data, "ood_test/test");
        for (std::int64_t i = 0; i < test.size(); ++i) {
            QVERIFY(test.user(i) >= 0 && test.user(i) < 3);
            QCOMPARE(test.group(i) / 2, test.label(i)); // the second field counts slower
        }
        const auto given = readData(f.data(text, [&](auto& o) {
            options(o);
            o.groupWeights = {1, 2, 3};
        }));
        QVERIFY2(test::joined(given.problems).contains("found 3 weights for 4 groups"),
                 qPrintable(test::joined(given.problems)));
    }

    void namesBadRows_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("says");
        QTest::newRow("no such picture") << QByteArray("a/99.png,1,train") << "line 14: there is no picture 'a/99.png'";
        QTest::newRow("no number") << QByteArray("a/1.png,n/a,train") << "line 14: 'y' is 'n/a', expected a number";
        QTest::newRow("infinite") << QByteArray("a/1.png,inf,train") << "line 14: 'y' is 'inf', expected a number";
        QTest::newRow("no role") << QByteArray("a/1.png,1,holdout")
                                 << "line 14: 'split' is 'holdout', which names no role";
        QTest::newRow("too short") << QByteArray("a/1.png,1") << "line 14: has 2 fields, the head has 3";
        QTest::newRow("climbs out") << QByteArray("../secret.png,1,train") << "line 14: there is no picture";
        QTest::newRow("no picture in it") << QByteArray("a/broken.png,1,train") << "line 14: ";
    }

    void namesBadRows() {
        QFETCH(QByteArray, line);
        QFETCH(QString, says);
        const Fixture f;
        f.folder.write("pictures/a/broken.png", "no picture");
        f.folder.write("secret.png", test::pngOf(test::gradient(4, 4)));
        auto text = tableOf("image,y,split", [](int i) { return std::to_string(i) + (i < 8 ? ",train" : ",id_val"); });
        text += line.toStdString() + "\n";
        const auto change = [](auto& o) {
            o.target = TargetKind::Number;
            o.split = "split";
        };
        const auto stopped = readData(f.data(text, change));
        QVERIFY2(test::joined(stopped.problems).contains(says), qPrintable(test::joined(stopped.problems)));
        QVERIFY(test::joined(stopped.problems).contains("set data.broken to skip"));
        const auto skipped = readData(f.data(text, [&](auto& o) {
            change(o);
            o.broken = BrokenFiles::Skip;
        }));
        QVERIFY2(skipped.problems.empty(), qPrintable(test::joined(skipped.problems)));
        QCOMPARE(skipped.brokenFiles, std::int64_t{1});
        QCOMPARE(countOf(*skipped.dataset, "train"), std::int64_t{8});
    }

    void namesProblems_data() {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QString>("says");
        QTest::newRow("column") << QByteArray("target") << "has no column 'rating'; it has image, y, where";
        QTest::newRow("column in braces") << QByteArray("braces") << "has no column 'file'";
        QTest::newRow("domain") << QByteArray("domain") << "data.ood: there is no domain 'art'; found photo, sketch";
        QTest::newRow("all out") << QByteArray("out") << "data.ood: every domain is out of distribution";
        QTest::newRow("table") << QByteArray("table") << "absent.csv";
        QTest::newRow("folder") << QByteArray("folder") << "is not there, expected a folder or a zip";
        QTest::newRow("groups") << QByteArray("groups") << "data.groups: the values of";
    }

    void namesProblems() {
        QFETCH(QByteArray, change);
        QFETCH(QString, says);
        const Fixture f;
        std::string head = "image,y,where", more;
        for (int c = 0; change == "groups" && c < 3; ++c) {
            head += ",g" + std::to_string(c);
            more = ",#,#,#";
        }
        const auto text = tableOf(head, [&](int i) {
            std::string own = more;
            for (char& c : own)
                if (c == '#') c = static_cast<char>('a' + i);
            return std::to_string(i % 2) + (i < 6 ? ",photo" : ",sketch") + own;
        });
        const auto read = readData(f.data(text, [&](auto& o) {
            o.domainColumns = {"where"};
            if (change == "target") o.targetColumn = "rating";
            if (change == "braces") o.picture = "a/{file}.png";
            if (change == "domain") o.ood = {"art"};
            if (change == "out") o.ood = {"photo", "sketch"};
            if (change == "table") o.table = "/nowhere/absent.csv";
            if (change == "folder") o.path = "/nowhere";
            if (change == "groups") o.groups = {"g0", "g1", "g2"};
        }));
        QVERIFY2(test::joined(read.problems).contains(says), qPrintable(test::joined(read.problems)));
        if (change == "domain" || change == "out")
            QCOMPARE(read.domains, (std::vector<std::string>{"photo", "sketch"})); // to choose from
    }

    void makesNamesOfColumns() {
        const Fixture f;
        const std::string text = "id,kind,y\n0,a,1\n1,a,2\n2,a,3\n3,a,4\n4,a,5\n5,a,6\n6,a,7\n";
        for (const char* picture : {"{kind}/{id}.png", "./{kind}/{#}.png"}) {
            const Dataset data = loadDataset(f.data(text, [&](auto& o) {
                o.picture = picture;
                o.target = TargetKind::Number;
            }));
            QCOMPARE(data.training.train.id(0).substr(0, 2), std::string("a/"));
        }
    }

    void reportsPicturesOfTwoRoles() {
        const Fixture f;
        f.folder.write("pictures/b/copy.png", readFile(f.folder / "pictures/a/0.png"));
        auto text = tableOf("image,y,split", [](int i) { return std::to_string(i) + (i < 8 ? ",train" : ",id_val"); });
        text += "b/copy.png,5,test\na/1.png,7,test\n";
        const Dataset data = loadDataset(f.data(text, [](auto& o) {
            o.target = TargetKind::Number;
            o.split = "split";
        }));
        QVERIFY2(
            test::joined(data.notes).contains("2 of the 2 rows of ood_test/test have the content of a training row"),
            qPrintable(test::joined(data.notes)));
        QVERIFY(roleOf(data, "ood_test/test")->id(0) != data.training.train.id(1)); // a name a row
        QCOMPARE(dataInfo(f.data(text,
                                 [](auto& o) {
                                     o.target = TargetKind::Number;
                                     o.split = "split";
                                 }))
                     .notes,
                 data.notes);
    }

    void whatTheTableSaysIsPartOfTheData() {
        const Fixture f;
        const auto print = [&](const std::string& last, const char* role) {
            auto text = tableOf(
                "image,y,split,who",
                [&](int i) { return std::to_string(i) + (i < 8 ? ",train,a" : std::string(",") + role + ",a"); }, 11);
            return loadDataset(f.data(text + "a/11.png," + last + "\n",
                                      [](auto& o) {
                                          o.target = TargetKind::Number;
                                          o.split = "split";
                                          o.user = ""; // not read
                                      }))
                .fingerprint;
        };
        const auto first = print("3,id_val,a", "id_val");
        QCOMPARE(print("3,id_val,b", "id_val"), first);
        QVERIFY(print("4,id_val,a", "id_val") != first);
        QVERIFY(print("3,id_test,a", "id_val") != first);
    }

    void showsNumbersInRanges() {
        const Fixture f;
        const auto text = tableOf("image,y", [](int i) { return std::to_string(i) + ".0"; });
        const DataInfo info = dataInfo(f.data(text, [](auto& o) { o.target = TargetKind::Number; }));
        QVERIFY2(info.usable(), qPrintable(test::joined(info.problems)));
        QVERIFY(info.target == TargetKind::Number);
        QCOMPARE(info.classes.size(), std::size_t{10});
        QCOMPARE(info.classes.front(), std::string("0 to 1.1"));
        std::int64_t rows = 0;
        for (const RoleInfo& role : info.roles)
            for (const std::int64_t count : role.rowsPerClass)
                rows += count;
        QCOMPARE(rows, std::int64_t{12});
        QVERIFY(!info.roles.front().samples.front().className.empty());
    }

    void countsNumbersWithoutAWidth_data() {
        QTest::addColumn<QByteArray>("other");
        QTest::newRow("equal") << QByteArray("0");
        QTest::newRow("a tenth of it is nothing") << QByteArray("5e-324");
    }

    void countsNumbersWithoutAWidth() {
        QFETCH(QByteArray, other);
        const Fixture f;
        const auto text = tableOf("image,y", [&](int i) { return i % 2 ? other.toStdString() : "0"; });
        for (const RoleInfo& role : dataInfo(f.data(text, [](auto& o) { o.target = TargetKind::Number; })).roles)
            QCOMPARE(role.rowsPerClass.front(), role.rows);
    }
};

LEVI_TEST(TestPictureTable)
#include "tst_picture_table.moc"
