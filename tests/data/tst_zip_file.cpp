// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/zip_file.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>

#include <fmt/format.h>

using namespace levi;
using test::ZipWriter;

class TestZipFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsStoredAndDeflated() {
        ZipWriter zip;
        const std::string text(100000, 'x');
        zip.add("b/deflated", text, {.deflate = true});
        zip.add("a/stored", "hello");
        zip.add("a/", "");
        zip.add("./c/empty", "");
        const test::TemporaryFolder folder;
        const ZipFile file(folder.write("z.zip", zip.bytes()));
        QCOMPARE(file.members().size(), std::size_t{3});
        QCOMPARE(file.members()[0].name, std::string("a/stored"));
        QCOMPARE(file.read(file.members()[0]), std::string("hello"));
        QVERIFY(file.read(file.members()[1]) == text);
        QCOMPARE(file.read(file.members()[2]), std::string());
    }

    void refusesTheArchive_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& bytes, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << reason;
        };
        const auto one = [](const std::string& name, const ZipWriter::Claims& claims = {}) {
            ZipWriter zip;
            zip.add(name, "content", claims);
            return zip.bytes();
        };
        row("empty", "", "no end record");
        row("text", "PK but not really a zip file at all", "no end record");
        row("cut short", one("a").substr(0, 60), "no end record");
        row("front cut off", one("a/b/c.png").substr(40), "damaged zip file");
        row("path traversal", one("a/../../etc/passwd"), "inside the archive");
        row("only dots", one(".."), "inside the archive");
        row("absolute", one("/etc/passwd"), "inside the archive");
        row("backslash", one("..\\a"), "inside the archive");
        row("NUL in the name", one(std::string("a\0b", 3)), "called 'a?b'");
        row("encrypted", one("a", {.flags = 1}), "encrypted");
        row("unknown method", one("a", {.method = 12}), "method 12");
        row("huge bomb", one("a", {.deflate = true, .size = 0x7fffffff}), "do not trust");
        row("bomb", one("a", {.deflate = true, .size = 1000000}), "do not trust");
        row("stored with another size", one("a", {.size = 5}), "do not trust");
        ZipWriter twice;
        twice.add("a/b", "1");
        twice.add("a/b", "2");
        row("duplicate", twice.bytes(), "stands twice");
        ZipWriter more;
        more.add("a", "1");
        more.claimMembers(60000);
        row("more members claimed", more.bytes(), "damaged zip file");
        // A zip64 end record that claims 2^40 members.
        std::string end64 = test::little(0x06064b50, 4) + test::little(44, 8) + std::string(20, '\0') +
                            test::little(std::uint64_t{1} << 40, 8) + std::string(16, '\0');
        row("absurd count",
            end64 + test::little(0x07064b50, 4) + test::little(0, 4) + test::little(0, 8) + test::little(1, 4) +
                ZipWriter().bytes(),
            "at most 1000000");
        row("zip64 record beyond the end",
            test::little(0x07064b50, 4) + test::little(0, 4) + test::little(~std::uint64_t{0}, 8) + test::little(1, 4) +
                ZipWriter().bytes(),
            "damaged zip file");
    }

    void refusesTheArchive() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        const test::TemporaryFolder folder;
        const auto path = folder.write("z.zip", bytes.toStdString());
        const QString message = QString::fromStdString(test::errorOf([&] { ZipFile file(path); }));
        QVERIFY2(message.startsWith(QString::fromStdString(path.string())), qPrintable(message));
        QVERIFY2(message.contains(reason), qPrintable(message));
    }

    void refusesAMember_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const ZipWriter::Claims& claims, const char* reason,
                            std::size_t damagedByte = 0) {
            ZipWriter zip;
            zip.add("a", std::string(57, 'x'), claims);
            std::string bytes = zip.bytes();
            if (damagedByte) bytes[damagedByte] = static_cast<char>(bytes[damagedByte] ^ 0x7f);
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << reason;
        };
        row("wrong checksum", {.crc = 1}, "checksum");
        row("damaged stored byte", {}, "checksum", 40);
        row("damaged deflated byte", {.deflate = true}, "damaged", 32);
        row("claims too few bytes", {.deflate = true, .size = 20}, "more than the 20");
        row("claims too many bytes", {.deflate = true, .size = 90}, "ends after 57");
        row("wrong local header", {}, "header is not where", 1);
    }

    void refusesAMember() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        const test::TemporaryFolder folder;
        const ZipFile file(folder.write("z.zip", bytes.toStdString()));
        const QString message = QString::fromStdString(test::errorOf([&] { file.read(file.members()[0]); }));
        QVERIFY2(message.contains("z.zip!a") && message.contains(reason), qPrintable(message));
    }

    // Sizes are claims that deflate could keep; nothing is inflated.
    void limitsWhatIsRead_data() {
        QTest::addColumn<qint64>("size");
        QTest::addColumn<QString>("whole");
        QTest::addColumn<QString>("pieces");
        const QString damaged = QStringLiteral("damaged");
        QTest::newRow("below") << (qint64{256} << 20) << damaged << damaged;
        QTest::newRow("at once") << (qint64{256} << 20) + 1 << "claims 268435457 bytes, at most 256 MiB are read"
                                 << damaged;
        QTest::newRow("in pieces") << 0xFFFFFFFELL << "at most 256 MiB are read" << damaged;
    }

    void limitsWhatIsRead() {
        QFETCH(qint64, size);
        QFETCH(QString, whole);
        QFETCH(QString, pieces);
        ZipWriter zip;
        zip.add("a", std::string((std::size_t(size) >> 10) + 1000, '\xFF'), {.size = size, .method = 8});
        zip.add("b", "small");
        const test::TemporaryFolder folder;
        const ZipFile file(folder.write("z.zip", zip.bytes()));
        QCOMPARE(file.read(file.members()[1]), std::string("small"));
        const auto read = QString::fromStdString(test::errorOf([&] { file.read(file.members()[0]); }));
        QVERIFY2(read.contains(whole), qPrintable(read));
        const auto taken = QString::fromStdString(
            test::errorOf([&] { file.forEachPiece(file.members()[0], [](std::string_view, double) {}); }));
        QVERIFY2(taken.contains(pieces), qPrintable(taken));
    }

    void readsInPieces_data() {
        QTest::addColumn<bool>("deflates");
        QTest::addColumn<qint64>("claimed"); // 0: the truth
        QTest::addColumn<QString>("says");
        QTest::newRow("stored") << false << qint64{0} << "";
        QTest::newRow("deflated") << true << qint64{0} << "";
        QTest::newRow("more than it claims") << true << qint64{2 << 20} << "holds more than the 2097152 bytes";
        QTest::newRow("less than it claims") << true << qint64{4 << 20} << "ends after";
    }

    void readsInPieces() {
        QFETCH(bool, deflates);
        QFETCH(qint64, claimed);
        QFETCH(QString, says);
        std::string text;
        for (std::int64_t i = 0; text.size() < (std::size_t{5} << 19); ++i)
            text += fmt::format("{},", i * 7919 % 100'003);
        ZipWriter zip;
        zip.add("a", text, {.deflate = deflates, .size = claimed ? claimed : -1});
        const test::TemporaryFolder folder;
        const ZipFile file(folder.write("z.zip", zip.bytes()));
        std::string read;
        std::size_t longest = 0;
        double last = 0;
        const std::string error = test::errorOf([&] {
            file.forEachPiece(file.members()[0], [&](std::string_view piece, double share) {
                read += piece;
                longest = std::max(longest, piece.size());
                last = share;
            });
        });
        QVERIFY2(QString::fromStdString(error).contains(says) && error.empty() == says.isEmpty(), error.c_str());
        QVERIFY(claimed || (read == text && last == 1));
        QVERIFY(longest <= std::size_t{1} << 20 && read.size() > longest && text.starts_with(read));
    }

    void survivesFlippedBytes() {
        ZipWriter zip;
        zip.add("a/b", std::string(40, 'y'), {.deflate = true});
        zip.add("a/c", "stored");
        const std::string good = zip.bytes();
        const test::TemporaryFolder folder;
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0xA5);
            const auto path = folder.write("z.zip", bad);
            test::errorOf([&] { // an error or bytes, never a crash
                const ZipFile file(path);
                for (const ZipMember& member : file.members())
                    file.read(member);
            });
        }
    }
};

LEVI_TEST(TestZipFile)
#include "tst_zip_file.moc"
