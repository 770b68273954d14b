// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_main.h"
#include "tests/text/tokenizers.h"

#include <bit>
#include <cmath>

using namespace levi;
using namespace levi::test;

namespace {

std::string variable(std::uint64_t number) {
    std::string bytes;
    for (; number >= 0x80; number >>= 7)
        bytes += static_cast<char>(0x80 | (number & 0x7F));
    return bytes + static_cast<char>(number);
}

std::string little(std::uint32_t number) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8)
        bytes += static_cast<char>(number >> shift);
    return bytes;
}

// Fields of a protobuf message.
std::string bytesField(int number, const std::string& bytes) {
    return variable(static_cast<std::uint64_t>(number) << 3 | 2) + variable(bytes.size()) + bytes;
}
std::string numberField(int number, std::uint64_t value) {
    return variable(static_cast<std::uint64_t>(number) << 3) + variable(value);
}

enum PieceType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4 };

std::string piece(const std::string& text, PieceType type = kNormal, float score = -1) {
    return bytesField(1, bytesField(1, text) + variable(2 << 3 | 5) + little(std::bit_cast<std::uint32_t>(score)) +
                             numberField(3, type));
}

constexpr std::uint32_t kFree = 1U << 31, kEnds = 1 << 8;

std::uint32_t state(char label, std::uint32_t offset, std::uint32_t flags = 0) {
    return offset << 10 | flags | static_cast<std::uint8_t>(label);
}

// A double array of 256 units in which "b" becomes the text at `value`, and the texts.
struct MadeMap {
    std::vector<std::uint32_t> units = std::vector<std::uint32_t>(256, kFree);
    std::string texts = std::string("c\0", 2);

    explicit MadeMap(std::uint32_t value = 0) {
        units[0] = state(0, 1);
        units[1 ^ 'b'] = state('b', 1 ^ 'b' ^ 2, kEnds);
        units[2] = kFree | value;
    }
    std::string bytes() const {
        std::string all = little(static_cast<std::uint32_t>(4 * units.size()));
        for (const std::uint32_t unit : units)
            all += little(unit);
        return all + texts;
    }
};

const std::string kPieces = piece("<pad>", kControl) + piece("</s>", kControl) + piece("<unk>", kUnknown) +
                            piece("\u2581") + piece("c") + piece("\u2581c");

std::string modelOf(const std::string& map, const std::string& pieces = kPieces) {
    return pieces + bytesField(2, "") + bytesField(3, map.empty() ? "" : bytesField(2, map));
}

} // namespace

// The library believes what stands in a model: what could be followed out of it is refused before.
class TestPieceModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAModelOfAFewPieces() {
        const auto plain = TokenizerFiles().add("spiece.model", modelOf("")).open();
        QCOMPARE(shown(idsOf(*plain, "c cc")), QStringLiteral("5 5 4 1"));
        const auto mapped = TokenizerFiles().add("spiece.model", modelOf(MadeMap().bytes())).open();
        QCOMPARE(shown(idsOf(*mapped, "b cb")), QStringLiteral("5 5 4 1"));
    }

    void refusesPieces_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& model, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(model) << QString::fromLatin1(says);
        };
        const std::string whole = modelOf(MadeMap().bytes());
        row("empty", "", "holds no piece");
        row("text", "not a model", "field of no known kind");
        row("zeros", std::string(100, '\0'), "a field without a number");
        row("cut off in a field", whole.substr(0, whole.size() / 2), "ends in the middle of a field");
        row("cut off behind the pieces", kPieces, "has the file been cut off?");
        row("cut off behind the training", kPieces + bytesField(2, ""), "has the file been cut off?");
        row("a length beyond all", kPieces + variable(2 << 3 | 2) + std::string(9, '\xff') + "\1",
            "ends in the middle");
        row("a number without an end", kPieces + std::string(20, '\xff'), "a number that does not end");
        row("a piece without a text", modelOf("", kPieces + bytesField(1, numberField(3, 1))), "piece 6 is no text");
        row("a zero in a piece", modelOf("", kPieces + piece(std::string("a\0b", 3), kUserDefined)), "piece 6 is no");
        row("a piece of broken bytes", modelOf("", kPieces + piece("\xff")), "piece 6 is no text");
        row("a huge piece", modelOf("", kPieces + piece(std::string(1 << 20, 'x'))), "piece 6 is no text of 1 to 4096");
        row("a score that is none", modelOf("", kPieces + piece("d", kNormal, std::nanf(""))), "the score of piece 6");
        row("a piece twice", modelOf("", kPieces + piece("c")), "c is already defined");
        row("no unknown piece", modelOf("", piece("c")), "unk is not defined");
    }

    void refusesPieces() { refuses(); }

    void refusesMapsOfCharacters_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& map, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(modelOf(map)) << QString::fromLatin1(says);
        };
        const auto changed = [](auto&& change) {
            MadeMap map;
            change(map);
            return map.bytes();
        };
        row("three bytes", "abc", "is cut off");
        row("no array", little(0) + std::string("c\0", 2), "is cut off");
        row("half a unit", little(3) + "abc" + std::string("c\0", 2), "is cut off");
        row("no texts", changed([](MadeMap& map) { map.texts = ""; }), "is cut off");
        row("a text without an end", changed([](MadeMap& map) { map.texts = "c"; }), "is cut off");
        row("huge", std::string(5 << 20, '\0'), "has 5242880 bytes, expected at most");
        row("an array of one unit", changed([](MadeMap& map) { map.units.resize(1); }), "points out of itself");
        row("a root that points out", changed([](MadeMap& map) { map.units[0] = state(0, 1 << 20); }), "out of itself");
        row("a state that points out", changed([](MadeMap& map) { map.units[1 ^ 'b'] = state('b', 256, kEnds); }),
            "points out of itself");
        row("a value beyond the texts", MadeMap(2).bytes(), "by no text");
        row("a value far beyond", MadeMap(0x7FFFFFFF).bytes(), "by no text");
        row("a text of broken bytes", changed([](MadeMap& map) { map.texts = std::string("\xff\0", 2); }),
            "by no text");
        row("a huge text", changed([](MadeMap& map) { map.texts = std::string(2000, 'c') + '\0'; }), "by no text");
        row("a state that leads to itself", changed([](MadeMap& map) { map.units[1 ^ 'b'] = state('b', 'b'); }),
            "has a rule of more than 256 bytes");
    }

    void refusesMapsOfCharacters() { refuses(); }

private:
    static void refuses() {
        QFETCH(QByteArray, model);
        QFETCH(QString, says);
        TokenizerFiles files;
        files.add("spiece.model", model.toStdString());
        const QString message = messageOf([&] { idsOf(*files.open(), "b bb cb"); });
        QVERIFY2(message.contains(says) && message.contains("spiece.model: is no SentencePiece model"),
                 qPrintable(message));
    }
};

LEVI_TEST(TestPieceModel)
#include "tst_piece_model.moc"
