// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/model/backbone.h"
#include "core/engine/model/golden.h"
#include "core/engine/model/peft_format.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_vit.h"

#include <ATen/ops/equal.h>
#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <QTemporaryDir>

using namespace levi;

namespace {

const std::filesystem::path kAdapter = test::golden("lora/vit-1"), kBase = test::golden("backbones/vit-1");

struct Tiny {
    QTemporaryDir dir;
    std::filesystem::path root = dir.path().toStdString();
    std::unique_ptr<Backbone> backbone = openBackbone(test::writeTinyVit(root / "vit"));
    at::Tensor pixels = Initializer(5).draw("pixels", {3, 3, 16, 16}, 2);

    at::Tensor features(Kernels kernels = Kernels::Plain, const StepDraws* draws = nullptr) const {
        const c10::NoGradGuard noGrad;
        backbone->setKernels(kernels);
        return backbone->pooledFeatures({.values = pixels, .draws = draws});
    }

    // With values of their own in B, so that the parts change something.
    std::vector<LowRankPart> parts(const LoraConfig& config) const {
        auto all = newLowRankParts(config, backbone->info(), Initializer(3));
        for (LowRankPart& part : all)
            part.b = Initializer(4).draw(part.module, part.b.sizes(), 0.5);
        return all;
    }
};

LoraConfig queriesAndValues() {
    LoraConfig config;
    config.rank = 3;
    config.alpha = 6;
    config.targets.items = {"query", "value"};
    return config;
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
    return a.sub(b).abs().max().item<double>();
}

std::string messageOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

// The golden adapter with other fields in its configuration; null removes a field.
std::filesystem::path changedAdapter(const std::filesystem::path& folder, const nlohmann::json& changes) {
    std::filesystem::create_directories(folder);
    for (const char* name : {"adapter_model.safetensors", "io.safetensors"})
        std::filesystem::copy_file(kAdapter / name, folder / name, std::filesystem::copy_options::overwrite_existing);
    auto config = nlohmann::json::parse(readFile(kAdapter / "adapter_config.json"));
    config.merge_patch(changes);
    writeFileAtomically(folder / "adapter_config.json", config.dump());
    return folder;
}

} // namespace

class TestLora : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNewPartChangesNothing() {
        const Tiny f;
        const auto before = f.features();
        f.backbone->addLowRank(newLowRankParts(queriesAndValues(), f.backbone->info(), Initializer(3)));
        QVERIFY(at::equal(before, f.features()));
        QCOMPARE(f.backbone->parameters().size(), std::size_t{4 + 2 * 16 + 2 + 2 * 2 * 2});
    }

    void mergedEqualsUnmerged_data() {
        QTest::addColumn<bool>("stabilized");
        QTest::newRow("alpha / r") << false;
        QTest::newRow("alpha / sqrt(r)") << true;
    }
    void mergedEqualsUnmerged() {
        QFETCH(bool, stabilized);
        const Tiny f;
        const auto before = f.features();
        auto config = queriesAndValues();
        config.targets.items = {"query", "output.dense", "intermediate.dense"};
        config.rankStabilized = stabilized;
        f.backbone->addLowRank(f.parts(config));
        const auto apart = f.features(), packed = f.features(Kernels::Packed);
        f.backbone->mergeLowRank();
        const auto merged = f.features();
        QVERIFY(largestDifference(before, apart) > 1e-2);
        QVERIFY(largestDifference(apart, merged) < 1e-5);
        QVERIFY(largestDifference(packed, merged) < 1e-5);
        QCOMPARE(f.backbone->parameters().size(), std::size_t{4 + 2 * 16 + 2});
    }

    void scalesAsAsked_data() {
        QTest::addColumn<bool>("stabilized");
        QTest::addColumn<double>("scale"); // alpha 6, rank 3; of the value of block 1 alpha 8, rank 4
        QTest::addColumn<double>("scaleOfPattern");
        QTest::newRow("alpha / r") << false << 2.0 << 2.0;
        QTest::newRow("alpha / sqrt(r)") << true << 6 / std::sqrt(3.0) << 4.0;
    }

    void scalesAsAsked() {
        QFETCH(bool, stabilized);
        QFETCH(double, scale);
        QFETCH(double, scaleOfPattern);
        const Tiny f;
        auto config = queriesAndValues();
        config.rankStabilized = stabilized;
        config.rankPattern = {{"layer\\.1\\..*value", 4}};
        config.alphaPattern = {{"1.attention.attention.value", 8}};
        for (const LoraTarget& target : loraTargets(config, f.backbone->info())) {
            const bool special = target.module.name == "encoder.layer.1.attention.attention.value";
            QCOMPARE(target.rank, special ? std::int64_t{4} : std::int64_t{3});
            QCOMPARE(target.scale, special ? scaleOfPattern : scale);
        }
    }

    void findsTargets_data() {
        QTest::addColumn<QStringList>("items");
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<int>("found");
        QTest::newRow("ends of names") << QStringList{"query", "value"} << "" << 4;
        QTest::newRow("longer ends") << QStringList{"attention.output.dense"} << "" << 2;
        QTest::newRow("two layers of one end") << QStringList{"output.dense"} << "" << 4;
        QTest::newRow("a whole name") << QStringList{"encoder.layer.0.output.dense"} << "" << 1;
        QTest::newRow("a pattern") << QStringList{} << ".*layer\\.1\\..*(query|key)" << 2;
        QTest::newRow("all") << QStringList{} << "all-linear" << 12;
        QTest::newRow("not the end of a word") << QStringList{"uery"} << "" << 0;
        QTest::newRow("one of two is none") << QStringList{"query", "q_proj"} << "" << 0;
        QTest::newRow("no linear layer") << QStringList{"layernorm_before"} << "" << 0;
        QTest::newRow("a pattern of a part") << QStringList{} << "query" << 0;
        QTest::newRow("nothing") << QStringList{} << "" << 0;
    }

    void findsTargets() {
        QFETCH(QStringList, items);
        QFETCH(QString, pattern);
        QFETCH(int, found);
        const Tiny f;
        LoraConfig config;
        for (const QString& item : items)
            config.targets.items.push_back(item.toStdString());
        config.targets.pattern = pattern.toStdString();
        std::size_t count = 0;
        const auto message = messageOf([&] { count = loraTargets(config, f.backbone->info()).size(); });
        QCOMPARE(static_cast<int>(count), found);
        QCOMPARE(message.empty(), found > 0);
        if (found == 0) // what there is
            QVERIFY2(contains(message, "encoder.layer.N.attention.attention.query"), message.c_str());
    }

    void leavesOutWhatIsExcluded() {
        const Tiny f;
        auto config = queriesAndValues();
        config.blocks = {1};
        config.exclude.items = {"value"};
        const auto targets = loraTargets(config, f.backbone->info());
        QCOMPARE(targets.size(), std::size_t{1});
        QCOMPARE(targets[0].module.name, std::string("encoder.layer.1.attention.attention.query"));
    }

    void hidesOnlyInSteps() {
        const Tiny f;
        auto config = queriesAndValues();
        f.backbone->addLowRank(f.parts(config));
        const auto without = f.features();
        f.backbone->mergeLowRank();
        const auto merged = f.features();
        QVERIFY(largestDifference(without, merged) < 1e-5);

        const Tiny g;
        config.dropout = 0.5;
        g.backbone->addLowRank(g.parts(config));
        g.backbone->setTrainable([](const ParameterPlace& place) { return place.isLowRank; });
        const StepDraws one{.seed = 1, .step = 1}, two{.seed = 1, .step = 2};
        QVERIFY(at::equal(g.features(), without));
        QVERIFY(at::equal(g.features(Kernels::Plain, &one), g.features(Kernels::Plain, &one)));
        QVERIFY(!at::equal(g.features(Kernels::Plain, &one), g.features(Kernels::Plain, &two)));
    }

    void theFingerprintFollows() {
        const Tiny f, g;
        const auto published = f.backbone->info().weightsFingerprint;
        f.backbone->addLowRank(f.parts(queriesAndValues()));
        const auto adapted = f.backbone->info().weightsFingerprint;
        QVERIFY(adapted != published);
        auto other = queriesAndValues();
        other.rank = 4;
        g.backbone->addLowRank(g.parts(other));
        QVERIFY(g.backbone->info().weightsFingerprint != adapted);
    }

    void refusesPartsThatDoNotFit() {
        const Tiny f;
        auto parts = f.parts(queriesAndValues());
        parts[0].b = parts[0].b.slice(0, 0, 5);
        QVERIFY(contains(messageOf([&] { f.backbone->addLowRank(parts); }), "[5, 3]"));
        parts[0].module = "encoder.layer.0.layernorm_before";
        QVERIFY(contains(messageOf([&] { f.backbone->addLowRank(parts); }), "no linear layer"));
    }

    void equalsReference() {
        LEVI_NEEDS(kAdapter);
        const auto report = runGolden(kAdapter, {.base = kBase});
        QCOMPARE(report.tensors.size(), std::size_t{3 * 6 + 2}); // packed, plain, merged; gradients of A and B
        for (const GoldenTensor& tensor : report.tensors)
            QVERIFY2(tensor.passed(), fmt::format("{} {} {}", tensor.name, tensor.path, tensor.ratio()).c_str());
    }

    void aWrongScaleIsSeen() {
        LEVI_NEEDS(kAdapter);
        const QTemporaryDir dir;
        const auto folder = changedAdapter(dir.path().toStdString(), {{"use_rslora", true}});
        QVERIFY(!runGolden(folder, {.base = kBase}).passed());
        QVERIFY(contains(messageOf([&] { runGolden(folder); }), "--base"));
    }

    void namesTheFamilyThatIsMissing() {
        const QTemporaryDir dir;
        const std::filesystem::path base = dir.path().toStdString();
        writeFileAtomically(base / "config.json", R"({"model_type": "mamba"})");
        const auto message = messageOf([&] { runGolden(kAdapter, {.base = base}); });
        QVERIFY2(contains(message, "'mamba'"), message.c_str());
    }

    void refusesOtherVariantsByName_data() {
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* changes, const char* says) {
            QTest::newRow(changes) << QByteArray(changes) << QByteArray(says);
        };
        row(R"({"use_dora": true})", "DoRA");
        row(R"({"lora_bias": true})", "lora_bias");
        row(R"({"use_qalora": true})", "QALoRA");
        row(R"({"fan_in_fan_out": true})", "transposed");
        row(R"({"bias": "lora_only"})", "biases");
        row(R"({"peft_type": "IA3"})", "IA3");
        row(R"({"init_lora_weights": "pissa"})", "pissa");
        row(R"({"layer_replication": [[0, 2]]})", "replicated");
        row(R"({"loftq_config": {"loftq_bits": 4}})", "LoftQ");
        row(R"({"some_new_variant": 3})", "some_new_variant");
        row(R"({"r": 0})", "r: found 0");
        row(R"({"r": 5})", "[4, 32]");
        row(R"({"lora_alpha": "much"})", "lora_alpha");
        row(R"({"use_rslora": 1})", "use_rslora");
        row(R"({"target_modules": null})", "target_modules");
        row(R"({"target_modules": ["query", "key", "value"]})", "no weights for encoder.layer.0");
        row(R"({"target_modules": ["query"]})", "value: is no target");
        row(R"({"target_modules": "*query"})", "target_modules");
        row(R"({"rank_pattern": {"query": -1}})", "rank_pattern");
    }

    void refusesOtherVariantsByName() {
        LEVI_NEEDS(kAdapter);
        QFETCH(QByteArray, changes);
        QFETCH(QByteArray, says);
        const QTemporaryDir dir;
        const auto folder = changedAdapter(dir.path().toStdString(), nlohmann::json::parse(changes.toStdString()));
        const auto message = messageOf([&] { readPeftAdapter(folder, inspectBackbone(kBase)); });
        QVERIFY2(contains(message, says.constData()), message.c_str());
    }

    void writesWhatItReads() {
        LEVI_NEEDS(kAdapter);
        const QTemporaryDir dir;
        const std::filesystem::path copy = dir.path().toStdString();
        const auto info = inspectBackbone(kBase);
        const auto read = readPeftAdapter(kAdapter, info);
        writePeftAdapter(copy, read, info.names);
        QVERIFY(readFile(copy / "adapter_model.safetensors") == readFile(kAdapter / "adapter_model.safetensors"));
        auto ours = nlohmann::json::parse(readFile(copy / "adapter_config.json"));
        auto theirs = nlohmann::json::parse(readFile(kAdapter / "adapter_config.json"));
        theirs["auto_mapping"] = nullptr; // a class of Python
        QCOMPARE(ours.dump(2), theirs.dump(2));
        QVERIFY(readFile(copy / "adapter_config.json") == ours.dump(2)); // indented by two, in order of keys
    }

    // A network with a head of its own has a prefix before the same names, and its head travels with the adapter.
    void readsOtherPrefixes() {
        LEVI_NEEDS(kAdapter);
        const QTemporaryDir dir;
        const std::filesystem::path wrapped = dir.path().toStdString();
        const auto info = inspectBackbone(kBase);
        auto adapter = readPeftAdapter(kAdapter, info);
        adapter.saved = {{"classifier.weight", Initializer(1).draw("head", {3, 32}, 1)}};
        writePeftAdapter(wrapped, adapter, info.names);
        const Safetensors file(wrapped / "adapter_model.safetensors");
        QVERIFY(file.find("base_model.model.vit.encoder.layer.0.attention.attention.query.lora_A.weight"));
        QVERIFY(nlohmann::json::parse(readFile(wrapped / "adapter_config.json"))["modules_to_save"] ==
                nlohmann::json({"classifier"}));
        const auto read = readPeftAdapter(wrapped, info);
        QCOMPARE(read.parts.size(), std::size_t{6});
        QCOMPARE(read.parts[0].module, adapter.parts[0].module);
        const auto backbone = openBackbone(kBase);
        QCOMPARE(adapt(*backbone, read), std::vector<std::string>{"classifier.weight"}); // this base has no such head
    }

    // What an adapter saves of the body and the body has not would change its features unseen.
    void savedModulesFitOrAreNamed_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("width");
        QTest::addColumn<QByteArray>("problem");
        QTest::addColumn<QByteArray>("note");
        const auto row = [](const char* title, const char* name, int width, const char* problem, const char* note) {
            QTest::newRow(title) << QByteArray(name) << width << QByteArray(problem) << QByteArray(note);
        };
        row("fits", "vit.layernorm.weight", 16, "", "");
        row("fits, without prefix", "layernorm.weight", 16, "", "");
        row("another shape", "vit.layernorm.weight", 8, "layernorm.weight: the adapter saves [8], expected [16]", "");
        row("of no block", "vit.encoder.layer.9.layernorm_before.weight", 16,
            "layer.9.layernorm_before.weight: the adapter saves it", "");
        row("a buffer", "vit.embeddings.mask_token", 16, "", "mask_token: saved by the adapter and not read");
        row("a head", "classifier.bias", 3, "", "classifier.bias: of a head");
    }

    void savedModulesFitOrAreNamed() {
        QFETCH(QByteArray, name);
        QFETCH(int, width);
        QFETCH(QByteArray, problem);
        QFETCH(QByteArray, note);
        const Tiny f;
        const auto& info = f.backbone->info();
        PeftAdapter adapter{.config = queriesAndValues(),
                            .parts = newLowRankParts(queriesAndValues(), info, Initializer(3))};
        adapter.saved = {{name.toStdString(), Initializer(1).draw("saved", {width}, 1)}};
        writePeftAdapter(f.root / "adapter", adapter, info.names);
        const auto seen = inspectBackbone(f.root / "vit", {.adapter = f.root / "adapter"});
        const auto holds = [](const std::vector<std::string>& sentences, const QByteArray& part) {
            return std::ranges::any_of(sentences, [&](const auto& one) { return contains(one, part.constData()); });
        };
        QCOMPARE(seen.problems.size(), std::size_t{problem.isEmpty() ? 0u : 1u});
        if (!problem.isEmpty()) QVERIFY2(holds(seen.problems, problem), seen.problems.front().c_str());
        if (!note.isEmpty()) QVERIFY(holds(seen.notes, note));
        QCOMPARE(holds(seen.notes, "of a head"), note.contains("of a head"));
    }

    // Three classes where the checkpoint has five: of the adapter's task.
    void aHeadOfOtherClassesFits() {
        const auto base = test::golden("backbones/vit-2"); // ViTForImageClassification
        LEVI_NEEDS(base);
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        const auto info = inspectBackbone(base);
        LoraConfig config;
        config.targets.items = {"query"};
        PeftAdapter adapter{.config = config, .parts = newLowRankParts(config, info, Initializer(1))};
        adapter.saved = {{"classifier.weight", Initializer(1).draw("w", {3, info.width}, 1)},
                         {"classifier.bias", Initializer(1).draw("b", {3}, 1)}};
        writePeftAdapter(folder, adapter, info.names);
        const auto seen = inspectBackbone(base, {.adapter = folder});
        QVERIFY2(seen.usable(), seen.usable() ? "" : seen.problems.front().c_str());
        QVERIFY(openBackbone(base, {.adapter = folder}) != nullptr);
    }

    void theHeadThatTravelsReplacesTheBases() {
        const auto base = test::golden("backbones/vit-2"); // ViTForImageClassification
        LEVI_NEEDS(base);
        const auto backbone = openBackbone(base);
        const auto& info = backbone->info();
        LoraConfig config;
        config.targets.items = {"query"};
        PeftAdapter adapter{.config = config, .parts = newLowRankParts(config, info, Initializer(1))};
        adapter.saved = {{"classifier.weight", Initializer(1).draw("w", {5, info.width}, 1)},
                         {"classifier.bias", Initializer(1).draw("b", {5}, 1)}};
        const QTemporaryDir dir;
        const std::filesystem::path folder = dir.path().toStdString();
        writePeftAdapter(folder, adapter, info.names);
        QVERIFY(adapt(*backbone, readPeftAdapter(folder, info)).empty());
        const c10::NoGradGuard noGrad;
        const auto pixels = Initializer(5).draw("pixels", {2, 3, info.imageHeight, info.imageWidth}, 2);
        const auto hidden = backbone->forward({.values = pixels});
        const auto expected = hidden.last.select(1, 0).matmul(adapter.saved[0].tensor.t()).add(adapter.saved[1].tensor);
        QVERIFY(largestDifference(hidden.heads.at("logits"), expected) < 1e-5);
    }
};

LEVI_TEST(TestLora)
#include "tst_lora.moc"
