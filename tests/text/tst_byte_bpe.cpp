// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_main.h"
#include "tests/text/tokenizers.h"

using namespace levi;
using namespace levi::test;

namespace {

const std::vector<std::string> kSpecials = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"};
const std::vector<std::pair<std::string, std::string>> kMerges = {
    {"h", "e"}, {"l", "l"},     {"he", "ll"}, {"hell", "o"}, {"Ġ", "w"}, {"o", "r"}, {"Ġw", "or"},
    {"l", "d"}, {"Ġwor", "ld"}, {"Ġ", "Ġ"},   {"'", "s"},    {"Ã", "©"}, {"a", "a"}, {"aa", "aa"}};

// What stands for a byte in the files.
std::string byteToken(int byte) {
    const auto printable = [](int b) {
        return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
    };
    int point = byte;
    if (!printable(byte)) {
        point = 0x100;
        for (int b = 0; b < byte; ++b)
            point += !printable(b);
    }
    return QString(QChar(point)).toStdString();
}

std::vector<std::string> tokens() {
    auto all = kSpecials;
    for (int byte = 0; byte < 256; ++byte)
        all.push_back(byteToken(byte));
    for (const auto& [left, right] : kMerges)
        all.push_back(left + right);
    return all;
}

Json vocabularyJson() {
    Json vocab = Json::object();
    for (const std::string& token : tokens())
        vocab[token] = vocab.size();
    return vocab;
}

std::string mergesText() {
    std::string text = "#version: 0.2\n";
    for (const auto& [left, right] : kMerges)
        text += left + " " + right + "\n";
    return text;
}

TokenizerFiles robertaFiles() {
    TokenizerFiles files;
    files.addJson("vocab.json", vocabularyJson()).add("merges.txt", mergesText());
    return files;
}

Json tokenizerJson() {
    Json merges = Json::array();
    for (const auto& [left, right] : kMerges)
        merges.push_back(Json::array({left, right}));
    return {{"added_tokens",
             {{{"id", 0}, {"content", "<s>"}},
              {{"id", 2}, {"content", "</s>"}},
              {{"id", 4}, {"content", "<mask>"}, {"lstrip", true}}}},
            {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
            {"post_processor", {{"type", "RobertaProcessing"}, {"sep", {"</s>", 2}}, {"cls", {"<s>", 0}}}},
            {"model", {{"type", "BPE"}, {"vocab", vocabularyJson()}, {"merges", merges}}}};
}

// "hello|Ġworld", without <s> and </s>.
QString tokensOf(const Tokenizer& tokenizer, const std::string& text) {
    static const auto all = tokens();
    QStringList words;
    const auto ids = idsOf(tokenizer, text);
    for (std::size_t i = 1; i + 1 < ids.size(); ++i)
        words << QString::fromStdString(all.at(static_cast<std::size_t>(ids[i])));
    return words.join(QLatin1Char('|'));
}

} // namespace

class TestByteBpe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splits_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(expected);
        };
        row("empty", "", "");
        row("words keep the space before them", "hello world", "hello|Ġworld");
        row("merges do not cross words", "hellohello world", "hello|hello|Ġworld");
        row("the first merge goes first", "hel", "he|l");
        row("of equal pairs the first", "aaaaa", "aaaa|a");
        row("contraction", "he's", "he|'s");
        row("no contraction in capitals", "he'S", "he|'|S");
        row("contraction behind a space", "he 's", "he|Ġ|'|s");
        row("the last of several spaces", "hello   world", "hello|ĠĠ|Ġworld");
        row("spaces at the end", "hello   ", "hello|ĠĠ|Ġ");
        row("line break before a word", "hello\nworld", "hello|Ċ|w|or|ld");
        row("spaces before a line break", "a  \n b", "a|ĠĠ|Ċ|Ġ|b");
        row("letters and digits part", "a1", "a|1");
        row("bytes of other letters", "é", "Ã©");
        row("special tokens", "hello</s><s>", "hello|</s>|<s>");
        row("the mask takes the space before it", "hello  <mask> world", "hello|<mask>|Ġworld");
    }

    void splits() {
        QFETCH(QString, text);
        for (const auto& tokenizer :
             {robertaFiles().open(), TokenizerFiles().addJson("tokenizer.json", tokenizerJson()).open()})
            QTEST(tokensOf(*tokenizer, text.toStdString()), "expected");
    }

    void brokenBytesBecomeReplacements() {
        QCOMPARE(tokensOf(*robertaFiles().open(), "a\xff"), QString::fromUtf8("a|ï|¿|½"));
    }

    void pairsHaveTwoSeparators() {
        TokenizedText result;
        robertaFiles().open()->encode({.first = "hello", .second = "a"}, {.maxLength = 8, .pad = true}, result);
        const auto ids = [](const char* token) {
            const auto all = tokens();
            return static_cast<std::int32_t>(std::ranges::find(all, token) - all.begin());
        };
        QCOMPARE(result.ids, (Ids{0, ids("hello"), 2, 2, ids("a"), 2, 1, 1}));
        QVERIFY(result.types.empty());
    }

    void aSpaceMayBeAdded() {
        auto files = tokenizerJson();
        files["pre_tokenizer"]["add_prefix_space"] = true;
        const auto tokenizer = TokenizerFiles().addJson("tokenizer.json", files).open();
        QCOMPARE(tokensOf(*tokenizer, "world"), QString::fromUtf8("Ġworld"));
        QCOMPARE(tokensOf(*tokenizer, " world"), QString::fromUtf8("Ġworld"));
    }

    void longWordsTakeNoQuadraticTime() {
        const auto tokenizer = robertaFiles().open();
        QCOMPARE(idsOf(*tokenizer, std::string(1 << 20, 'a')).size(), std::size_t{2 + (1 << 18)});
    }

    void refuses_data() {
        QTest::addColumn<QString>("merges");
        QTest::addColumn<QString>("says");
        QTest::newRow("one token in a line") << "h\n"
                                             << "line 2: found 'h', expected two tokens";
        QTest::newRow("three tokens") << "h e l\n"
                                      << "line 2: found 'h e l'";
        QTest::newRow("unknown part") << "zz h\n"
                                      << "lacks 'zz', the left part of a merge";
        QTest::newRow("unknown result") << "z h\n"
                                        << "lacks 'zh', the result of a merge";
        QTest::newRow("twice") << "h e\nh e\n"
                               << "the merge of 'h' and 'e' stands twice";
    }

    void refuses() {
        QFETCH(QString, merges);
        QFETCH(QString, says);
        auto files = robertaFiles();
        files.add("merges.txt", "#version: 0.2\n" + merges.toStdString());
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says), qPrintable(message));
    }

    void aByteOrderMarkIsNoMerge_data() {
        QTest::addColumn<bool>("versioned");
        QTest::newRow("with a version") << true;
        QTest::newRow("without") << false;
    }

    void aByteOrderMarkIsNoMerge() {
        QFETCH(bool, versioned);
        std::string merges = mergesText();
        if (!versioned) merges.erase(0, merges.find('\n') + 1);
        auto files = robertaFiles();
        files.add("merges.txt", "\xEF\xBB\xBF" + merges);
        QCOMPARE(tokensOf(*files.open(), "hello"), QStringLiteral("hello"));
    }

    // As in a tokenizer.json of one tokenizer with the special tokens of another.
    void specialTokensStandInTheVocabulary() {
        auto json = tokenizerJson();
        json["post_processor"]["sep"] = {"</s>", 999'999};
        const QString message = messageOf([&] { TokenizerFiles().addJson("tokenizer.json", json).open(); });
        QVERIFY2(
            message.contains("tokenizer.json: post_processor: sep: the token '</s>' has the id 999999, expected 2"),
            qPrintable(message));
    }

    void everyByteNeedsAToken() {
        auto vocabulary = vocabularyJson();
        vocabulary.erase("A");
        auto files = robertaFiles();
        files.addJson("vocab.json", vocabulary);
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains("lacks 'A', the token of the byte 0x41"), qPrintable(message));
    }
};

LEVI_TEST(TestByteBpe)
#include "tst_byte_bpe.moc"
