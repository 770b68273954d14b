// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/backbone.h"
#include "core/engine/model/bench_forward.h"
#include "core/engine/model/blocks.h"
#include "core/engine/model/packed_attention.h"
#include "tests/model/broken_files.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

using namespace levi;

// The contract of a backbone, on tiny networks with random weights in both namings.
class TestBackbone : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void describesLayers();
    void needsWeightsUnlessAsked();
    void randomWeightsFollowTheSeed();
    void pooledFeaturesArePoolsOfForward_data();
    void pooledFeaturesArePoolsOfForward();
    void parametersCarryTheCheckpointsNames();
    void setParametersIsAllOrNothing();
    void packedWeightsFollowNewValues();
    void cloneIsIndependent();
    void trainableRecordsGradients();
    void refusesOtherPictures();
    void resizesPositions_data();
    void resizesPositions();
    void ownAttentionEqualsTheGeneralCall_data();
    void ownAttentionEqualsTheGeneralCall();
    void benchReportsBothKernels();
};

namespace {

const std::string kHf = R"({"model_type":"vit","hidden_size":48,"num_hidden_layers":2,"num_attention_heads":3,
    "intermediate_size":64,"patch_size":8,"image_size":32})";
const std::string kDeit = R"({"model_type":"deit","hidden_size":48,"num_hidden_layers":2,"num_attention_heads":3,
    "intermediate_size":64,"patch_size":8,"image_size":32})";
const std::string kTimm = R"({"architecture":"vit_test","model_args":{"img_size":[32,16],"patch_size":8,
    "embed_dim":48,"depth":2,"num_heads":3,"mlp_ratio":2,"init_values":0.1}})";

at::Tensor noise(at::IntArrayRef shape, std::uint64_t seed = 1) {
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::empty(shape, at::kFloat).normal_(0, 1, generator);
}

std::unique_ptr<Backbone> openRandom(const std::string& config, OpenOptions options = {}) {
    const test::Folder folder;
    test::writeText(folder / "config.json", config);
    options.randomSeed = options.randomSeed.value_or(7);
    return openBackbone(folder.path, options);
}

BackboneInput pictures(const Backbone& backbone, std::int64_t count = 3) {
    return {noise({count, 3, backbone.info().imageHeight, backbone.info().imageWidth}), {}};
}

at::Tensor features(const Backbone& backbone, const BackboneInput& input) {
    const c10::NoGradGuard noGrad;
    return backbone.pooledFeatures(input);
}

} // namespace

void TestBackbone::describesLayers() {
    const auto backbone = openRandom(kDeit);
    const auto& info = backbone->info();
    QCOMPARE(info.family, std::string("deit"));
    QCOMPARE(info.naming, std::string("hf"));
    QCOMPARE(info.layers.size(), std::size_t{3});
    QCOMPARE(info.layers[0].name, std::string("embeddings"));
    QCOMPARE(info.layers[2].name, std::string("block 2"));
    QCOMPARE(info.layers[1].tokens, std::int64_t{18}); // 4 x 4 patches, class, distillation
    QCOMPARE(info.prefixTokens, std::int64_t{2});
    std::int64_t parameters = 0;
    for (const auto& parameter : backbone->parameters())
        parameters += parameter.tensor.numel();
    QCOMPARE(info.parameters, parameters);
    // Products only: patches 2*16*192*48; block 2*18*(4*48*48 + 2*48*64) + 4*18*18*48.
    QCOMPARE(info.layers[0].flopsPerSample, std::int64_t{294912});
    QCOMPARE(info.layers[1].flopsPerSample, std::int64_t{615168});
    QVERIFY(info.usable());
}

void TestBackbone::needsWeightsUnlessAsked() {
    const test::Folder folder;
    test::writeText(folder / "config.json", kHf);
    QVERIFY(!inspectBackbone(folder.path).usable());
    QVERIFY_EXCEPTION_THROWN(openBackbone(folder.path), Error);
    QVERIFY(inspectBackbone(folder.path, {.imageSize = {}, .randomSeed = 1}).usable());
}

void TestBackbone::randomWeightsFollowTheSeed() {
    const auto a = openRandom(kHf), b = openRandom(kHf), c = openRandom(kHf, {.imageSize = {}, .randomSeed = 8});
    const auto input = pictures(*a);
    QVERIFY(at::equal(features(*a, input), features(*b, input)));
    QVERIFY(!at::equal(features(*a, input), features(*c, input)));
}

void TestBackbone::pooledFeaturesArePoolsOfForward_data() {
    QTest::addColumn<std::string>("config");
    QTest::addColumn<bool>("packed");
    for (const bool packed : {false, true}) {
        QTest::addRow("transformers, %s", packed ? "packed" : "plain") << kHf << packed;
        QTest::addRow("distilled, %s", packed ? "packed" : "plain") << kDeit << packed;
        QTest::addRow("timm, %s", packed ? "packed" : "plain") << kTimm << packed;
    }
}

void TestBackbone::pooledFeaturesArePoolsOfForward() {
    QFETCH(std::string, config);
    QFETCH(bool, packed);
    const c10::NoGradGuard noGrad;
    const auto backbone = openRandom(config);
    backbone->setKernels(packed ? Kernels::Packed : Kernels::Plain);
    const auto input = pictures(*backbone, 11); // more than one piece
    const auto pooled = backbone->pooledFeatures(input);
    const auto hidden = backbone->forward(input);
    QVERIFY(pooled.sizes() == at::IntArrayRef({11, 4, 2, 48}));
    auto states = hidden.states;
    states.push_back(hidden.last);
    for (std::size_t l = 0; l < states.size(); ++l) {
        const auto mean = states[l].slice(1, backbone->info().prefixTokens).mean(1);
        const auto expected = at::stack({states[l].select(1, 0), mean}, 1);
        QVERIFY(at::allclose(pooled.select(1, static_cast<std::int64_t>(l)), expected, 1e-5, 1e-6));
    }
}

void TestBackbone::parametersCarryTheCheckpointsNames() {
    const auto names = [](const std::string& config) {
        std::vector<std::string> result;
        const auto backbone = openRandom(config);
        for (const auto& parameter : backbone->parameters())
            result.push_back(parameter.name);
        return result;
    };
    const auto has = [](const std::vector<std::string>& all, const char* name) {
        return std::ranges::count(all, name) == 1;
    };
    QVERIFY(has(names(kHf), "encoder.layer.1.attention.attention.query.weight"));
    QVERIFY(has(names(kDeit), "embeddings.distillation_token"));
    QVERIFY(has(names(kTimm), "blocks.1.attn.qkv.weight"));
    QVERIFY(has(names(kTimm), "blocks.0.ls2.gamma"));
    QCOMPARE(names(kHf).size(), std::size_t{4 + 2 * 16 + 2});
}

void TestBackbone::setParametersIsAllOrNothing() {
    const auto backbone = openRandom(kHf);
    const auto before = backbone->copyOfParameters();
    auto values = openRandom(kHf, {.imageSize = {}, .randomSeed = 9})->copyOfParameters();
    values.back().tensor = at::zeros({3});
    QVERIFY_EXCEPTION_THROWN(backbone->setParameters(values), Error);
    values.pop_back();
    QVERIFY_EXCEPTION_THROWN(backbone->setParameters(values), Error);
    for (std::size_t i = 0; i < before.size(); ++i)
        QVERIFY(at::equal(before[i].tensor, backbone->parameters()[i].tensor));
}

void TestBackbone::packedWeightsFollowNewValues() {
    const auto backbone = openRandom(kTimm), other = openRandom(kTimm, {.imageSize = {}, .randomSeed = 9});
    const auto input = pictures(*backbone);
    const auto before = features(*backbone, input);
    backbone->setParameters(other->copyOfParameters());
    QVERIFY(!at::equal(before, features(*backbone, input)));
    QVERIFY(at::equal(features(*other, input), features(*backbone, input)));
}

void TestBackbone::cloneIsIndependent() {
    const auto backbone = openRandom(kDeit);
    const auto input = pictures(*backbone);
    const auto before = features(*backbone, input);
    const auto copy = backbone->clone();
    QVERIFY(at::equal(before, features(*copy, input)));
    copy->setParameters(openRandom(kDeit, {.imageSize = {}, .randomSeed = 9})->copyOfParameters());
    QVERIFY(at::equal(before, features(*backbone, input)));
    QVERIFY(!at::equal(before, features(*copy, input)));
}

void TestBackbone::trainableRecordsGradients() {
    const auto backbone = openRandom(kTimm);
    const auto input = pictures(*backbone);
    QVERIFY(!backbone->pooledFeatures(input).requires_grad());
    backbone->setTrainable(everyParameter);
    QVERIFY(backbone->kernelsInUse() == Kernels::Plain);
    backbone->pooledFeatures(input).sum().backward();
    for (const auto& parameter : backbone->parameters())
        QVERIFY2(parameter.tensor.grad().defined(), parameter.name.c_str());
    backbone->setTrainable(noParameter);
    QVERIFY(!backbone->parameters()[0].tensor.grad().defined());
    QVERIFY(!backbone->forward(input).last.requires_grad());
}

void TestBackbone::refusesOtherPictures() {
    const auto backbone = openRandom(kTimm);
    const auto refused = [&backbone](at::Tensor pixels) {
        try {
            backbone->forward({std::move(pixels), {}});
        } catch (const Error&) {
            return true;
        }
        return false;
    };
    QVERIFY(refused(noise({1, 3, 16, 32})));
    QVERIFY(refused(noise({1, 1, 32, 16})));
    QVERIFY(refused(noise({3, 32, 16})));
    QVERIFY(refused({}));
}

void TestBackbone::resizesPositions_data() {
    QTest::addColumn<std::string>("config");
    QTest::addColumn<qint64>("prefix");
    QTest::addColumn<bool>("antialias");
    QTest::newRow("transformers") << kHf << qint64{1} << false;
    QTest::newRow("distilled") << kDeit << qint64{2} << false;
    QTest::newRow("timm") << kTimm << qint64{1} << true;
}

void TestBackbone::resizesPositions() {
    QFETCH(std::string, config);
    QFETCH(qint64, prefix);
    QFETCH(bool, antialias);
    const auto original = openRandom(config);
    const auto resized = openRandom(config, {.imageSize = ImageSize{16, 24}, .randomSeed = 7});
    const auto positions = [](const Backbone& backbone) {
        for (const auto& [name, tensor] : backbone.parameters())
            if (name.ends_with("pos_embed") || name.ends_with("position_embeddings")) return tensor;
        return at::Tensor();
    };
    const auto& info = original->info();
    const GridResize resize = {prefix, info.imageHeight / 8, info.imageWidth / 8, 2, 3, antialias};
    QVERIFY(positions(*resized).sizes() == at::IntArrayRef({1, prefix + 6, 48}));
    QVERIFY(at::equal(positions(*resized), resizePositions(positions(*original), resize)));
    QVERIFY(at::equal(positions(*resized).slice(1, 0, prefix), positions(*original).slice(1, 0, prefix)));
    QCOMPARE(resized->info().layers[0].tokens, prefix + 6);
    QVERIFY(features(*resized, pictures(*resized)).isfinite().all().item<bool>());
    QVERIFY_EXCEPTION_THROWN(openRandom(config, {.imageSize = ImageSize{16, 25}, .randomSeed = 7}), Error);
}

void TestBackbone::ownAttentionEqualsTheGeneralCall_data() {
    QTest::addColumn<qint64>("tokens");
    QTest::addColumn<qint64>("heads");
    QTest::addColumn<qint64>("headWidth");
    QTest::newRow("fewer tokens than a tile") << qint64{5} << qint64{2} << qint64{16};
    QTest::newRow("one tile") << qint64{6} << qint64{1} << qint64{16};
    QTest::newRow("last tile overlaps") << qint64{17} << qint64{3} << qint64{32};
    QTest::newRow("whole vectors") << qint64{64} << qint64{2} << qint64{64};
    QTest::newRow("ViT-Ti") << qint64{197} << qint64{3} << qint64{64};
    QTest::newRow("five vectors a head") << qint64{50} << qint64{2} << qint64{80};
    QTest::newRow("half a vector") << qint64{20} << qint64{2} << qint64{24};
    QTest::newRow("no kernel for this width") << qint64{20} << qint64{2} << qint64{12};
}

void TestBackbone::ownAttentionEqualsTheGeneralCall() {
    QFETCH(qint64, tokens);
    QFETCH(qint64, heads);
    QFETCH(qint64, headWidth);
    const c10::NoGradGuard noGrad;
    for (const double size : {0.1, 1.0, 6.0}) { // flat to sharp weights
        const auto qkv = noise({2, tokens, 3 * heads * headWidth}) * size;
        const auto errorOf = [&qkv, heads](const at::Tensor& found) {
            const auto parts = qkv.to(at::kDouble).chunk(3, 2);
            return (found - attention(parts[0], parts[1], parts[2], heads)).abs().max().item<double>();
        };
        const auto parts = qkv.chunk(3, 2);
        const double general = errorOf(attention(parts[0], parts[1], parts[2], heads));
        QVERIFY(errorOf(packedAttention(qkv, heads)) <= 2 * general + 1e-6 * size);
    }
}

void TestBackbone::benchReportsBothKernels() {
    const test::Folder folder;
    test::writeText(folder / "config.json", kHf);
    const auto report = benchForward(folder.path, {.batch = 4, .pairs = 3, .plainOnly = false});
    QCOMPARE(report.pairs, 3);
    QVERIFY(report.randomWeights);
    QVERIFY(report.plain.samplesPerSecond > 0 && report.matrixGflopPerSecond > 0);
    QVERIFY(!report.hasPacked || report.speedup > 0);
    const auto plain = benchForward(folder.path, {.batch = 1, .pairs = 1, .plainOnly = true});
    QVERIFY(!plain.hasPacked && plain.packed.samplesPerSecond == 0);
    QVERIFY_EXCEPTION_THROWN(benchForward(folder.path, {.batch = 0, .pairs = 1, .plainOnly = true}), Error);
}

LEVI_TEST(TestBackbone)
#include "tst_backbone.moc"
