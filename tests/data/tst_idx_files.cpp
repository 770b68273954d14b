// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/idx_files.h"
#include "core/engine/data/load.h"
#include "core/engine/data/loaded_rows.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

void writeIdxFolder(const std::filesystem::path& folder, std::uint32_t rows, std::uint32_t side,
                    std::uint32_t classes) {
    for (const std::string half : {"train", "t10k"}) {
        test::writeQuickly(folder / (half + "-images-idx3-ubyte"), test::idxPictures(rows, side, side));
        test::writeQuickly(folder / (half + "-labels-idx1-ubyte.gz"), test::gzipped(test::idxLabels(rows, classes)));
    }
}

Options idxData(const std::filesystem::path& id, const std::filesystem::path& ood) {
    Options data(dataKinds().at("idx"));
    data.as<IdxOptions>()->idPath = id;
    data.as<IdxOptions>()->oodPath = ood;
    return data;
}

} // namespace

class TestIdxFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsPlainAndGzip() {
        const test::TemporaryFolder folder;
        const std::string bytes = test::idxPictures(3, 4, 5);
        const auto plain = readIdxPictures(folder.write("plain", bytes));
        const auto gzip = readIdxPictures(folder.write("gzip", test::gzipped(bytes)));
        QCOMPARE(plain.count, 3);
        QCOMPARE(plain.height, 4);
        QCOMPARE(plain.width, 5);
        QCOMPARE(plain.bytes, bytes.substr(16));
        QCOMPARE(gzip.bytes, plain.bytes);
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& bytes, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << reason;
        };
        const auto header = [](std::uint32_t magic, std::uint32_t n, std::uint32_t h, std::uint32_t w) {
            return test::bigEndian32(magic) + test::bigEndian32(n) + test::bigEndian32(h) + test::bigEndian32(w);
        };
        const std::string good = test::idxPictures(3, 4, 5);
        row("empty", "", "ends 4 bytes early");
        row("labels", test::idxLabels(30, 3), "expected 0x00000803");
        row("floats", header(0x0D03, 3, 4, 5), "begins with 0x00000d03");
        row("little-endian", std::string("\x03\x08\0\0", 4) + good.substr(4), "begins with 0x03080000");
        row("header cut short", good.substr(0, 10), "early");
        row("no rows", header(0x803, 0, 4, 5), "announces 0 rows");
        row("absurd rows", header(0x803, 0xFFFFFFFF, 28, 28), "announces 4294967295 rows");
        row("no height", header(0x803, 3, 0, 5), "expected sides");
        row("absurd width", header(0x803, 3, 4, 0x7FFFFFFF), "expected sides");
        row("more than the file holds", header(0x803, 9000000, 4000, 4000), "announces 144000000000000 bytes");
        row("cut short", good.substr(0, good.size() - 1), "announces 60 bytes");
        row("surplus bytes", good + "x", "more bytes than its header");
        row("gzip cut short", test::gzipped(good).substr(0, 30), "cut short");
        row("gzip with surplus bytes", test::gzipped(good + "x"), "more bytes than its header");
        row("gzip of too few", test::gzipped(good.substr(0, 40)), "ends after");
        row("gzip that claims more than it can hold", test::gzipped(header(0x803, 1000, 4000, 4000)),
            "the file can hold");
    }

    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        const test::TemporaryFolder folder;
        const auto path = folder.write("broken", bytes.toStdString());
        const QString message = QString::fromStdString(test::errorOf([&] { readIdxPictures(path); }));
        QVERIFY2(message.startsWith(QString::fromStdString(path.string())), qPrintable(message));
        QVERIFY2(message.contains(reason), qPrintable(message));
    }

    void sortsRowsIntoRoles() {
        const test::TemporaryFolder folder;
        writeIdxFolder(folder / "inner", 60, 6, 3);
        writeIdxFolder(folder / "outer", 30, 4, 3);
        const Dataset dataset = loadDataset(idxData(folder / "inner", folder / "outer/"));
        QCOMPARE(dataset.classes, (std::vector<std::string>{"0", "1", "2"}));
        QCOMPARE(dataset.domains, (std::vector<std::string>{"inner", "outer"}));
        QCOMPARE(dataset.training.train.size(), 51); // 20 a class, 15 % of them id_val
        QCOMPARE(dataset.training.idVal.size(), 9);
        const auto& roles = dataset.evaluation.roles;
        QCOMPARE(roles.size(), std::size_t{4});
        QCOMPARE(roles[2].role(), std::string("id_test"));
        QCOMPARE(roles[2].size(), 60);
        QCOMPARE(roles[2].id(7), std::string("inner/test/000007"));
        QCOMPARE(roles[3].role(), std::string("ood_test/outer"));
        QCOMPARE(roles[3].size(), 60);
        QCOMPARE(roles[3].picture(0).height, 4);
        QCOMPARE(roles[3].label(4), 1);
    }

    void namesTheProblem_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("reason");
        QTest::newRow("no train half") << "remove train-images-idx3-ubyte"
                                       << "no train-images";
        QTest::newRow("half a test half") << "remove t10k-labels-idx1-ubyte.gz"
                                          << "other half of the test rows";
        QTest::newRow("labels of another set") << "labels"
                                               << "59 labels";
        QTest::newRow("more classes out of distribution") << "classes"
                                                          << "has 4 classes";
        QTest::newRow("no folder") << "folder"
                                   << "cannot list";
    }

    void namesTheProblem() {
        QFETCH(QString, change);
        QFETCH(QString, reason);
        const test::TemporaryFolder folder;
        writeIdxFolder(folder / "inner", 60, 6, 3);
        writeIdxFolder(folder / "outer", 60, 6, change == "classes" ? 4 : 3);
        if (change.startsWith("remove ")) std::filesystem::remove(folder / "inner" / change.mid(7).toStdString());
        if (change == "labels") test::writeQuickly(folder / "inner/train-labels-idx1-ubyte.gz", test::idxLabels(59, 3));
        if (change == "folder") std::filesystem::remove_all(folder / "outer");
        const DataInfo info = dataInfo(idxData(folder / "inner", folder / "outer"));
        QCOMPARE(info.problems.size(), std::size_t{1});
        QVERIFY2(QString::fromStdString(info.problems[0]).contains(reason), info.problems[0].c_str());
    }

    void countsMnistAndUsps() {
        LEVI_NEEDS(test::realData("datasets/mnist"));
        const DataInfo info = dataInfo(idxData(test::realData("datasets/mnist"), test::realData("datasets/usps")));
        QVERIFY2(info.usable(), info.problems.empty() ? "" : info.problems[0].c_str());
        QCOMPARE(info.classes.size(), std::size_t{10});
        QCOMPARE(info.roles.size(), std::size_t{4});
        QCOMPARE(info.roles[0].rows + info.roles[1].rows, 60000);
        QCOMPARE(info.roles[2].rows, 10000);
        QCOMPARE(info.roles[3].role, std::string("ood_test/usps"));
        QCOMPARE(info.roles[3].rows, 7291 + 2007);
        QCOMPARE(info.roles[2].rowsPerClass[0], 980);
        QCOMPARE(info.roles[3].rowsPerClass[0], 1194 + 359);
        QCOMPARE(info.roles[3].samples[0].height, 16);
    }
};

LEVI_TEST(TestIdxFiles)
#include "tst_idx_files.moc"
