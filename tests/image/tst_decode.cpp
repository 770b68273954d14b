// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/image/decode.h"
#include "core/engine/image/exif.h"
#include "tests/image/encoders.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <functional>

using namespace levi;

namespace {

std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

Picture decoded(const std::string& bytes, const DecodeOptions& options = {}) {
    return decodePicture(bytesOf(bytes), "the.picture", options);
}

std::string errorOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

std::string flipped(std::string bytes, std::size_t at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    return bytes;
}

std::string u16(unsigned value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 255)};
}

// An APP1 segment with one big-endian TIFF directory of one entry, put behind the JPEG's first marker.
std::string withExif(std::string jpeg, const std::string& tiff) {
    const std::string body = std::string("Exif\0\0", 6) + tiff;
    return jpeg.insert(2, "\xFF\xE1" + u16(static_cast<unsigned>(body.size() + 2)) + body);
}

std::string orientationTiff(unsigned value) {
    return std::string("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01", 18) + u16(value) + std::string(6, '\0');
}

std::string u32(std::uint32_t value) {
    return u16(value >> 16) + u16(value & 0xFFFF);
}

std::string crcOf(const std::string& chunk) { // as PNG wants it, over the chunk's type and content
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char byte : chunk) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
    }
    return u32(~crc);
}

// A sound PNG whose header claims another size.
std::string pngClaiming(std::uint32_t width, std::uint32_t height) {
    std::string png = test::pngOf(test::gradient(4, 4));
    png.replace(16, 8, u32(width) + u32(height));
    return png.replace(29, 4, crcOf(png.substr(12, 17)));
}

std::string jpegClaiming(unsigned width, unsigned height) {
    std::string jpeg = test::jpegOf(test::gradient(8, 8));
    const std::size_t frame = jpeg.find("\xFF\xC0");
    return jpeg.replace(frame + 5, 4, u16(height) + u16(width));
}

} // namespace

class TestDecode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goesByMagicNotByName() {
        const Picture picture = test::gradient(9, 13);
        QVERIFY(decodePicture(bytesOf(test::pngOf(picture)), "a.jpg") == picture);
        QVERIFY(decodePicture(bytesOf(test::webpOf(picture)), "a.png") == picture);
        QCOMPARE(decodePicture(bytesOf(test::jpegOf(picture)), "a.txt").width, 13);
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& bytes, const char* reason) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << reason;
        };
        const std::string jpeg = test::jpegOf(test::gradient(64, 64));
        const std::string png = test::pngOf(test::gradient(64, 64));
        const std::string webp = test::webpOf(test::gradient(64, 64));
        row("nothing", "", "is empty");
        row("text", "GIF89a and no more", "first bytes");
        row("CMYK", test::jpegOf(test::gradient(8, 16), 4), "CMYK");
        row("JPEG of huge sides", jpegClaiming(65000, 65000), "at most 100000000");
        row("JPEG of no width", jpegClaiming(0, 8), "damaged JPEG");
        row("JPEG of the magic alone", jpeg.substr(0, 3), "damaged JPEG");
        row("PNG of huge sides", pngClaiming(0x7fffffff, 0x7fffffff), "at most 100000000");
        row("PNG that claims more rows", pngClaiming(4, 4000), "damaged PNG");
        row("PNG of no width", pngClaiming(0, 4), "damaged PNG");
        row("PNG with a wrong checksum", flipped(png, 17), "damaged PNG");
        row("WebP of the magic alone", webp.substr(0, 16), "damaged WebP");
        for (const std::size_t percent : {30, 60, 90}) {
            row(qPrintable(QStringLiteral("JPEG cut at %1 %").arg(percent)),
                jpeg.substr(0, jpeg.size() * percent / 100), "damaged JPEG");
            row(qPrintable(QStringLiteral("PNG cut at %1 %").arg(percent)), png.substr(0, png.size() * percent / 100),
                "damaged PNG");
            row(qPrintable(QStringLiteral("WebP cut at %1 %").arg(percent)),
                webp.substr(0, webp.size() * percent / 100), "damaged WebP");
        }
    }

    void refuses() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        const QString message = QString::fromStdString(errorOf([&] { decoded(bytes.toStdString()); }));
        QVERIFY2(message.startsWith("the.picture: "), qPrintable(message));
        QVERIFY2(message.contains(reason), qPrintable(message));
    }

    void survivesFlippedBytes() {
        for (const std::string& good : {test::jpegOf(test::gradient(24, 24)), test::pngOf(test::gradient(24, 24)),
                                        test::webpOf(test::gradient(24, 24))}) {
            for (std::size_t i = 0; i < good.size(); ++i) {
                const std::string bad = flipped(good, i);
                errorOf([&] { decoded(bad, {.pixelLimit = 100000}); }); // an error or a picture, never a crash
            }
        }
    }

    void limitsPixels() {
        const std::string png = test::pngOf(test::gradient(10, 10));
        QCOMPARE(decoded(png, {.pixelLimit = 100}).height, 10);
        QVERIFY(!errorOf([&] { decoded(png, {.pixelLimit = 99}); }).empty());
    }

    void standsUpright_data() {
        QTest::addColumn<int>("orientation");
        QTest::addColumn<QByteArray>("letters"); // of rows "ab", "cd", "ef", row by row
        QTest::newRow("1") << 1 << QByteArray("abcdef");
        QTest::newRow("2 mirrored") << 2 << QByteArray("badcfe");
        QTest::newRow("3 half turn") << 3 << QByteArray("fedcba");
        QTest::newRow("4 upside down") << 4 << QByteArray("efcdab");
        QTest::newRow("5 transposed") << 5 << QByteArray("acebdf");
        QTest::newRow("6 turned clockwise") << 6 << QByteArray("ecafdb");
        QTest::newRow("7 transverse") << 7 << QByteArray("fdbeca");
        QTest::newRow("8 turned back") << 8 << QByteArray("bdface");
    }

    void standsUpright() {
        QFETCH(int, orientation);
        QFETCH(QByteArray, letters);
        Picture picture(3, 2);
        for (std::size_t i = 0; i < 6; ++i)
            picture.rgb[i * 3] = static_cast<std::uint8_t>('a' + i);
        const Picture turned = upright(picture, orientation);
        QCOMPARE(turned.height, orientation >= 5 ? 2 : 3);
        QByteArray found;
        for (std::size_t i = 0; i < 6; ++i)
            found += static_cast<char>(turned.rgb[i * 3]);
        QCOMPARE(found, letters);
    }

    void readsOrientationOfPngAndWebp() {
        const std::string tiff = orientationTiff(6);
        std::string png = test::pngOf(test::gradient(8, 16));
        std::string chunk = "eXIf" + tiff;
        const std::string length("\0\0\0\x1A", 4);
        QCOMPARE(tiff.size(), std::size_t{0x1A});
        png.insert(33, length + chunk + crcOf(chunk)); // behind the header chunk
        QCOMPARE(decoded(png).height, 16);
        QCOMPARE(decoded(png, {.applyExif = false}).height, 8);
        const std::string webp = test::webpOf(test::gradient(8, 16)) + "EXIF" + std::string("\x1A\0\0\0", 4) + tiff;
        QCOMPARE(exifOrientation(bytesOf(webp)), 6);
        QCOMPARE(exifOrientation(bytesOf(webp.substr(0, webp.size() - 20))), 1);
    }

    void readsOrientation_data() {
        QTest::addColumn<QByteArray>("tiff");
        QTest::addColumn<int>("orientation");
        const std::string six = orientationTiff(6);
        const auto row = [](const char* name, const std::string& tiff, int orientation) {
            QTest::newRow(name) << QByteArray::fromStdString(tiff) << orientation;
        };
        row("six", six, 6);
        row("little-endian three", std::string("II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0", 22), 3);
        row("out of range", orientationTiff(9), 1);
        row("zero", orientationTiff(0), 1);
        row("no byte order", std::string(six).replace(0, 2, "XX"), 1);
        row("directory beyond the end", std::string(six).replace(4, 4, "\xFF\xFF\xFF\xFF"), 1);
        row("many entries claimed", std::string(six).replace(8, 2, "\xFF\xFF").replace(10, 2, "\0\0", 2), 1);
        row("cut short", six.substr(0, 17), 1);
        row("empty", "", 1);
    }

    void readsOrientation() {
        QFETCH(QByteArray, tiff);
        QFETCH(int, orientation);
        const std::string jpeg = withExif(test::jpegOf(test::gradient(8, 16)), tiff.toStdString());
        QCOMPARE(exifOrientation(bytesOf(jpeg)), orientation);
        QCOMPARE(decoded(jpeg).height, orientation >= 5 ? 16 : 8);
        QCOMPARE(decoded(jpeg, {.applyExif = false}).height, 8);
    }
};

LEVI_TEST(TestDecode)
#include "tst_decode.moc"
