// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/t5_block.h"
#include "tests/model/text_backbones.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <ATen/ops/equal.h>
#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

using namespace levi;
using namespace levi::test;

namespace {

BackboneInfo inspected(const std::string& config) {
    const Folder folder;
    writeText(folder / "config.json", config);
    return inspectBackbone(folder.path, {.randomSeed = 1});
}

QString text(const std::vector<std::string>& lines) {
    QString all;
    for (const auto& line : lines)
        all += QString::fromStdString(line) + QLatin1Char('\n');
    return all;
}

// The network of a folder with these weights, and what it makes of some tokens.
struct Written {
    Folder folder;

    Written(const std::string& config, const std::vector<NamedTensor>& weights) {
        writeText(folder / "config.json", config);
        writeSafetensors(folder / "model.safetensors", weights);
    }
    BackboneInfo info() const { return inspectBackbone(folder.path); }
    at::Tensor last() const {
        const c10::NoGradGuard noGrad;
        return openBackbone(folder.path)->forward({.values = someTokens(2, 12)}).last;
    }
};

std::vector<NamedTensor> renamed(std::vector<NamedTensor> weights, const std::string& from, const std::string& to) {
    for (auto& [name, tensor] : weights)
        if (const auto at = name.find(from); at != std::string::npos) name.replace(at, from.size(), to);
    return weights;
}

const std::string& kBert = tinyTextConfigs()[0].second;
const std::string& kT5 = tinyTextConfigs()[3].second;

} // namespace

class TestTextConfig : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hasDocumentedDefaults_data();
    void hasDocumentedDefaults();
    void refusesConfig_data();
    void refusesConfig();
    void acceptsNamesOfAllTimes_data();
    void acceptsNamesOfAllTimes();
    void bothNamesOfTheSharedEmbedding();
    void headsAreLeftOut();
    void halfPrecisionComputesInSingle();
    void bucketsOfDistances();
    void knowsPublishedConfigs();
};

void TestTextConfig::hasDocumentedDefaults_data() {
    QTest::addColumn<std::string>("config");
    QTest::addColumn<QString>("family");
    QTest::addColumn<qint64>("depth");
    QTest::addColumn<qint64>("parameters"); // those that published ones of these sizes have, poolers left out
    QTest::newRow("BERT") << std::string(R"({"model_type":"bert"})") << "bert" << qint64{12} << qint64{108'891'648};
    QTest::newRow("BERT, first configurations")
        << std::string(R"({"hidden_size":128,"num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":512,
            "type_vocab_size":2,"vocab_size":30522})")
        << "bert" << qint64{2} << qint64{4'369'408};
    QTest::newRow("RoBERTa") << std::string(R"({"model_type":"roberta","max_position_embeddings":514,
        "type_vocab_size":1})")
                             << "roberta" << qint64{12} << qint64{124'055'040};
    QTest::newRow("DistilBERT") << std::string(R"({"architectures":["DistilBertModel"]})") << "distilbert" << qint64{6}
                                << qint64{66'362'880};
    QTest::newRow("T5, old t5-small") << std::string(R"({"architectures":["T5WithLMHeadModel"],"d_ff":2048,"d_kv":64,
        "d_model":512,"num_heads":8,"num_layers":6,"n_positions":512,"relative_attention_num_buckets":32,
        "vocab_size":32128})") << "t5" << qint64{6}
                                      << qint64{35'330'816};
    QTest::newRow("T5 1.1 small") << std::string(R"({"model_type":"t5","d_ff":1024,"num_layers":8,"num_heads":6,
        "feed_forward_proj":"gated-gelu"})")
                                  << "t5" << qint64{8} << qint64{35'332'800};
}

void TestTextConfig::hasDocumentedDefaults() {
    QFETCH(std::string, config);
    const auto info = inspected(config);
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    QTEST(QString::fromStdString(info.family), "family");
    QTEST(qint64(info.depth), "depth");
    QTEST(qint64(info.parameters), "parameters");
}

void TestTextConfig::refusesConfig_data() {
    QTest::addColumn<int>("base");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("value"); // JSON
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, int base, const char* field, const char* value, const char* says) {
        QTest::newRow(name) << base << QString::fromLatin1(field) << QString::fromLatin1(value)
                            << QString::fromLatin1(says);
    };
    row("no layers", 0, "num_hidden_layers", "0", "num_hidden_layers: found 0, expected a whole number from 1 to 256");
    row("absurd width", 0, "hidden_size", "1000000000000", "hidden_size: found 1000000000000");
    row("width as text", 0, "hidden_size", R"("48")", "hidden_size: found \"48\"");
    row("width no multiple of the heads", 0, "hidden_size", "50",
        "config.json: hidden_size: found 50, expected a multiple of the 3 heads");
    row("DistilBERT, width no multiple of the heads", 2, "dim", "50",
        "config.json: dim: found 50, expected a multiple of");
    row("absurd vocabulary", 0, "vocab_size", "1e99", "vocab_size: found 1e+99");
    row("too many parameters", 0, "hidden_size", "16383", "parameters, expected at most 2500000000");
    row("relative positions", 0, "position_embedding_type", R"("relative_key")", "expected 'absolute'");
    row("a decoder", 0, "is_decoder", "true", "is_decoder: found true");
    row("other activation", 0, "hidden_act", R"("mish")", "hidden_act: found 'mish'");
    row("padding beyond the vocabulary", 0, "pad_token_id", "50", "pad_token_id: found 50, expected less");
    row("epsilon of zero", 0, "layer_norm_eps", "0", "layer_norm_eps: found 0");
    row("RoBERTa without padding", 1, "pad_token_id", "null", "positions are counted from it");
    row("RoBERTa with too few positions", 1, "max_position_embeddings", "2", "expected more than pad_token_id");
    row("DistilBERT, other activation", 2, "activation", R"("mish")", "activation: found 'mish'");
    row("T5, other projection", 3, "feed_forward_proj", R"("gated-mish")", "feed_forward_proj: found 'gated-mish'");
    row("T5, absurd heads", 3, "num_heads", "100000", "num_heads: found 100000");
    row("T5, absurd width of heads", 3, "d_kv", "8192", "d_kv: found 8192 for each of 3 heads, expected at most 16384");
    row("T5, odd buckets", 3, "relative_attention_num_buckets", "33", "expected a multiple of 4");
    row("T5, near limit", 3, "relative_attention_max_distance", "8", "a quarter of it below");
}

void TestTextConfig::refusesConfig() {
    QFETCH(int, base);
    QFETCH(QString, field);
    QFETCH(QString, value);
    QFETCH(QString, says);
    auto config = nlohmann::json::parse(tinyTextConfigs()[static_cast<std::size_t>(base)].second);
    config[field.toStdString()] = nlohmann::json::parse(value.toStdString());
    if (says.contains(QLatin1String("parameters"))) {
        config["num_hidden_layers"] = 256;
        config["intermediate_size"] = 131072;
    }
    const auto info = inspected(config.dump());
    QVERIFY(!info.usable());
    QVERIFY2(text(info.problems).contains(says), qPrintable(text(info.problems)));
}

void TestTextConfig::acceptsNamesOfAllTimes_data() {
    QTest::addColumn<std::string>("from");
    QTest::addColumn<std::string>("to");
    QTest::newRow("of a network with a head") << std::string("e") << std::string(); // see below
    QTest::newRow("gamma") << std::string("LayerNorm.weight") << std::string("LayerNorm.gamma");
    QTest::newRow("beta") << std::string("LayerNorm.bias") << std::string("LayerNorm.beta");
}

void TestTextConfig::acceptsNamesOfAllTimes() {
    QFETCH(std::string, from);
    QFETCH(std::string, to);
    const auto weights = openRandom(kBert)->copyOfParameters();
    auto others = to.empty() ? weights : renamed(weights, from, to);
    if (to.empty())
        for (auto& [name, tensor] : others)
            name = "bert." + name;
    const Written now(kBert, weights), then(kBert, others);
    QVERIFY(at::equal(now.last(), then.last()));
    const auto names = openBackbone(then.folder.path)->parameters();
    QVERIFY(std::ranges::none_of(names, [](const auto& p) { return p.name.ends_with("gamma"); }));
}

void TestTextConfig::bothNamesOfTheSharedEmbedding() {
    const auto weights = openRandom(kT5)->copyOfParameters();
    const auto other = renamed(weights, "shared.weight", "encoder.embed_tokens.weight");
    auto both = weights;
    both.push_back(other.front());
    auto decoder = weights;
    decoder.push_back({"decoder.block.0.layer.0.layer_norm.weight", weights.back().tensor});
    decoder.push_back({"lm_head.weight", weights.front().tensor});
    const auto expected = Written(kT5, weights).last();
    for (const auto& variant : {other, both, decoder}) {
        const Written written(kT5, variant);
        QVERIFY2(written.info().usable(), qPrintable(text(written.info().problems)));
        QVERIFY(at::equal(written.last(), expected));
    }
}

void TestTextConfig::headsAreLeftOut() {
    auto weights = openRandom(kBert)->copyOfParameters();
    weights.push_back({"classifier.weight", at::ones({7, 48})}); // of tokens: there is no pooler that it could read
    weights.push_back({"cls.predictions.bias", at::ones({50})});
    weights.push_back({"a_head_of_ours.dense.weight", at::ones({3, 48})});
    weights.push_back({"embeddings.position_ids", at::ones({1, 40}, at::kLong)});
    const Written written(kBert, weights);
    const auto info = written.info();
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    QVERIFY(text(info.notes).contains("not read: "));
    QVERIFY(text(info.notes).contains("a_head_of_ours.dense.weight"));
    QVERIFY(openBackbone(written.folder.path)->forward({.values = someTokens(1, 8)}).heads.empty());
    weights.push_back({"encoder.layer.9.output.dense.bias", at::ones({48})}); // of the network, and not of this config
    QVERIFY(text(Written(kBert, weights).info().problems).contains("1 unexpected: encoder.layer.9"));
    weights.back().name = "bert.encoder.layer.0.output.dense.bias"; // of a second network
    QVERIFY(text(Written(kBert, weights).info().problems).contains("1 unexpected: bert.encoder"));
    weights.pop_back();
    for (NamedTensor& weight : weights)
        weight.name = "module." + weight.name;
    QVERIFY(text(Written(kBert, weights).info().problems).contains("unexpected: module."));
}

void TestTextConfig::halfPrecisionComputesInSingle() {
    auto weights = openRandom(kT5)->copyOfParameters(), halves = weights, rounded = weights;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        halves[i].tensor = weights[i].tensor.to(at::kHalf);
        rounded[i].tensor = halves[i].tensor.to(at::kFloat);
    }
    const auto found = Written(kT5, halves).last();
    QVERIFY(found.scalar_type() == at::kFloat);
    QVERIFY(at::equal(found, Written(kT5, rounded).last()));
}

// First distances of the buckets 8 to 15, as the published encoder has them.
void TestTextConfig::bucketsOfDistances() {
    const RelativeBuckets buckets;
    QCOMPARE(buckets.of(0), std::int64_t{0});
    QCOMPARE(buckets.of(-7), std::int64_t{7});
    QCOMPARE(buckets.of(7), std::int64_t{23});
    const std::vector<std::int64_t> first = {8, 12, 16, 23, 32, 46, 64, 91};
    for (std::size_t i = 0; i < first.size(); ++i) {
        const auto bucket = static_cast<std::int64_t>(8 + i);
        QCOMPARE(buckets.of(-first[i]), bucket);
        QCOMPARE(buckets.of(first[i]), bucket + 16);
        if (i > 0) QCOMPARE(buckets.of(1 - first[i]), bucket - 1);
    }
    QCOMPARE(buckets.of(-1'000'000), std::int64_t{15});
}

void TestTextConfig::knowsPublishedConfigs() {
    const auto mini = realData("models/all-MiniLM-L6-v2");
    LEVI_NEEDS(mini);
    const auto info = inspectBackbone(mini);
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    QCOMPARE(info.parameters, std::int64_t{22'565'376}); // without the pooler
    QCOMPARE(info.longestText, std::int64_t{512});
}

LEVI_TEST(TestTextConfig)
#include "tst_text_config.moc"
