// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_main.h"
#include "tests/text/tokenizers.h"

using namespace levi;
using namespace levi::test;

namespace {

const std::vector<std::string> kTokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "##a",
                                          "runs",  "Runs",  ",",     "cafe",  "café",   "中", "i",     "##̇",     "new"};

std::string vocabulary(const char* lineEnd = "\n") {
    std::string text;
    for (const std::string& token : kTokens)
        text += token + lineEnd;
    return text;
}

std::unique_ptr<const Tokenizer> opened(const Json& config = Json::object()) {
    return TokenizerFiles().add("vocab.txt", vocabulary()).addJson("tokenizer_config.json", config).open();
}

Json tokenizerJson() {
    Json vocab = Json::object();
    for (std::size_t i = 0; i < kTokens.size(); ++i)
        vocab[kTokens[i]] = i;
    return {{"added_tokens", {{{"id", 3}, {"content", "[SEP]"}}}},
            {"normalizer", {{"type", "BertNormalizer"}, {"lowercase", true}}},
            {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
            {"post_processor", {{"type", "BertProcessing"}, {"sep", {"[SEP]", 3}}, {"cls", {"[CLS]", 2}}}},
            {"model", {{"type", "WordPiece"}, {"vocab", vocab}}}};
}

} // namespace

class TestWordPiece : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splits_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("ids"); // without [CLS] and [SEP]
        const auto row = [](const char* name, const char* config, const char* text, const char* ids) {
            QTest::newRow(name) << QString::fromUtf8(config) << QString::fromUtf8(text) << QString::fromLatin1(ids);
        };
        row("empty", "{}", "", "");
        row("longest pieces first", "{}", "unaffable", "5 6 7");
        row("punctuation apart", "{}", "runs,runs", "9 11 9");
        row("unknown as a whole", "{}", "unaffables runs", "1 9");
        row("lower case", "{}", "RUNS", "9");
        row("cased", R"({"do_lower_case":false})", "Runs runs RUNS", "10 9 1");
        row("accents go with lower case", "{}", "CAFÉ", "12");
        row("accents stay in cased ones", R"({"do_lower_case":false})", "café", "13");
        row("accents by field", R"({"do_lower_case":false,"strip_accents":true})", "café", "12");
        row("lower case keeps accents if asked", R"({"strip_accents":false})", "CAFÉ", "13");
        row("capital i with dot becomes two", R"({"strip_accents":false})", "İ", "15 16");
        row("ideographs apart", "{}", "un中runs", "5 14 9");
        row("ideographs together", R"({"tokenize_chinese_chars":false})", "un中", "1");
        row("special tokens are found", "{}", "runs[SEP]runs [MASK]", "9 3 9 4");
        row("other case is no special token", "{}", "[sep]", "1 1 1");
        row("controls are dropped inside words", "{}", "ru\x01ns", "9");
        row("no-break space parts", "{}", "runs\u00a0runs", "9 9");
        row("broken bytes are dropped", "{}", "ru\xffns\xc3", "9");
        row("an object names a token", R"({"unk_token":{"content":"[MASK]"}})", "zzz", "4");
    }

    void splits() {
        QFETCH(QString, config);
        QFETCH(QString, text);
        QFETCH(QString, ids);
        const auto tokenizer = opened(Json::parse(config.toStdString()));
        std::string bytes = text.toStdString();
        if (text.contains(QChar(0xFFFD))) bytes = "ru\xffns\xc3";
        auto found = idsOf(*tokenizer, bytes);
        QCOMPARE(found.front(), 2);
        QCOMPARE(found.back(), 3);
        QCOMPARE(shown({found.begin() + 1, found.end() - 1}), ids);
    }

    void wordsBeyondTheLimitAreUnknown() {
        const auto tokenizer = opened();
        std::string word = "un";
        while (word.size() < 100)
            word += 'a';
        QCOMPARE(idsOf(*tokenizer, word).size(), std::size_t{2 + 99});
        QCOMPARE(shown(idsOf(*tokenizer, word + 'a')), QStringLiteral("2 1 3"));
        QCOMPARE(shown(idsOf(*tokenizer, std::string(1 << 20, 'a') + " runs")), QStringLiteral("2 1 9 3"));
    }

    void cutsAndPads_data() {
        QTest::addColumn<qint64>("length");
        QTest::addColumn<bool>("pair");
        QTest::addColumn<QString>("ids");
        QTest::addColumn<QString>("mask");
        QTest::addColumn<QString>("types");
        QTest::newRow("one text fits") << qint64{7} << false << "2 9 9 9 3 0 0"
                                       << "1 1 1 1 1 0 0"
                                       << "0 0 0 0 0 0 0";
        QTest::newRow("one text is cut") << qint64{4} << false << "2 9 9 3"
                                         << "1 1 1 1"
                                         << "0 0 0 0";
        QTest::newRow("no room but for the special tokens") << qint64{2} << false << "2 3"
                                                            << "1 1"
                                                            << "0 0";
        QTest::newRow("a pair fits") << qint64{9} << true << "2 9 9 9 3 11 11 3 0"
                                     << "1 1 1 1 1 1 1 1 0"
                                     << "0 0 0 0 0 1 1 1 0";
        QTest::newRow("the longer one is cut first") << qint64{7} << true << "2 9 9 3 11 11 3"
                                                     << "1 1 1 1 1 1 1"
                                                     << "0 0 0 0 1 1 1";
        QTest::newRow("both are cut") << qint64{6} << true << "2 9 9 3 11 3"
                                      << "1 1 1 1 1 1"
                                      << "0 0 0 0 1 1";
    }

    void cutsAndPads() {
        QFETCH(qint64, length);
        QFETCH(bool, pair);
        TokenizedText result;
        Text text{.first = "runs runs runs"};
        if (pair) text.second = ", ,";
        opened()->encode(text, {.maxLength = length, .pad = true}, result);
        QTEST(shown(result.ids), "ids");
        QTEST(shown(result.mask), "mask");
        QTEST(shown(result.types), "types");
    }

    void refusesLengthsWithoutRoom() {
        const auto tokenizer = opened();
        QVERIFY(messageOf([&] { idsOf(*tokenizer, "x", {.maxLength = 1}); }).contains("expected at least 2"));
        QVERIFY(messageOf([&] { idsOf(*tokenizer, "x", {.maxLength = -4}); }).contains("found -4"));
        QVERIFY(messageOf([&] { idsOf(*tokenizer, "x", {.pad = true}); }).contains("needs a length"));
    }

    void cutTextsAreTheBeginOfWholeOnes() {
        const auto tokenizer = opened();
        const std::string text = "runs, unaffable runs中 zz[SEP]un unaffable";
        const auto whole = idsOf(*tokenizer, text);
        for (std::int64_t length = 2; length < static_cast<std::int64_t>(whole.size()); ++length) {
            Ids expected(whole.begin(), whole.begin() + length - 1);
            expected.push_back(3);
            QCOMPARE(idsOf(*tokenizer, text, {.maxLength = length}), expected);
        }
    }

    void readsLineEndsOfOtherSystems() {
        const auto tokenizer = TokenizerFiles().add("vocab.txt", vocabulary("\r\n")).open();
        QCOMPARE(shown(idsOf(*tokenizer, "unaffable")), QStringLiteral("2 5 6 7 3"));
    }

    void readsTokenizerJson() {
        TokenizerFiles files;
        files.addJson("tokenizer.json", tokenizerJson());
        QCOMPARE(shown(idsOf(*files.open(), "RUNS [SEP]")), QStringLiteral("2 9 3 3"));
        files.add("tokenizer_config.json", R"({"do_lower_case":false})"); // goes before tokenizer.json
        QCOMPARE(shown(idsOf(*files.open(), "RUNS Runs")), QStringLiteral("2 1 10 3"));
    }

    void tokenTypesFollowTheTemplate() {
        auto json = tokenizerJson();
        const auto special = [](const char* id, int type) {
            return Json{{"SpecialToken", {{"id", id}, {"type_id", type}}}};
        };
        const auto text = [](const char* id, int type) { return Json{{"Sequence", {{"id", id}, {"type_id", type}}}}; };
        json["post_processor"] = {{"type", "TemplateProcessing"},
                                  {"single", {special("[CLS]", 0), text("A", 0)}},
                                  {"pair", {text("A", 0), special("[SEP]", 0), special("[SEP]", 1), text("B", 1)}},
                                  {"special_tokens", {{"[CLS]", {{"ids", {2}}}}, {"[SEP]", {{"ids", {3}}}}}}};
        const auto tokenizer = TokenizerFiles().addJson("tokenizer.json", json).open();
        TokenizedText result;
        tokenizer->encode({.first = "runs", .second = ", ,"}, {}, result);
        QCOMPARE(shown(result.ids), QStringLiteral("9 3 3 11 11"));
        QCOMPARE(shown(result.types), QStringLiteral("0 0 1 1 1"));
        QCOMPARE(shown(idsOf(*tokenizer, "runs")), QStringLiteral("2 9"));
    }

    void addedTokens_data() {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("ids"); // 30: the added one
        QTest::newRow("plain") << "{}"
                               << "runs new runs newruns"
                               << "9 30 9 30 9";
        QTest::newRow("whole words") << R"({"single_word":true})"
                                     << "new, newruns"
                                     << "30 11 1";
        QTest::newRow("as it stands") << "{}"
                                      << "NEW"
                                      << "1";
        QTest::newRow("normalised") << R"({"normalized":true})"
                                    << "NEW nEw,runs"
                                    << "30 30 11 9";
    }

    void addedTokens() {
        QFETCH(QString, flags);
        QFETCH(QString, text);
        auto json = tokenizerJson();
        json["model"]["vocab"].erase("new");
        auto token = Json::parse(flags.toStdString());
        token["id"] = 30;
        token["content"] = "new";
        json["added_tokens"].push_back(token);
        const auto tokenizer = TokenizerFiles().addJson("tokenizer.json", json).open();
        const auto found = idsOf(*tokenizer, text.toStdString());
        QTEST(shown({found.begin() + 1, found.end() - 1}), "ids");
        QCOMPARE(tokenizer->info().vocabulary, 31);
    }
};

LEVI_TEST(TestWordPiece)
#include "tst_wordpiece.moc"
