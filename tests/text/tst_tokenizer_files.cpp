// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/added_tokens.h"
#include "core/engine/text/prefix_tree.h"
#include "tests/support/test_main.h"
#include "tests/text/tokenizers.h"

using namespace levi;
using namespace levi::test;

namespace {

const std::string kVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n";

const char* const kJson = R"({"model":{"type":"WordPiece","vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"a":4}},
    "normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},
    "post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}})";

} // namespace

// Files that were not made by us are refused with what was found, whatever they hold.
class TestTokenizerFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesFolders() {
        QVERIFY(messageOf([] { openTokenizer("/nonexistent"); }).contains("expected a folder"));
        const TokenizerFiles files;
        QVERIFY(messageOf([&] { files.open(); }).contains("has no tokenizer; expected tokenizer.json or vocab.txt"));
    }

    void refusesVocabularies_data() {
        QTest::addColumn<QByteArray>("vocabulary");
        QTest::addColumn<QString>("says");
        const QByteArray good = QByteArray::fromStdString(kVocabulary);
        QTest::newRow("empty") << QByteArray() << "lacks '[CLS]', the token before a text";
        QTest::newRow("no unknown token") << QByteArray(good).replace("[UNK]", "x") << "lacks '[UNK]'";
        QTest::newRow("no padding token")
            << QByteArray(good).replace("[PAD]", "x") << "lacks '[PAD]', the padding token";
        QTest::newRow("no separator") << QByteArray(good).replace("[SEP]", "x") << "lacks '[SEP]'";
        QTest::newRow("twice") << good + "a\n"
                               << "the token 'a' stands twice, with the ids 5 and 7";
        QTest::newRow("broken bytes") << good + "\xff\n"
                                      << "the token with the id 7 is not UTF-8";
        QTest::newRow("overlong encoding") << good + "\xc0\x80\n"
                                           << "the token with the id 7 is not UTF-8";
        QTest::newRow("huge token") << good + QByteArray(17 << 20, 'x') << "holds more than";
    }

    void refusesVocabularies() {
        QFETCH(QByteArray, vocabulary);
        QFETCH(QString, says);
        TokenizerFiles files;
        files.add("vocab.txt", vocabulary.toStdString());
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says) && message.contains("vocab.txt"), qPrintable(message));
    }

    void refusesTokenizerJson_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value"); // JSON
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* pointer, const char* value, const char* says) {
            QTest::newRow(name) << QString::fromLatin1(pointer) << QString::fromLatin1(value)
                                << QString::fromLatin1(says);
        };
        row("model of another kind", "/model/type", R"("WordLevel")", "type: found \"WordLevel\", expected WordPiece");
        row("unigram without its model", "/model/type", R"("Unigram")", "expected spiece.model beside it");
        row("no model", "/model", "null", "model: found nothing, expected an object");
        row("vocabulary as a list", "/model/vocab", "[]", "vocab: found [], expected an object");
        row("id as text", "/model/vocab/a", R"("4")", "'a': found string, expected a whole number");
        row("id as a fraction", "/model/vocab/a", "4.5", "'a': found number");
        row("negative id", "/model/vocab/a", "-1", "has the id -1, expected 0 to");
        row("absurd id", "/model/vocab/a", "18446744073709551615",
            "'a' has the id 18446744073709551615, expected 0 to 16777215");
        row("large id", "/model/vocab/a", "1099511627776", "'a' has the id 1099511627776, expected 0 to 16777215");
        row("id twice", "/model/vocab/a", "3", "the id 3 stands twice");
        row("absurd word length", "/model/max_input_chars_per_word", "1000000000", "expected a whole number from 0 to");
        row("other normaliser", "/normalizer/type", R"("NFKC")", "normalizer: type: found \"NFKC\"");
        row("other splitter", "/pre_tokenizer/type", R"("Whitespace")", "pre_tokenizer: type: found \"Whitespace\"");
        row("lower case as number", "/normalizer/lowercase", "1", "lowercase: found 1, expected true or false");
        row("other post-processor", "/post_processor/type", R"("Magic")", "post_processor: type: found \"Magic\"");
        row("half a special token", "/post_processor/sep", R"(["[SEP]"])", "expected a token and its id");
        row("special token as a number", "/post_processor/sep", "[3, 3]", "expected a token and its id");
        row("id of no token", "/post_processor/sep", R"(["[SEP]", 999999])",
            "post_processor: sep: the token '[SEP]' has the id 999999, expected 3, as in the vocabulary");
        row("id of another token", "/post_processor/cls", R"(["[CLS]", 3])",
            "cls: the token '[CLS]' has the id 3, expected 2");
        row("special token that is none", "/post_processor/cls", R"(["<s>", 2])",
            "cls: the token '<s>' has the id 2, expected a token of the vocabulary");
        row("added tokens as object", "/added_tokens", "{}", "added_tokens: found {}, expected a list");
        row("added token without a text", "/added_tokens", R"([{"id":3}])", "content: found nothing");
        row("added token without an id", "/added_tokens", R"([{"content":"x"}])", "id: found nothing");
        row("added token elsewhere", "/added_tokens", R"([{"id":9,"content":"a"}])",
            "has the id 9, in the vocabulary 4");
    }

    void refusesTokenizerJson() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, says);
        auto json = Json::parse(kJson);
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        TokenizerFiles files;
        files.addJson("tokenizer.json", json);
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says) && message.contains("tokenizer.json"), qPrintable(message));
    }

    void refusesTemplates_data() {
        QTest::addColumn<QString>("single");
        QTest::addColumn<QString>("says");
        QTest::newRow("no text") << R"([{"SpecialToken":{"id":"[CLS]"}}])"
                                 << "each text once";
        QTest::newRow("the text twice") << R"([{"Sequence":{"id":"A"}},{"Sequence":{"id":"A"}}])"
                                        << "A once";
        QTest::newRow("unknown special") << R"([{"SpecialToken":{"id":"[X]"}}])"
                                         << "one of special_tokens";
        QTest::newRow("neither") << "[{}]"
                                 << "SpecialToken: found nothing";
        QTest::newRow("absurd type") << R"([{"Sequence":{"id":"A","type_id":7}}])"
                                     << "type_id: found 7";
    }

    void refusesTemplates() {
        QFETCH(QString, single);
        QFETCH(QString, says);
        auto json = Json::parse(kJson);
        json["post_processor"] = {{"type", "TemplateProcessing"},
                                  {"single", Json::parse(single.toStdString())},
                                  {"pair", Json::array()},
                                  {"special_tokens", {{"[CLS]", {{"ids", {2}}}}}}};
        TokenizerFiles files;
        files.addJson("tokenizer.json", json);
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says), qPrintable(message));
    }

    // A backbone would be asked for embeddings that it does not have.
    void refusesIdsOfTemplates_data() {
        QTest::addColumn<QString>("special"); // of the name [CLS]
        QTest::addColumn<QString>("says");
        QTest::newRow("no token's") << R"({"ids":[9]})"
                                    << "special_tokens: [CLS]: the token '[CLS]' has the id 9, expected 2";
        QTest::newRow("another token's") << R"({"ids":[3],"tokens":["[CLS]"]})"
                                         << "the token '[CLS]' has the id 3, expected 2";
        QTest::newRow("the second one") << R"({"ids":[2,9],"tokens":["[CLS]","x"]})"
                                        << "the token 'x' has the id 9, expected a token of the vocabulary";
        QTest::newRow("without a token") << R"({"ids":[2,3],"tokens":["[CLS]"]})"
                                         << "tokens: found [\"[CLS]\"], expected a list of 2";
        QTest::newRow("tokens as numbers") << R"({"ids":[2],"tokens":[2]})"
                                           << "tokens: found [2], expected tokens as texts";
        QTest::newRow("right") << R"({"ids":[2,3],"tokens":["[CLS]","[SEP]"]})" << QString();
    }

    void refusesIdsOfTemplates() {
        QFETCH(QString, special);
        QFETCH(QString, says);
        auto json = Json::parse(kJson);
        const Json text = {{"Sequence", {{"id", "A"}}}}, second = {{"Sequence", {{"id", "B"}}}};
        json["post_processor"] = {{"type", "TemplateProcessing"},
                                  {"single", Json::array({Json{{"SpecialToken", {{"id", "[CLS]"}}}}, text})},
                                  {"pair", Json::array({text, second})},
                                  {"special_tokens", {{"[CLS]", Json::parse(special.toStdString())}}}};
        TokenizerFiles files;
        files.addJson("tokenizer.json", json);
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says) && message.isEmpty() == says.isEmpty(), qPrintable(message));
    }

    // Special tokens may name others many times over; what comes behind too many of them is not looked at.
    void refusesTooManySpecials_data() {
        QTest::addColumn<int>("ids");     // of the special token
        QTest::addColumn<int>("repeats"); // of it before the text
        QTest::addColumn<QString>("says");
        QTest::newRow("a token of many ids") << 65 << 1 << "ids: holds 65 of them, expected at most 64";
        QTest::newRow("many tokens") << 1 << 65 << "each text once, with some special tokens around it";
        QTest::newRow("both") << 64 << 10'000 << "each text once, with some special tokens around it";
    }

    void refusesTooManySpecials() {
        QFETCH(int, ids);
        QFETCH(int, repeats);
        QFETCH(QString, says);
        auto single = Json::array();
        for (int i = 0; i < repeats; ++i)
            single.push_back({{"SpecialToken", {{"id", "[CLS]"}}}});
        single.push_back({{"Sequence", {{"id", "nonsense"}}}});
        auto json = Json::parse(kJson);
        const auto count = static_cast<std::size_t>(ids);
        const Json special = {{"ids", std::vector<int>(count, 2)},
                              {"tokens", std::vector<std::string>(count, "[CLS]")}};
        json["post_processor"] = {{"type", "TemplateProcessing"},
                                  {"single", single},
                                  {"pair", Json::array()},
                                  {"special_tokens", {{"[CLS]", special}}}};
        TokenizerFiles files;
        files.addJson("tokenizer.json", json);
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says), qPrintable(message));
    }

    void refusesTooManyAddedTokens_data() {
        QTest::addColumn<QString>("file");
        for (const char* file : {"tokenizer.json", "tokenizer_config.json", "added_tokens.json"})
            QTest::newRow(file) << QString::fromLatin1(file);
    }

    void refusesTooManyAddedTokens() {
        QFETCH(QString, file);
        Json list = Json::array(), byId = Json::object(), byToken = Json::object();
        for (int i = 0; i < 50'001; ++i) {
            const std::string token = "<" + std::to_string(i) + ">";
            list.push_back({{"id", 100 + i}, {"content", token}});
            byId[std::to_string(100 + i)] = {{"content", token}};
            byToken[token] = 100 + i;
        }
        auto json = Json::parse(kJson);
        if (file == "tokenizer.json") json["added_tokens"] = list;
        TokenizerFiles files;
        if (file == "tokenizer.json")
            files.addJson("tokenizer.json", json);
        else
            files.add("vocab.txt", kVocabulary);
        if (file == "tokenizer_config.json") files.addJson("tokenizer_config.json", {{"added_tokens_decoder", byId}});
        if (file == "added_tokens.json") files.addJson("added_tokens.json", byToken);
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains("holds 50001 added tokens, expected at most 50000") && message.contains(file),
                 qPrintable(message));
    }

    void paddingHasTypesWhereTheTextHasNone() {
        auto json = Json::parse(kJson);
        json.erase("post_processor");
        json["model"]["vocab"]["[PAD]"] = 0;
        TokenizerFiles files;
        const auto tokenizer = files.addJson("tokenizer.json", json).open();
        TokenizedText result;
        for (const char* text : {"", "a"}) {
            tokenizer->encode({.first = text}, {.maxLength = 3, .pad = true}, result);
            QCOMPARE(result.types, Ids(3, 0));
        }
    }

    void refusesBrokenJson_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no JSON") << QByteArray("{") << "is not valid JSON";
        QTest::newRow("a list") << QByteArray("[]") << "expected an object";
        QTest::newRow("key twice") << QByteArray(R"({"a":1,"a":2})") << "has the key \"a\" twice";
        QTest::newRow("too deep") << QByteArray(R"({"a":)") + QByteArray(100, '[') << "nested deeper";
        QTest::newRow("bad bytes") << QByteArray("{\"a\xff\":1}") << "is not valid JSON";
    }

    void refusesBrokenJson() {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        TokenizerFiles files;
        files.add("tokenizer.json", text.toStdString());
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains(says), qPrintable(message));
    }

    void aByteOrderMarkIsNoToken() {
        TokenizerFiles files;
        files.add("vocab.txt", "\xEF\xBB\xBF" + kVocabulary);
        QCOMPARE(shown(idsOf(*files.open(), "ab")), QStringLiteral("2 5 6 3"));
        QCOMPARE(files.open()->info().pad, 0);
    }

    void otherClassesAreRefused() {
        TokenizerFiles files;
        files.add("vocab.txt", kVocabulary).add("tokenizer_config.json", R"({"tokenizer_class":"MPNetTokenizer"})");
        QVERIFY(messageOf([&] { files.open(); }).contains("found 'MPNetTokenizer', the files here are read for"));
        files.add("tokenizer_config.json", R"({"tokenizer_class":"DistilBertTokenizerFast"})");
        QCOMPARE(files.open()->info().kind, std::string("WordPiece"));
    }

    void addedTokensOfOldFolders() {
        TokenizerFiles files;
        files.add("vocab.txt", kVocabulary).add("added_tokens.json", R"({"<x>":7})");
        QCOMPARE(shown(idsOf(*files.open(), "a<X>ab")), QStringLiteral("2 5 7 5 6 3"));
        files.add("added_tokens.json", R"({"<x>\u0000y":7})");
        QCOMPARE(files.open()->info().vocabulary, 8);
        files.add("added_tokens.json", R"({"<x>":6})");
        QVERIFY(messageOf([&] { files.open(); }).contains("the id 6 stands twice"));
        files.add("added_tokens.json", R"({"<x>":-7})");
        QVERIFY(messageOf([&] { files.open(); }).contains("<x>: found -7, expected a whole number from 0"));
    }

    void theFingerprintIsThatOfTheFiles() {
        TokenizerFiles a, b;
        a.add("vocab.txt", kVocabulary);
        b.add("vocab.txt", kVocabulary);
        QCOMPARE(a.open()->info().fingerprint, b.open()->info().fingerprint);
        b.add("tokenizer_config.json", R"({"do_lower_case":false})");
        QVERIFY(a.open()->info().fingerprint != b.open()->info().fingerprint);
    }

    void prefixTreeFindsTheLongest() {
        std::vector<std::pair<std::string, std::int32_t>> keys = {{"a", 1}, {"ab", 2}, {"abcd", 3}, {"b", 4}};
        for (int byte = 0; byte < 256; byte += 2) // a node with many children
            keys.emplace_back(std::string("z") + static_cast<char>(byte), 100 + byte);
        const PrefixTree tree(keys);
        for (const auto& [text, length, id] :
             {std::tuple{"abc", 2, 2}, std::tuple{"abcde", 4, 3}, std::tuple{"a", 1, 1}, std::tuple{"c", 0, -1},
              std::tuple{"", 0, -1}, std::tuple{"z", 0, -1}, std::tuple{"zB!", 2, 166}, std::tuple{"zA", 0, -1}}) {
            const auto match = tree.longest(text);
            QCOMPARE(static_cast<int>(match.length), length);
            QCOMPARE(match.id, id);
        }
        QCOMPARE(PrefixTree().longest("a").length, std::size_t{0});
    }

    void addedTokensTakeTheSpaceAround() {
        const AddedTokens tokens(
            {{.content = "<x>", .id = 1, .leftStrip = true, .rightStrip = true}, {.content = "<x><y>", .id = 2}});
        const std::string text = "a \u3000<x>\t b<x><y>";
        const auto first = tokens.next(text, 0);
        QCOMPARE(first->begin, std::size_t{1});
        QCOMPARE(text.substr(first->end), std::string("b<x><y>"));
        const auto second = tokens.next(text, first->end);
        QCOMPARE(second->id, 2); // the longest
        QCOMPARE(second->end, text.size());
        QVERIFY(!tokens.next(text, second->end));
    }
};

LEVI_TEST(TestTokenizerFiles)
#include "tst_tokenizer_files.moc"
