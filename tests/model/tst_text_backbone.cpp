// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/bench_forward.h"
#include "core/engine/model/lora.h"
#include "core/engine/model/pooling.h"
#include "tests/model/text_backbones.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_vit.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <functional>

using namespace levi;
using namespace levi::test;

namespace {

// Four texts of 20 tokens: whole, padded on the right, padded on the left, with holes.
at::Tensor anyMask() {
    auto mask = at::ones({4, 20}, at::kLong);
    mask.select(0, 1).slice(0, 13).zero_();
    mask.select(0, 2).slice(0, 0, 7).zero_();
    mask.select(0, 3).slice(0, 5, 8).zero_();
    mask.select(0, 3).slice(0, 11, 12).zero_();
    return mask;
}

BackboneInput anyTexts() {
    return {.values = someTokens(4, 20), .mask = anyMask()};
}

QString refusal(const Backbone& backbone, const BackboneInput& input) {
    try {
        backbone.forward(input);
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

void addFamilies() {
    QTest::addColumn<std::string>("config");
    for (const auto& [name, config] : tinyTextConfigs())
        QTest::newRow(name) << config;
}

} // namespace

// The contract of backbones that read texts, on tiny networks with random weights.
class TestTextBackbone : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void describesItself_data() { addFamilies(); }
    void describesItself();
    void packedEqualsPlain_data() { addFamilies(); }
    void packedEqualsPlain();
    void aMaskOfOnesIsNone_data() { addFamilies(); }
    void aMaskOfOnesIsNone();
    void paddingChangesNothing_data() { addFamilies(); }
    void paddingChangesNothing();
    void aTextWithoutTokensIsDefined_data() { addFamilies(); }
    void aTextWithoutTokensIsDefined();
    void pooledFeaturesArePoolsOfForward_data() { addFamilies(); }
    void pooledFeaturesArePoolsOfForward();
    void trainsWhatIsChosen_data() { addFamilies(); }
    void trainsWhatIsChosen();
    void lowRankPartsStandBesideQueriesAndValues_data() { addFamilies(); }
    void lowRankPartsStandBesideQueriesAndValues();
    void gradientsDoNotDependOnWhatElseIsTrained_data() { addFamilies(); }
    void gradientsDoNotDependOnWhatElseIsTrained();
    void refusesWhatItDoesNotRead_data() { addFamilies(); }
    void refusesWhatItDoesNotRead();
    void tokenTypesCount();
    void benchReadsTexts();
};

void TestTextBackbone::describesItself() {
    QFETCH(std::string, config);
    const auto backbone = openRandom(config);
    const auto& info = backbone->info();
    QVERIFY(info.readsTexts() && info.usable());
    QCOMPARE(info.vocabulary, std::int64_t{50});
    QCOMPARE(info.longestText, std::int64_t{info.family == "t5" ? 0 : 40});
    QCOMPARE(info.layers.size(), std::size_t{3});
    QCOMPARE(info.layers[0].tokens, std::int64_t{128});
    std::int64_t parameters = 0, embeddings = 0;
    for (std::size_t i = 0; i < backbone->parameters().size(); ++i) {
        const auto count = backbone->parameters()[i].tensor.numel();
        parameters += count;
        if (backbone->places()[i].layer == 0) embeddings += count;
    }
    QCOMPARE(info.parameters, parameters);
    QCOMPARE(info.layers[0].parameters, embeddings);
    // Products only. T5: 4 d inner + 2 or 3 d m; inner is 48 where the width is 40.
    const std::int64_t d = info.width, matrices = 4 * d * 48 + (d == 40 ? 3 : 2) * d * 64;
    QCOMPARE(info.layers[1].flopsPerSample, 2 * 128 * matrices + 4 * 128 * 128 * 48);
}

void TestTextBackbone::packedEqualsPlain() {
    QFETCH(std::string, config);
    const c10::NoGradGuard noGrad;
    const auto backbone = openRandom(config);
    auto input = anyTexts();
    for (const auto& mask : {anyMask(), at::Tensor()}) {
        input.mask = mask;
        backbone->setKernels(Kernels::Packed);
        const auto packed = backbone->forward(input);
        backbone->setKernels(Kernels::Plain);
        const auto plain = backbone->forward(input);
        QCOMPARE(plain.states.size(), std::size_t{3});
        for (std::size_t l = 0; l < plain.states.size(); ++l)
            QVERIFY(at::allclose(packed.states[l], plain.states[l], 1e-5, 1e-5));
        QVERIFY(at::equal(plain.states.back(), plain.last));
    }
}

void TestTextBackbone::aMaskOfOnesIsNone() {
    QFETCH(std::string, config);
    const c10::NoGradGuard noGrad;
    const auto backbone = openRandom(config);
    for (const auto kernels : {Kernels::Packed, Kernels::Plain}) {
        backbone->setKernels(kernels);
        const auto ids = someTokens(3, 12);
        const auto bare = backbone->forward({.values = ids}).last;
        QVERIFY(at::equal(bare, backbone->forward({.values = ids, .mask = at::ones({3, 12}, at::kLong)}).last));
    }
}

void TestTextBackbone::paddingChangesNothing() {
    QFETCH(std::string, config);
    const c10::NoGradGuard noGrad;
    const auto backbone = openRandom(config);
    const std::int64_t pad = config.find("roberta") == std::string::npos ? 0 : 1; // whose positions count on it
    const auto ids = someTokens(2, 9);
    const auto longer = at::cat({ids, at::full({2, 11}, pad, at::kLong)}, 1);
    const auto mask = at::cat({at::ones({2, 9}, at::kLong), at::zeros({2, 11}, at::kLong)}, 1);
    for (const auto kernels : {Kernels::Packed, Kernels::Plain}) {
        backbone->setKernels(kernels);
        const auto alone = backbone->forward({.values = ids}),
                   padded = backbone->forward({.values = longer, .mask = mask});
        for (std::size_t l = 0; l < alone.states.size(); ++l)
            QVERIFY(at::allclose(padded.states[l].slice(1, 0, 9), alone.states[l], 1e-5, 1e-5));
        const auto unmasked = backbone->forward({.values = longer});
        QVERIFY(!at::allclose(unmasked.last.slice(1, 0, 9), alone.last, 1e-3, 1e-3));
    }
}

void TestTextBackbone::aTextWithoutTokensIsDefined() {
    QFETCH(std::string, config);
    const c10::NoGradGuard noGrad;
    const auto backbone = openRandom(config);
    auto mask = anyMask();
    mask.select(0, 1).zero_();
    for (const auto kernels : {Kernels::Packed, Kernels::Plain}) {
        backbone->setKernels(kernels);
        QVERIFY(backbone->forward({.values = someTokens(4, 20), .mask = mask}).last.isfinite().all().item<bool>());
    }
}

void TestTextBackbone::pooledFeaturesArePoolsOfForward() {
    QFETCH(std::string, config);
    const c10::NoGradGuard noGrad;
    const auto backbone = openRandom(config);
    BackboneInput input = {.values = someTokens(11, 20)}; // more than one piece
    input.mask = at::cat({anyMask(), anyMask(), anyMask()}).slice(0, 0, 11);
    for (const auto kernels : {Kernels::Packed, Kernels::Plain}) {
        backbone->setKernels(kernels);
        const auto pooled = backbone->pooledFeatures(input);
        const auto hidden = backbone->forward(input);
        QVERIFY(pooled.sizes() == at::IntArrayRef({11, 4, 2, backbone->info().width}));
        auto states = hidden.states;
        states.push_back(hidden.last);
        for (std::size_t l = 0; l < states.size(); ++l) {
            const TokenStates tokens = {.state = states[l], .mask = input.mask};
            const auto found = pooled.select(1, static_cast<std::int64_t>(l));
            QVERIFY(at::allclose(found.select(1, 0), classToken(tokens), 1e-5, 1e-5));
            QVERIFY(at::allclose(found.select(1, 1), meanOfTokens(tokens), 1e-5, 1e-5));
        }
        backbone->setPooling(PooledPair::LastAndMax);
        const auto others = backbone->clone()->pooledFeatures(input);
        backbone->setPooling(PooledPair::ClassAndMean);
        for (std::size_t l = 0; l < states.size(); ++l) {
            const TokenStates tokens = {.state = states[l], .mask = input.mask};
            const auto found = others.select(1, static_cast<std::int64_t>(l));
            QVERIFY(at::allclose(found.select(1, 0), lastToken(tokens), 1e-5, 1e-5));
            QVERIFY(at::allclose(found.select(1, 1), maxOfTokens(tokens), 1e-5, 1e-5));
        }
    }
}

void TestTextBackbone::trainsWhatIsChosen() {
    QFETCH(std::string, config);
    const auto backbone = openRandom(config);
    const bool isT5 = backbone->info().family == "t5";
    const auto gradients = [&](const ParameterChoice& choice) {
        backbone->setTrainable(choice);
        if (backbone->trainable()) backbone->pooledFeatures(anyTexts()).square().sum().backward();
        int count = 0;
        for (std::size_t i = 0; i < backbone->parameters().size(); ++i) {
            const bool has = backbone->parameters()[i].tensor.grad().defined();
            count += has;
            if (has != choice(backbone->places()[i])) qWarning("%s", backbone->parameters()[i].name.c_str());
        }
        return count;
    };
    const int all = static_cast<int>(backbone->parameters().size());
    QCOMPARE(gradients(everyParameter), all);
    QCOMPARE(gradients([](const ParameterPlace& place) { return place.isNorm; }), isT5 ? 5 : 10);
    QCOMPARE(gradients([](const ParameterPlace& place) { return place.isBias; }), isT5 ? 0 : 17); // T5 has none
    const int block = isT5 ? (backbone->info().width == 40 ? 9 : 8) : 16;
    QCOMPARE(gradients([](const ParameterPlace& place) { return place.layer == 2; }), block);
    QCOMPARE(gradients(noParameter), 0);
}

void TestTextBackbone::lowRankPartsStandBesideQueriesAndValues() {
    QFETCH(std::string, config);
    const auto backbone = openRandom(config);
    const auto& info = backbone->info();
    LoraConfig lora;
    lora.rank = 2;
    lora.targets.items = info.names.loraTargets;
    auto parts = newLowRankParts(lora, info, Initializer(3));
    QCOMPARE(parts.size(), std::size_t{4});
    for (LowRankPart& part : parts)
        part.b = Initializer(4).draw(part.module, part.b.sizes(), 0.5);
    const c10::NoGradGuard noGrad;
    const auto features = [&](Kernels kernels) {
        backbone->setKernels(kernels);
        return backbone->pooledFeatures(anyTexts());
    };
    const auto before = features(Kernels::Plain);
    backbone->addLowRank(parts);
    const auto apart = features(Kernels::Plain), packed = features(Kernels::Packed);
    backbone->mergeLowRank();
    const auto merged = features(Kernels::Plain);
    QVERIFY(!at::allclose(before, apart, 1e-3, 1e-3));
    QVERIFY(at::allclose(apart, merged, 1e-5, 1e-5));
    QVERIFY(at::allclose(packed, merged, 1e-5, 1e-5));
}

// What T5 adds to its scores is trained or not: two ways to compute attention.
void TestTextBackbone::gradientsDoNotDependOnWhatElseIsTrained() {
    QFETCH(std::string, config);
    const auto backbone = openRandom(config);
    const auto gradients = [&](const ParameterChoice& choice) {
        backbone->setTrainable(noParameter); // forgets gradients
        backbone->setTrainable(choice);
        backbone->pooledFeatures(anyTexts()).square().sum().backward();
        std::vector<at::Tensor> result;
        for (std::size_t i = 0; i < backbone->parameters().size(); ++i)
            if (backbone->places()[i].isNorm) result.push_back(backbone->parameters()[i].tensor.grad().clone());
        return result;
    };
    const auto all = gradients(everyParameter);
    const auto norms = gradients([](const ParameterPlace& place) { return place.isNorm; });
    for (std::size_t i = 0; i < all.size(); ++i)
        QVERIFY(at::allclose(all[i], norms[i], 1e-4, 1e-4));
}

void TestTextBackbone::refusesWhatItDoesNotRead() {
    QFETCH(std::string, config);
    const auto backbone = openRandom(config);
    const auto ids = someTokens(2, 10);
    const auto refused = [&](const BackboneInput& input, const char* says) {
        const QString message = refusal(*backbone, input);
        return QTest::qVerify(message.contains(QLatin1String(says)), says, qPrintable(message), __FILE__, __LINE__);
    };
    refused({.values = at::zeros({2, 3, 16, 16})}, "this backbone reads texts, not pictures");
    refused({}, "input_ids: found nothing");
    refused({.values = ids.select(0, 0)}, "expected whole numbers [B, T]");
    refused({.values = ids.slice(1, 0, 0)}, "expected whole numbers [B, T]");
    refused({.values = ids.to(at::kByte)}, "expected whole numbers [B, T]");
    refused({.values = ids + 40}, "expected 0 to 49: is the tokenizer that of this backbone?");
    refused({.values = ids - 20}, "expected 0 to 49");
    refused({.values = ids, .mask = at::ones({2, 9}, at::kLong)}, "attention_mask: found shape [2, 9]");
    refused({.values = ids, .tokenTypes = at::ones({1, 10}, at::kLong)}, "token_type_ids: found shape [1, 10]");
    if (backbone->info().longestText > 0)
        refused({.values = someTokens(1, 41)}, "found texts of 41 tokens, expected at most 40");
    const Folder folder;
    const auto vit = openBackbone(writeTinyVit(folder.path));
    const QString message = refusal(*vit, {.values = ids});
    QVERIFY2(message.contains("this backbone reads pictures, not texts"), qPrintable(message));
}

void TestTextBackbone::tokenTypesCount() {
    const c10::NoGradGuard noGrad;
    const auto ids = someTokens(2, 10), zeros = at::zeros({2, 10}, at::kLong), ones = at::ones({2, 10}, at::kLong);
    const auto last = [&](const Backbone& backbone, const at::Tensor& types) {
        return backbone.forward({.values = ids, .tokenTypes = types}).last;
    };
    const auto bert = openRandom(tinyTextConfigs()[0].second), distilbert = openRandom(tinyTextConfigs()[2].second);
    QVERIFY(at::equal(last(*bert, {}), last(*bert, zeros)));
    QVERIFY(!at::allclose(last(*bert, zeros), last(*bert, ones), 1e-3, 1e-3));
    QVERIFY(refusal(*bert, {.values = ids, .tokenTypes = ones + 1}).contains("token_type_ids: found the number 2"));
    QVERIFY(at::equal(last(*distilbert, {}), last(*distilbert, ones))); // has no use for them
}

void TestTextBackbone::benchReadsTexts() {
    const Folder folder;
    writeText(folder / "config.json", tinyTextConfigs()[0].second);
    const auto report = benchForward(folder.path, {.batch = 4, .tokens = 24, .pairs = 3});
    QCOMPARE(report.tokens, std::int64_t{24});
    QCOMPARE(report.pairs, 3);
    QVERIFY(report.plain.samplesPerSecond > 0 && report.matrixGflopPerSecond > 0);
    QVERIFY(!report.hasPacked || report.speedup > 0);
    QVERIFY_EXCEPTION_THROWN(benchForward(folder.path, {.tokens = 41}), Error);
}

LEVI_TEST(TestTextBackbone)
#include "tst_text_backbone.moc"
