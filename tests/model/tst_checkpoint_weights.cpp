// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/checkpoint_weights.h"
#include "tests/model/text_backbones.h"
#include "tests/support/test_main.h"

#include <ATen/ops/equal.h>
#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

using namespace levi;
using namespace levi::test;

namespace {

using Json = nlohmann::json;

// The weights of a tiny BERT in two files, and what the index says of them.
struct Sharded {
    Folder folder;
    std::vector<NamedTensor> weights = openRandom(tinyTextConfigs()[0].second)->copyOfParameters();
    Json index = {{"metadata", {{"total_size", 1}, {"written_by", "somebody"}}}, {"weight_map", Json::object()}};

    Sharded() {
        writeText(folder / "config.json", tinyTextConfigs()[0].second);
        const auto middle = weights.begin() + 10;
        writeShard("model-00001-of-00002.safetensors", {weights.begin(), middle});
        writeShard("model_2.safetensors", {middle, weights.end()});
        writeIndex();
    }
    void writeShard(const char* name, const std::vector<NamedTensor>& tensors) {
        writeSafetensors(folder / name, tensors);
        for (const auto& [tensor, value] : tensors)
            index["weight_map"][tensor] = name;
    }
    void writeIndex() const { writeText(folder / "model.safetensors.index.json", index.dump()); }
};

} // namespace

// Sharded checkpoints: the index and the files have to agree in every tensor.
class TestCheckpointWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void shardsEqualOneFile() {
        const Sharded sharded;
        const Folder whole;
        writeText(whole / "config.json", tinyTextConfigs()[0].second);
        writeSafetensors(whole / "model.safetensors", sharded.weights);
        const c10::NoGradGuard noGrad;
        const auto last = [](const std::filesystem::path& folder) {
            return openBackbone(folder)->forward({.values = someTokens(2, 9)}).last;
        };
        QVERIFY(at::equal(last(sharded.folder.path), last(whole.path)));
        QVERIFY(!inspectBackbone(sharded.folder.path).weightsFingerprint.empty());
    }

    void theFingerprintCoversAllShards() {
        Sharded a, b;
        const auto of = [](const Sharded& s) { return inspectBackbone(s.folder.path).weightsFingerprint; };
        QCOMPARE(of(a), of(b));
        std::vector<NamedTensor> last(b.weights.begin() + 10, b.weights.end());
        last.back().tensor = last.back().tensor + 1;
        b.writeShard("model_2.safetensors", last);
        QVERIFY(of(a) != of(b));
    }

    void oneFileGoesFirst() {
        const Sharded sharded;
        writeSafetensors(sharded.folder / "model.safetensors", sharded.weights);
        writeText(sharded.folder / "model.safetensors.index.json", "{");
        QVERIFY(inspectBackbone(sharded.folder.path).usable());
    }

    void refuses_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value"); // JSON
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* pointer, const char* value, const char* says) {
            QTest::newRow(name) << QString::fromLatin1(pointer) << QString::fromLatin1(value)
                                << QString::fromLatin1(says);
        };
        const char* const tensor = "/weight_map/embeddings.LayerNorm.bias";
        row("no map", "/weight_map", "null", "weight_map: found nothing in it, expected an object");
        row("map of another type", "/weight_map", "[1]", "weight_map: found array");
        row("empty map", "/weight_map", "{}", "weight_map: found nothing in it");
        row("file as a number", tensor, "1", "embeddings.LayerNorm.bias: found 1, expected the name of a .safetensors");
        row("file elsewhere", tensor, R"("../model.safetensors")",
            "expected the name of a .safetensors file beside it");
        row("absolute file", tensor, R"("/etc/x.safetensors")", "expected the name of a .safetensors file beside it");
        row("hidden file", tensor, R"(".x.safetensors")", "expected the name of a .safetensors file beside it");
        row("other kind of file", tensor, R"("pytorch_model.bin")", "expected the name of a .safetensors file");
        row("absent file", tensor, R"("x.safetensors")", "names x.safetensors, which is not there");
        row("tensor in another file", tensor, R"("model_2.safetensors")", "which the index says to be in model_2");
        row("tensor that is nowhere", "/weight_map/ghost", R"("model_2.safetensors")",
            "says that ghost is in model_2.safetensors, which does not hold it");
    }

    void refuses() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, says);
        Sharded sharded;
        sharded.index[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        sharded.writeIndex();
        const auto info = inspectBackbone(sharded.folder.path);
        const QString message = info.usable() ? QString() : QString::fromStdString(info.problems.front());
        QVERIFY2(message.contains(says) && message.contains("model.safetensors.index.json"), qPrintable(message));
    }

    void refusesTensorsThatTheIndexLeavesOut() {
        Sharded sharded;
        sharded.index["weight_map"].erase("embeddings.LayerNorm.bias");
        sharded.writeIndex();
        const auto info = inspectBackbone(sharded.folder.path);
        QVERIFY(!info.usable());
        QVERIFY(QString::fromStdString(info.problems.front()).contains("which the index says to be in no file"));
    }

    void refusesATensorNamedTwice() {
        const Sharded sharded;
        writeText(sharded.folder / "model.safetensors.index.json",
                  R"({"weight_map":{"a":"model_2.safetensors","a":"model_2.safetensors"}})");
        QVERIFY(QString::fromStdString(inspectBackbone(sharded.folder.path).problems.front()).contains("twice"));
    }
};

LEVI_TEST(TestCheckpointWeights)
#include "tst_checkpoint_weights.moc"
