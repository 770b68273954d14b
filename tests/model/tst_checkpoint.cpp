// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/backbone.h"
#include "core/engine/model/config_reader.h"
#include "core/engine/model/peft_format.h"
#include "tests/model/broken_files.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include <limits>

#include <sys/stat.h>

using namespace levi;

// Configurations and weights that cannot be used are refused with every reason; preprocessing is read as its writers
// mean it.
class TestCheckpoint : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesConfig_data();
    void refusesConfig();
    void listsAllConfigProblems();
    void readsTimmName_data();
    void readsTimmName();
    void listsMissingUnexpectedAndMisshapen();
    void readsPrefixesHeadsAndHalfPrecision();
    void refusesWeightsInOtherForms();
    void refusesPipes_data();
    void refusesPipes();
    void namesWeightsThatAreNotFinite_data();
    void namesWeightsThatAreNotFinite();
    void namesPartsOfAnAdapterThatAreNotFinite();
    void readsRecipe_data();
    void readsRecipe();
    void knowsThePublishedVit();
};

namespace {

constexpr const char* kTiny = R"({"model_type":"vit","hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,
    "intermediate_size":16,"patch_size":4,"image_size":8})";

std::string with(const char* field, const char* value) {
    auto config = nlohmann::json::parse(kTiny);
    config[field] = nlohmann::json::parse(value);
    return config.dump();
}

BackboneInfo inspected(std::string_view config, std::string_view preprocessor = {}) {
    const test::Folder folder;
    test::writeText(folder / "config.json", config);
    if (!preprocessor.empty()) test::writeText(folder / "preprocessor_config.json", preprocessor);
    return inspectBackbone(folder.path, {.imageSize = {}, .randomSeed = 1});
}

QString text(const std::vector<std::string>& lines) {
    QString all;
    for (const auto& line : lines)
        all += QString::fromStdString(line) + QLatin1Char('\n');
    return all;
}

// Weights that fit kTiny, all zero.
std::vector<NamedTensor> tinyWeights() {
    const test::Folder folder;
    test::writeText(folder / "config.json", kTiny);
    return openBackbone(folder.path, {.imageSize = {}, .randomSeed = 1})->copyOfParameters();
}

BackboneInfo inspectedWeights(const std::vector<NamedTensor>& weights) {
    const test::Folder folder;
    test::writeText(folder / "config.json", kTiny);
    writeSafetensors(folder / "model.safetensors", weights);
    return inspectBackbone(folder.path);
}

} // namespace

void TestCheckpoint::refusesConfig_data() {
    QTest::addColumn<std::string>("config");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, std::string config, const char* says) {
        QTest::newRow(name) << std::move(config) << QString::fromUtf8(says);
    };
    row("not JSON", "{", "not valid JSON");
    row("a list", "[]", "expected an object");
    row("deep", R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}", "nested deeper");
    row("another family", R"({"model_type":"mamba"})", "'mamba', known are vit, deit");
    row("no family", "{}", "'unnamed'");
    row("negative depth", with("num_hidden_layers", "-1"),
        "num_hidden_layers: found -1, expected a whole number from 1 to 256");
    row("no depth", with("num_hidden_layers", "0"), "num_hidden_layers: found 0");
    row("absurd depth", with("num_hidden_layers", "1000000000"), "num_hidden_layers: found 1000000000");
    row("depth beyond 64 bits", with("num_hidden_layers", "18446744073709551617"), "num_hidden_layers");
    row("depth is a text", with("num_hidden_layers", "\"12\""), "num_hidden_layers: found \"12\"");
    row("depth is a fraction", with("num_hidden_layers", "1.5"), "num_hidden_layers: found 1.5");
    row("absurd width", with("hidden_size", "99999999"), "hidden_size: found 99999999");
    row("absurd MLP", with("intermediate_size", "9000000000000000000"), "intermediate_size");
    row("heads do not divide", with("num_attention_heads", "3"),
        "config.json: hidden_size: found 8, expected a multiple of the 3 heads");
    row("heads do not divide, timm",
        R"({"architecture":"vit_tiny_patch16_224","model_args":{"embed_dim":32,"num_heads":7}})",
        "config.json: model_args: embed_dim: found 32, expected a multiple of the 7 heads");
    row("heads do not divide, by timm's name", R"({"architecture":"vit_tiny_patch16_224","num_attention_heads":7})",
        "config.json: width of the architecture: found 192, expected a multiple of the 7 heads");
    row("no heads", with("num_attention_heads", "0"), "num_attention_heads: found 0");
    row("patch larger than picture", with("patch_size", "16"), "multiples of the patch size 16");
    row("patch does not divide", with("image_size", "9"),
        "image_size: found 9x9, expected multiples of the patch size 4");
    row("patch does not divide, timm",
        R"({"architecture":"vit_tiny_patch16_224","pretrained_cfg":{"input_size":[3,30,30]}})",
        "pretrained_cfg: input_size: found 30x30, expected multiples of the patch size 16");
    row("absurd picture", with("image_size", "1000000"), "image_size: found 1000000");
    row("too many patches", with("image_size", "8192"), "patches, expected at most 65536");
    row("too many parameters",
        R"({"model_type":"vit","hidden_size":16384,"num_hidden_layers":256,"num_attention_heads":2,"intermediate_size":131072})",
        "parameters, expected at most");
    row("grey pictures", with("num_channels", "1"), "num_channels: found 1");
    row("another activation", with("hidden_act", "\"gelu_new\""), "hidden_act: found 'gelu_new'");
    row("epsilon of zero", with("layer_norm_eps", "0"), "layer_norm_eps: found 0");
    row("negative epsilon", with("layer_norm_eps", "-1e-6"), "layer_norm_eps");
    row("bias is a number", with("qkv_bias", "1"), "qkv_bias: found 1, expected true or false");
    row("unknown timm network", R"({"architecture":"vit_base_patch16_clip_224"})", "depth: found nothing");
    row("timm registers", R"({"architecture":"vit_base_patch16_224","model_args":{"reg_tokens":4}})",
        "reg_tokens: found 4");
    row("timm pre-norm", R"({"architecture":"vit_base_patch16_224","model_args":{"pre_norm":true}})",
        "pre_norm: found true");
    row("timm average pool", R"({"architecture":"vit_base_patch16_224","model_args":{"global_pool":"avg"}})",
        "global_pool: found 'avg'");
    row("timm unknown argument", R"({"architecture":"vit_base_patch16_224","model_args":{"magic":1}})", "magic");
    row("timm no class token", R"({"architecture":"vit_base_patch16_224","model_args":{"class_token":false}})",
        "class_token");
}

void TestCheckpoint::refusesConfig() {
    QFETCH(std::string, config);
    QFETCH(QString, says);
    const auto info = inspected(config);
    QVERIFY(!info.usable());
    QVERIFY2(text(info.problems).contains(says), qPrintable(text(info.problems)));
}

void TestCheckpoint::listsAllConfigProblems() {
    const auto info = inspected(R"({"model_type":"vit","hidden_size":-1,"num_hidden_layers":"x","patch_size":0})");
    QCOMPARE(info.problems.size(), std::size_t{3});
    QCOMPARE(info.family, std::string("vit"));
}

void TestCheckpoint::readsTimmName_data() {
    QTest::addColumn<std::string>("name");
    QTest::addColumn<QList<qint64>>("expected"); // depth, width, heads, patch, image, prefix
    QTest::newRow("tiny") << std::string("vit_tiny_patch16_224") << QList<qint64>{12, 192, 3, 16, 224, 1};
    QTest::newRow("tag") << std::string("vit_base_patch32_384.augreg_in21k") << QList<qint64>{12, 768, 12, 32, 384, 1};
    QTest::newRow("large") << std::string("vit_large_patch16_224") << QList<qint64>{24, 1024, 16, 16, 224, 1};
    QTest::newRow("huge") << std::string("vit_huge_patch14_224") << QList<qint64>{32, 1280, 16, 14, 224, 1};
    QTest::newRow("deit") << std::string("deit_small_patch16_224") << QList<qint64>{12, 384, 6, 16, 224, 1};
    QTest::newRow("distilled") << std::string("deit_base_distilled_patch16_384")
                               << QList<qint64>{12, 768, 12, 16, 384, 2};
}

void TestCheckpoint::readsTimmName() {
    QFETCH(std::string, name);
    QFETCH(QList<qint64>, expected);
    const auto info = inspected(nlohmann::json{{"architecture", name}}.dump());
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    const QList<qint64> found = {info.depth,     info.width,       info.heads,
                                 info.patchSize, info.imageHeight, info.prefixTokens};
    QCOMPARE(found, expected);
}

void TestCheckpoint::listsMissingUnexpectedAndMisshapen() {
    auto weights = tinyWeights();
    QVERIFY(inspectedWeights(weights).usable());
    std::erase_if(weights, [](const NamedTensor& w) { return w.name == "layernorm.bias"; });
    for (auto& weight : weights) {
        if (weight.name == "encoder.layer.0.output.dense.weight") weight.tensor = at::zeros({8, 17});
        if (weight.name == "encoder.layer.0.output.dense.bias") weight.tensor = weight.tensor.to(at::kLong);
    }
    weights.push_back({"encoder.layer.1.output.dense.bias", at::zeros({8})});
    weights.push_back({"reg_token", at::zeros({1, 4, 8})});
    const auto info = inspectedWeights(weights);
    const auto problems = text(info.problems);
    QCOMPARE(info.problems.size(), std::size_t{4});
    QVERIFY2(problems.contains("1 missing: layernorm.bias [8]"), qPrintable(problems));
    QVERIFY2(problems.contains("2 unexpected: "), qPrintable(problems));
    QVERIFY2(problems.contains("encoder.layer.1.output.dense.bias") && problems.contains("reg_token"),
             qPrintable(problems));
    QVERIFY2(problems.contains("output.dense.weight: found shape [8, 17], config.json asks for [8, 16]"),
             qPrintable(problems));
    QVERIFY2(problems.contains("output.dense.bias: found dtype I64"), qPrintable(problems));
}

void TestCheckpoint::readsPrefixesHeadsAndHalfPrecision() {
    auto weights = tinyWeights();
    for (auto& weight : weights)
        weight = {"vit." + weight.name, weight.tensor.to(at::kHalf)};
    weights.push_back({"vit.embeddings.mask_token", at::zeros({1, 1, 8})});
    weights.push_back({"classifier.weight", at::zeros({5, 8})});
    weights.push_back({"classifier.bias", at::zeros({5})});
    const auto info = inspectedWeights(weights);
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    QCOMPARE(info.classes, std::int64_t{5});
    QVERIFY(!info.weightsFingerprint.empty());
    QVERIFY2(text(info.notes).contains("not read: vit.embeddings.mask_token"), qPrintable(text(info.notes)));
    QVERIFY2(text(info.notes).contains("classifier"), qPrintable(text(info.notes)));
    weights.back().tensor = at::zeros({4});
    QVERIFY(text(inspectedWeights(weights).problems).contains("classifier.bias: found shape [4]"));
}

void TestCheckpoint::refusesWeightsInOtherForms() {
    const auto problems = [](const char* file) {
        const test::Folder folder;
        test::writeText(folder / "config.json", kTiny);
        test::writeText(folder / file, "x");
        return text(inspectBackbone(folder.path).problems);
    };
    QVERIFY(problems("pytorch_model.bin").contains("pickle"));
    QVERIFY(problems("model.safetensors.index.json").contains("is not valid JSON"));
    QVERIFY(problems("readme.txt").contains("has no model.safetensors"));
    QVERIFY(text(inspectBackbone("/nonexistent").problems).contains("expected a folder"));
}

void TestCheckpoint::refusesPipes_data() {
    QTest::addColumn<QString>("pipe");
    QTest::newRow("configuration") << "config.json";
    QTest::newRow("weights") << "model.safetensors";
    QTest::newRow("index of weights") << "model.safetensors.index.json";
    QTest::newRow("preprocessing") << "preprocessor_config.json";
}

void TestCheckpoint::refusesPipes() {
    QFETCH(QString, pipe);
    const test::Folder folder;
    test::writeText(folder / "config.json", kTiny);
    const auto file = folder.path / pipe.toStdString();
    std::filesystem::remove(file);
    QCOMPARE(::mkfifo(file.c_str(), 0600), 0);
    const auto problems = text(inspectBackbone(folder.path).problems);
    QVERIFY2(problems.contains(pipe + QStringLiteral(": expected a regular file")), qPrintable(problems));
}

void TestCheckpoint::namesWeightsThatAreNotFinite_data() {
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<bool>("isHead");
    QTest::newRow("in a block") << "encoder.layer.0.output.dense.bias" << false;
    QTest::newRow("in a head, which is not trained") << "classifier.bias" << true;
}

void TestCheckpoint::namesWeightsThatAreNotFinite() {
    QFETCH(QString, tensor);
    QFETCH(bool, isHead);
    auto weights = tinyWeights();
    weights.push_back({"classifier.weight", at::zeros({5, 8})});
    weights.push_back({"classifier.bias", at::zeros({5})});
    for (auto& weight : weights)
        if (weight.name == tensor.toStdString()) weight.tensor[3].fill_(std::numeric_limits<float>::quiet_NaN());
    const test::Folder folder;
    test::writeText(folder / "config.json", kTiny);
    writeSafetensors(folder / "model.safetensors", weights);
    const auto info = inspectBackbone(folder.path);
    QCOMPARE(info.usable(), isHead);
    if (isHead) return;
    const auto problems = text(info.problems);
    QVERIFY2(problems.contains("1 of the tensors hold values that are not finite") && problems.contains(tensor),
             qPrintable(problems));
    QVERIFY_EXCEPTION_THROWN(openBackbone(folder.path), Error);
}

void TestCheckpoint::namesPartsOfAnAdapterThatAreNotFinite() {
    const test::Folder folder;
    test::writeText(folder / "config.json", kTiny);
    writeSafetensors(folder / "model.safetensors", tinyWeights());
    const auto info = inspectBackbone(folder.path);
    LoraConfig config;
    config.targets.items = {"query"};
    PeftAdapter adapter{.config = config, .parts = newLowRankParts(config, info, Initializer(1))};
    adapter.parts[0].a.fill_(std::numeric_limits<float>::quiet_NaN());
    writePeftAdapter(folder / "adapter", adapter, info.names);
    const auto problems = text(inspectBackbone(folder.path, {.adapter = folder / "adapter"}).problems);
    QVERIFY2(problems.contains("lora_A.weight: holds values that are not finite"), qPrintable(problems));
}

void TestCheckpoint::readsRecipe_data() {
    QTest::addColumn<std::string>("config");
    QTest::addColumn<std::string>("preprocessor");
    QTest::addColumn<QString>("expected"); // resize, interpolation, crop, first mean
    const std::string vit = R"({"model_type":"vit"})", deit = R"({"model_type":"deit"})";
    const auto row = [](const char* name, const std::string& config, const char* preprocessor, const char* expected) {
        QTest::newRow(name) << config << std::string(preprocessor) << QString::fromUtf8(expected);
    };
    row("nothing said, ViT", vit, "", "exact 224x224 bilinear crop 0x0 mean 0.5");
    row("nothing said, DeiT", deit, "", "shortest 256x256 bicubic crop 224x224 mean 0.485");
    row("old ViT", vit, R"({"size":224,"resample":2,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]})",
        "exact 224x224 bilinear crop 0x0 mean 0.5");
    row("new ViT", vit, R"({"size":{"height":224,"width":224},"resample":3,"image_mean":[0.1,0.5,0.5]})",
        "exact 224x224 bicubic crop 0x0 mean 0.1");
    row("old DeiT", deit, R"({"size":256,"crop_size":224,"do_center_crop":true,"resample":3})",
        "exact 256x256 bicubic crop 224x224 mean 0.485");
    row("shortest edge", vit,
        R"({"size":{"shortest_edge":256},"do_center_crop":true,"crop_size":{"height":224,"width":224}})",
        "shortest 256x256 bilinear crop 224x224 mean 0.5");
    row("no normalising", vit, R"({"do_normalize":false})", "exact 224x224 bilinear crop 0x0 mean 0");
    row("another size is bent", vit, R"({"size":256})", "exact 224x224 bilinear crop 0x0 mean 0.5");
    row("timm, nothing said", R"({"architecture":"vit_tiny_patch16_224"})", "",
        "shortest 248x248 bicubic crop 224x224 mean 0.5");
    row("timm crop_pct",
        R"({"architecture":"deit_tiny_patch16_224","pretrained_cfg":{"crop_pct":0.875,"interpolation":"bilinear","mean":[0.485,0.456,0.406]}})",
        "", "shortest 256x256 bilinear crop 224x224 mean 0.485");
    row("timm larger input",
        R"({"architecture":"vit_base_patch16_384","pretrained_cfg":{"input_size":[3,384,384],"crop_pct":1.0}})", "",
        "shortest 384x384 bicubic crop 384x384 mean 0.5");
    row("Lanczos", vit, R"({"resample":1})", "refused resample: found 1");
    row("other rescaling", vit, R"({"rescale_factor":1})", "refused rescale_factor");
    row("std of zero", vit, R"({"image_std":[0,1,1]})", "refused image_std");
    row("two means", vit, R"({"image_mean":[0,1]})", "refused image_mean");
    row("negative size", vit, R"({"size":-5})", "refused size: found -5");
}

void TestCheckpoint::readsRecipe() {
    QFETCH(std::string, config);
    QFETCH(std::string, preprocessor);
    QFETCH(QString, expected);
    const auto info = inspected(config, preprocessor);
    if (expected.startsWith(QLatin1String("refused "))) {
        QVERIFY2(text(info.problems).contains(expected.mid(8)), qPrintable(text(info.problems)));
        return;
    }
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    const auto& recipe = info.preprocess;
    const auto found = fmt::format("{} {}x{} {} crop {}x{} mean {}",
                                   recipe.resize == PreprocessRecipe::Resize::Exact ? "exact" : "shortest",
                                   recipe.resizeWidth, recipe.resizeHeight, interpolationName(recipe.interpolation),
                                   recipe.cropWidth, recipe.cropHeight, recipe.mean[0]);
    QCOMPARE(QString::fromStdString(found), expected);
}

void TestCheckpoint::knowsThePublishedVit() {
    const auto folder = test::realData("models/vit_tiny_patch16_224");
    LEVI_NEEDS(folder);
    const auto info = inspectBackbone(folder);
    QVERIFY2(info.usable(), qPrintable(text(info.problems)));
    QCOMPARE(info.depth, std::int64_t{12});
    QCOMPARE(info.parameters, std::int64_t{5717416 - 192 * 1000 - 1000}); // without the head
    QCOMPARE(info.classes, std::int64_t{1000});
    QCOMPARE(info.preprocess.resizeWidth, std::int64_t{248});
    QVERIFY(info.preprocess.resize == PreprocessRecipe::Resize::ShortestSide);
    QCOMPARE(info.preprocess.cropHeight, std::int64_t{224});
    QCOMPARE(info.preprocess.std[2], 0.5);
}

LEVI_TEST(TestCheckpoint)
#include "tst_checkpoint.moc"
