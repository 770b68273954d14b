// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"
#include "tests/text/tokenizers.h"

using namespace levi;
using namespace levi::test;

namespace {

const std::filesystem::path kModel = golden("tokenizers/t5") / "spiece.model";

} // namespace

class TestUnigram : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { LEVI_NEEDS(kModel); }

    void theModelAloneHasAHundredSentinels() {
        const auto tokenizer = TokenizerFiles().add("spiece.model", readFile(kModel)).open();
        QCOMPARE(tokenizer->info().vocabulary, 32100);
        QCOMPARE(tokenizer->info().pad, 0);
        QCOMPARE(shown(idsOf(*tokenizer, "<extra_id_0> fills <extra_id_99>")), QStringLiteral("32099 14 7 32000 1"));
    }

    void theConfigurationSaysHowMany() {
        TokenizerFiles files;
        files.add("spiece.model", readFile(kModel)).add("tokenizer_config.json", R"({"extra_ids":2})");
        QCOMPARE(files.open()->info().vocabulary, 32002);
        files.add("tokenizer_config.json", R"({"extra_ids":-1})");
        QVERIFY(messageOf([&] { files.open(); }).contains("extra_ids: found -1"));
    }

    void pairsAndCuts() {
        const auto tokenizer = openTokenizer(golden("tokenizers/t5"));
        TokenizedText result;
        tokenizer->encode({.first = "hello", .second = "hello"}, {.maxLength = 6, .pad = true}, result);
        QCOMPARE(shown(result.ids), QStringLiteral("21820 1 21820 1 0 0"));
        QVERIFY(result.types.empty());
        QCOMPARE(shown(idsOf(*tokenizer, "hello hello hello", {.maxLength = 3})), QStringLiteral("21820 21820 1"));
    }

    void refusesOtherFiles_data() {
        QTest::addColumn<QByteArray>("model");
        const auto whole = QByteArray::fromStdString(readFile(kModel));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("not a model");
        QTest::newRow("cut off") << whole.first(whole.size() / 2);
        QTest::newRow("zeros") << QByteArray(1000, '\0');
    }

    void refusesOtherFiles() {
        QFETCH(QByteArray, model);
        TokenizerFiles files;
        files.add("spiece.model", model.toStdString());
        const QString message = messageOf([&] { files.open(); });
        QVERIFY2(message.contains("spiece.model"), qPrintable(message));
    }

    void refusesOtherTokenizers() {
        TokenizerFiles files;
        files.add("spiece.model", readFile(kModel));
        files.add("tokenizer_config.json", R"({"tokenizer_class":"AlbertTokenizer"})");
        QVERIFY(messageOf([&] { files.open(); }).contains("found 'AlbertTokenizer'"));
        files.add("tokenizer_config.json", R"({"eos_token":"<end>"})");
        QVERIFY(messageOf([&] { files.open(); }).contains("lacks '<end>'"));
    }
};

LEVI_TEST(TestUnigram)
#include "tst_unigram.moc"
