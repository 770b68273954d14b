// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"
#include "tests/text/tokenizers.h"

#include <fstream>

using namespace levi;
using namespace levi::test;

// Equal to the reference libraries on each line on which they agree; to one of them elsewhere.
class TestGoldenTokens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsReferences_data();
    void equalsReferences();
    void vocabularyAloneIsEnough();
    void publishedTokenizerKeepsNoLengthOfItsOwn();
};

namespace {

std::vector<Json> linesOf(const std::filesystem::path& file) {
    std::vector<Json> lines;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

// What a line says of the text padded to 16 tokens, in the words of the file.
Json answerOf(const Tokenizer& tokenizer, const Json& line) {
    const std::string text = line.at("text"), second = line.value("text_pair", "");
    TokenizedText result;
    Text both{.first = text};
    if (line.contains("text_pair")) both.second = second;
    tokenizer.encode(both, {.maxLength = 16, .pad = true}, result);
    Json answer = {{"ids", result.ids}, {"attention_mask", result.mask}};
    if (line.contains("token_type_ids")) answer["token_type_ids"] = result.types;
    if (!line.contains("full_ids")) return answer;
    tokenizer.encode(both, {}, result);
    answer["full_ids"] = result.ids;
    return answer;
}

bool equals(const Json& answer, const Json& line) {
    for (const auto& [name, value] : answer.items())
        if (line.at(name) != value) return false;
    return true;
}

// A dissenting library's answer is a list of full ids, or of a pair an object.
bool isAnothersAnswer(const Json& answer, const Json& line) {
    for (const Json& other : line.value("others", Json::object()))
        if (other.is_array()
                ? answer.at("full_ids") == other
                : answer.at("ids") == other.at("ids") && answer.at("token_type_ids") == other.at("token_type_ids"))
            return true;
    return false;
}

} // namespace

void TestGoldenTokens::equalsReferences_data() {
    QTest::addColumn<std::filesystem::path>("tokenizer");
    QTest::addColumn<std::filesystem::path>("lines");
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("disputed");
    const auto bert = golden("tokenizers/bert-uncased"), t5 = golden("tokenizers/t5");
    QTest::newRow("BERT") << bert << bert / "golden.jsonl" << 219 << 3;
    QTest::newRow("BERT, pairs") << bert << bert / "pairs.jsonl" << 21 << 4;
    QTest::newRow("T5") << t5 << t5 / "golden.jsonl" << 219 << 8;
    QTest::newRow("MiniLM's files") << realData("models/all-MiniLM-L6-v2") << bert / "golden.jsonl" << 219 << 3;
}

void TestGoldenTokens::equalsReferences() {
    QFETCH(std::filesystem::path, tokenizer);
    QFETCH(std::filesystem::path, lines);
    LEVI_NEEDS(tokenizer);
    LEVI_NEEDS(lines);
    const auto opened = openTokenizer(tokenizer);
    int count = 0, disputed = 0;
    for (const Json& line : linesOf(lines)) {
        const Json answer = answerOf(*opened, line);
        const bool agree = line.at("agree");
        ++count;
        disputed += !agree;
        const auto both = QStringLiteral("%1\nours %2")
                              .arg(QString::fromStdString(line.dump()), QString::fromStdString(answer.dump()));
        QVERIFY2(equals(answer, line) || (!agree && isAnothersAnswer(answer, line)), qPrintable(both));
        if (!agree)
            qInfo("disputed line %d: ours is %s", line.at("id").get<int>(),
                  equals(answer, line) ? "the first answer" : "another library's");
    }
    QTEST(count, "count");
    QTEST(disputed, "disputed");
}

void TestGoldenTokens::vocabularyAloneIsEnough() {
    const auto folder = golden("tokenizers/bert-uncased");
    LEVI_NEEDS(folder);
    TokenizerFiles files;
    files.add("vocab.txt", readFile(folder / "vocab.txt"));
    const auto whole = openTokenizer(folder), bare = files.open();
    for (const char* name : {"golden.jsonl", "pairs.jsonl"})
        for (const Json& line : linesOf(folder / name))
            QVERIFY(answerOf(*bare, line) == answerOf(*whole, line));
}

void TestGoldenTokens::publishedTokenizerKeepsNoLengthOfItsOwn() {
    const auto folder = realData("models/all-MiniLM-L6-v2"); // pads to 128 and cuts there by itself
    LEVI_NEEDS(folder);
    const auto tokenizer = openTokenizer(folder);
    QCOMPARE(tokenizer->info().longest, std::int64_t{512});
    QCOMPARE(tokenizer->info().vocabulary, 30522);
    QCOMPARE(idsOf(*tokenizer, "hello").size(), std::size_t{3});
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "hello ";
    QCOMPARE(idsOf(*tokenizer, text).size(), std::size_t{202});
    const auto known = Json::parse(readFile(folder / "texts.json"));
    for (const Json& item : known)
        QVERIFY(Json(idsOf(*tokenizer, item.at("text").get<std::string>(), {.maxLength = 64})) == item.at("input_ids"));
}

LEVI_TEST(TestGoldenTokens)
#include "tst_golden_tokens.moc"
