// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/features/feature_segment.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

using namespace levi;

namespace {

const std::string kKey = "weights a\nview b\n";

std::filesystem::path onlyFile(const std::filesystem::path& folder) {
    return std::filesystem::directory_iterator(folder)->path();
}

SegmentRows threeRows() {
    SegmentRows rows;
    for (const char digit : {'1', '2', '3'})
        rows.contents.emplace_back(kContentSize, digit);
    rows.values = {1, 2, 3, 4, 5, 6};
    return rows;
}

} // namespace

class TestFeatureSegment : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWasWritten() {
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        writeFeatureSegment(folder, kKey, threeRows());
        const FeatureSegment segment(onlyFile(folder), kKey, 2);
        QCOMPARE(segment.rows(), std::uint64_t{3});
        QCOMPARE(std::string(segment.content(1)), std::string(kContentSize, '2'));
        QCOMPARE(segment.values(2)[0], 5.0F);
        QCOMPARE(segment.values(2)[1], 6.0F);
    }

    void refusesBrokenFiles_data() {
        QTest::addColumn<int>("at"); // byte to change; negative: from the end
        QTest::addColumn<int>("cut");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<int>("width");
        const QByteArray key = QByteArray::fromStdString(kKey);
        QTest::newRow("magic") << 0 << 0 << key << 2;
        QTest::newRow("format") << 8 << 0 << key << 2;
        QTest::newRow("absurd key size") << 15 << 0 << key << 2;
        QTest::newRow("absurd row count") << 16 + int(kKey.size()) + 7 << 0 << key << 2;
        QTest::newRow("a value") << -40 << 0 << key << 2;
        QTest::newRow("the fingerprint") << -1 << 0 << key << 2;
        QTest::newRow("cut by one byte") << 1 << 1 << key << 2;
        QTest::newRow("cut to its head") << 1 << 150 << key << 2;
        QTest::newRow("of another key") << -100000 << 0 << QByteArray("other") << 2;
        QTest::newRow("of another width") << -100000 << 0 << key << 3;
    }

    void refusesBrokenFiles() {
        QFETCH(int, at);
        QFETCH(int, cut);
        QFETCH(QByteArray, key);
        QFETCH(int, width);
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        writeFeatureSegment(folder, kKey, threeRows());
        std::string bytes = readFile(onlyFile(folder));
        const int place = at < 0 ? int(bytes.size()) + at : at;
        if (cut == 0 && place >= 0) bytes[std::size_t(place)] ^= 0x40;
        bytes.resize(bytes.size() - std::size_t(cut));
        const auto file = folder / "broken.features";
        writeFileAtomically(file, bytes);
        QVERIFY_THROWS_EXCEPTION(Error, FeatureSegment(file, key.toStdString(), std::uint64_t(width)));
    }

    void writesOneFileForTheSameRows() {
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        writeFeatureSegment(folder, kKey, threeRows());
        writeFeatureSegment(folder, kKey, threeRows());
        const std::filesystem::directory_iterator files(folder);
        QCOMPARE(std::distance(begin(files), end(files)), std::ptrdiff_t{1});
    }
};

LEVI_TEST(TestFeatureSegment)
#include "tst_feature_segment.moc"
