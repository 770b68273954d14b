// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/predictions.h"
#include "core/spec/spec_hash.h"
#include "tests/data/files.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_bert.h"

#include <ATen/ops/softmax.h>

#include <QTest>

#include <algorithm>
#include <map>

using namespace levi;
using test::RunFixture;
using test::with;

namespace {

// 160 reviews of two places; the class is a word of the text, the rating what the user gives.
struct TextFixture : RunFixture {
    std::filesystem::path bert = test::writeTinyBert(root / "bert");

    TextFixture() {
        std::string table = "text,y,place,who,what,age,stars\n";
        for (std::uint64_t i = 0; i < 160; ++i)
            table += fmt::format("{},{},{},u{},b{},{},{}\n", test::tinyReview(i, i % 2 == 0), i % 2 ? "bad" : "good",
                                 i % 4 == 3 ? "south" : "north", i % 9, i % 7, 20 + i % 30, 1.0 + double(i % 9) / 2);
        test::writeQuickly(root / "table.csv", table);
    }

    ExperimentSpec textSpec(const std::string& method, const QStringList& settings = {}) const {
        ExperimentSpec s;
        setField(s, "method.kind", method);
        setField(s, "data.kind", "text_table");
        setField(s, "data.table", (root / "table.csv").string());
        for (const char* assignment :
             {"data.text=text", "data.target_column=y", "data.domain=place", "data.ood=south", "train.epochs=2",
              "train.batch_size=16", "backbone_view.max_length=24", "specialist_view.max_length=24",
              "specialist.embedding_width=8", "specialist.output_width=6", "compute.threads=1"})
            setAssignment(s, assignment);
        setField(s, "backbone.path", bert.string());
        return with(s, settings);
    }
};

std::optional<double> figure(const CandidateRecord& candidate, const std::string& role, const std::string& metric) {
    for (const MetricRow& row : candidate.metrics)
        if (row.role == role && row.metric == metric && row.domain.empty()) return row.value;
    return std::nullopt;
}

const QStringList kFields = {"data.categorical=who,what", "data.numeric=age"};

} // namespace

// Runs on texts, from the spec to predictions.
class TestTextRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readersFollowTheData() {
        const TextFixture f;
        const auto spec = f.textSpec("levi");
        QVERIFY(spec.backbone.is("text_encoder") && spec.specialist.is("bag"));
        QVERIFY(spec.backboneView.is("text") && spec.specialistView.is("text"));
        QCOMPARE(QString::fromStdString(problemsText(validate(spec))), QString());
        QVERIFY(f.engine->problems(spec, {}).empty());
    }

    void poolsTokensAsAskedFor_data() {
        QTest::addColumn<QString>("method");
        QTest::newRow("frozen") << QStringLiteral("linear_probe");
        QTest::newRow("every layer") << QStringLiteral("levi");
        QTest::newRow("selected") << QStringLiteral("head2toe");
        QTest::newRow("trained") << QStringLiteral("full_fine_tuning");
    }

    void poolsTokensAsAskedFor() {
        QFETCH(QString, method);
        TextFixture f;
        std::map<std::string, QString> poolOf; // by predictions
        for (const QString pool : {"cls", "mean", "cls+mean", "max", "last"}) {
            const auto spec = f.textSpec(method.toStdString(), {"method.pool=" + pool});
            const auto first = f.run(spec), again = f.run(spec);
            QVERIFY2(first.state == RunState::Done, first.message.c_str());
            QCOMPARE(again.predictionsSha256, first.predictionsSha256);
            QVERIFY2(poolOf.emplace(first.predictionsSha256, pool).second, qPrintable(pool));
        }
    }

    void previewsRowsAsReadersSeeThem() {
        TextFixture f;
        const auto spec = f.textSpec("levi", QStringList{"specialist.kind=table_mlp"} + kFields);
        const auto previews = f.engine->readings(spec, {});
        QCOMPARE(previews.size(), std::size_t{2});
        for (const ReaderPreview& preview : previews) {
            QCOMPARE(preview.rows.size(), std::size_t{3});
            QVERIFY2(preview.rows[0].first == previews[0].rows[0].first, preview.rows[0].first.c_str());
        }
        QCOMPARE(previews[0].reader, std::string("backbone"));
        QVERIFY2(previews[0].rows[0].second.find(" tokens: ") != std::string::npos, previews[0].rows[0].second.c_str());
        QCOMPARE(previews[1].reader, std::string("specialist"));
        QVERIFY2(previews[1].rows[0].second.find("who ") != std::string::npos, previews[1].rows[0].second.c_str());
        QCOMPARE(f.engine->readings(f.textSpec("specialist"), {}).size(), std::size_t{1}); // no backbone reads there
        const auto none = with(spec, {"backbone_view.tokenizer=/nowhere"});
        QVERIFY_THROWS_EXCEPTION(Error, f.engine->readings(none, {}));
    }

    void everyMethodReadsTexts_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QStringList>("settings");
        const auto row = [](const char* method, const QStringList& settings = {}) {
            QTest::newRow(qPrintable(QString::fromUtf8(method) + QLatin1Char(' ') + settings.join(QLatin1Char(' '))))
                << QByteArray(method) << settings;
        };
        for (const char* method : {"levi", "all_layer_probe", "concat_probe", "linear_probe", "mlp_probe", "specialist",
                                   "full_fine_tuning", "bitfit", "mixup"})
            row(method);
        row("levi", {"specialist.kind=text_cnn", "specialist.windows=2,3", "specialist.filters=4"});
        row("levi", {"specialist.kind=text_transformer", "specialist.embedding_width=8", "specialist.blocks=1"});
        row("levi", QStringList{"specialist.kind=table_mlp"} + kFields);
        row("levi", QStringList{"specialist.kind=two_tower", "specialist.user=who", "specialist.item=what"} + kFields);
        row("specialist", QStringList{"specialist.kind=matrix_factorisation", "specialist.user=who",
                                      "specialist.item=what", "data.target=number", "data.target_column=stars"} +
                              kFields);
        row("levi", {"backbone.mode=lora", "backbone.lora_rank=2"});
        row("group_dro", {"data.domain=who", "data.ood=", "backbone.mode=full", "train.batch_size=18"});
        row("levi", {"data.text_pair=place", "data.target=number", "data.target_column=stars"});
        row("linear_probe", {"method.fit=convex", "method.strengths=5"});
    }

    void everyMethodReadsTexts() {
        QFETCH(QByteArray, method);
        QFETCH(QStringList, settings);
        TextFixture f;
        const auto spec = f.textSpec(method.toStdString(), settings);
        QCOMPARE(QString::fromStdString(problemsText(f.engine->problems(spec, {}))), QString());
        const auto estimate = f.engine->estimate(spec, f.root / "cache", {});
        QVERIFY(estimate.trainableParameters > 0);
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(result.trainableParameters, estimate.trainableParameters);
        QVERIFY(result.efficiency.inferenceFlopsPerSample > 0);
        // The network of the weights file says of the same rows what the run said.
        const auto stored = readPredictions(f.artifact(result, "predictions"));
        const auto made = f.engine->predict({.spec = spec,
                                             .weightsFile = f.artifact(result, "weights"),
                                             .data = f.root / "table.csv",
                                             .parents = {},
                                             .weightsFingerprint = {}},
                                            {});
        QCOMPARE(made.rows.size(), std::size_t{160});
        const RolePredictions& role = stored.roles.back();
        for (std::size_t i = 0; i < role.rows.size(); ++i) {
            const auto found = std::ranges::find(made.rows, role.rows[i], &PredictedFile::row);
            QVERIFY(found != made.rows.end());
            const auto logits = role.logits[std::int64_t(i)];
            if (stored.isNumber())
                QVERIFY(std::abs(*found->number - logits[0].item<double>()) < 1e-3);
            else
                QVERIFY(std::abs(found->probabilities[0] - at::softmax(logits, 0)[0].item<double>()) < 1e-3);
        }
    }

    void learnsFromTexts_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QStringList>("settings");
        QTest::newRow("bag") << QByteArray("specialist") << QStringList{"specialist.learning_rate=0.05"};
        QTest::newRow("text CNN") << QByteArray("specialist")
                                  << QStringList{"specialist.kind=text_cnn", "specialist.learning_rate=0.02"};
        QTest::newRow("text transformer")
            << QByteArray("specialist")
            << QStringList{"specialist.kind=text_transformer", "specialist.learning_rate=0.005"};
        QTest::newRow("LEVI") << QByteArray("levi") << QStringList{"specialist.learning_rate=0.05"};
        QTest::newRow("full fine-tuning")
            << QByteArray("full_fine_tuning") << QStringList{"backbone.learning_rate=0.01", "train.learning_rate=0.01"};
    }

    void learnsFromTexts() {
        QFETCH(QByteArray, method);
        QFETCH(QStringList, settings);
        TextFixture f;
        const auto result = f.run(f.textSpec(method.toStdString(), settings + QStringList{"train.epochs=25"}));
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto& picked = f.seen.candidates[std::size_t(result.pickedIndex)];
        const double accuracy = figure(picked, "ood_test/south", "accuracy").value();
        QVERIFY2(accuracy > 0.9, qPrintable(QString::number(accuracy)));
    }

    void theCacheChangesNoPrediction() {
        TextFixture f;
        const auto spec = f.textSpec("levi");
        auto uncached = f.request(spec);
        uncached.useCache = false;
        const auto without = f.run(uncached), first = f.run(spec), second = f.run(spec);
        QVERIFY(first.backboneSamples > 0);
        QCOMPARE(second.backboneSamples, std::int64_t{0});
        for (const RunResult& result : {first, second}) {
            QCOMPARE(result.weightsSha256, without.weightsSha256);
            QCOMPARE(result.predictionsSha256, without.predictionsSha256);
        }
        QCOMPARE(f.run(f.textSpec("linear_probe")).backboneSamples, std::int64_t{0});
    }

    void threadsOfLoadersChangeNothing() {
        TextFixture f;
        const auto one = f.run(f.textSpec("full_fine_tuning", {"compute.loader_threads=1"})),
                   three = f.run(f.textSpec("full_fine_tuning", {"compute.loader_threads=3"}));
        QCOMPARE(three.weightsSha256, one.weightsSha256);
    }

    void theTokenizerIsPartOfTheCell() {
        TextFixture f;
        const auto spec = f.textSpec("levi");
        const auto facts = f.engine->facts(spec, {});
        QVERIFY(facts.contains("backbone_view.tokenizer") && facts.contains("specialist_view.tokenizer"));
        const auto other = test::writeTinyBert(f.root / "other");
        writeFileAtomically(other / "vocab.txt", readFile(other / "vocab.txt") + "!\n");
        const auto changed = with(spec, {"specialist_view.tokenizer=" + QString::fromStdString(other.string())});
        QVERIFY(cellKey(changed, f.engine->facts(changed, {})) != cellKey(spec, facts));
    }

    void tellsWhatDoesNotGoTogether_data() {
        QTest::addColumn<QStringList>("settings");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QStringList& settings, const char* path, const char* says) {
            QTest::newRow(name) << settings << QString::fromLatin1(path) << QString::fromLatin1(says);
        };
        row("a backbone of pictures", {"backbone.kind=vit"}, "backbone.kind", "vit, which reads picture");
        row("a specialist of pictures", {"specialist.kind=cnn"}, "specialist.kind",
            "expected one of bag, text_cnn, text_transformer");
        row("a view that the reader does not have", {"specialist_view.kind=fields"}, "specialist_view.kind",
            "expected text, which is what bag reads");
        row("the weights of a ViT", {"backbone.path=VIT"}, "backbone.path", "expected a backbone that reads texts");
        row("a text too long", {"backbone_view.max_length=65"}, "backbone_view.max_length", "expected at most 64");
        row("a text too short", {"backbone_view.max_length=2"}, "backbone_view.max_length", "more than the 2 special");
        row("a text too short for the specialist", {"specialist_view.max_length=2"}, "specialist_view.max_length",
            "more than the 2 special");
        for (const char* reader : {"backbone", "specialist"})
            QTest::addRow("a pair too short for the %s", reader)
                << QStringList{"data.text_pair=place", QStringLiteral("%1_view.max_length=4").arg(reader)}
                << QStringLiteral("%1_view.max_length").arg(reader)
                << "found 4, expected at least 5, the 3 special tokens of a pair";
        row("pairs for a backbone of one type", {"data.text_pair=place", "backbone.path=ONETYPE"},
            "backbone_view.tokenizer", "gives the tokens of a pair types up to 1, and");
        row("the tokenizer of another backbone", {"backbone_view.tokenizer=LARGE"}, "backbone_view.tokenizer",
            "belongs to another backbone");
        row("no tokenizer", {"specialist_view.tokenizer=NONE"}, "specialist_view.tokenizer", "expected a folder");
        row("no text", {"data.text="}, "data.text", "expected the column of the texts");
        row("mixed texts", {"method.kind=mixup", "backbone.mode=full"}, "method.kind", "texts have no mixture");
        row("no such category", {"specialist.kind=two_tower", "data.categorical=who"}, "specialist.user",
            "no category 'user'; they have who");
        row("a template without text", {"backbone_view.template=x"}, "backbone_view.template", "{text}");
    }

    void tellsWhatDoesNotGoTogether() {
        QFETCH(QStringList, settings);
        QFETCH(QString, path);
        QFETCH(QString, says);
        const TextFixture f;
        const auto large = test::writeTinyBert(f.root / "large");
        writeFileAtomically(large / "vocab.txt", readFile(large / "vocab.txt") + "more\n");
        const auto oneType = test::writeTinyBert(f.root / "one_type", 1, 1);
        for (QString& setting : settings) {
            setting.replace(QStringLiteral("ONETYPE"), QString::fromStdString(oneType.string()));
            setting.replace(QStringLiteral("VIT"), QString::fromStdString(f.vit.string()));
            setting.replace(QStringLiteral("LARGE"), QString::fromStdString(large.string()));
            setting.replace(QStringLiteral("NONE"), QString::fromStdString((f.root / "none").string()));
        }
        const auto spec = f.textSpec("levi", settings);
        auto problems = validate(spec);
        if (problems.empty()) problems = f.engine->problems(spec, {});
        const QString text = QString::fromStdString(problemsText(problems));
        QVERIFY2(std::ranges::any_of(problems, [&](const Problem& p) { return p.path == path.toStdString(); }),
                 qPrintable(text));
        QVERIFY2(text.contains(says), qPrintable(text));
    }

    void readsTheShortestTexts_data() {
        QTest::addColumn<QStringList>("settings");
        QTest::newRow("texts") << QStringList{"backbone_view.max_length=3", "specialist_view.max_length=3"};
        QTest::newRow("pairs") << QStringList{"data.text_pair=place", "backbone_view.max_length=5",
                                              "specialist_view.max_length=5"};
        QTest::newRow("texts, a backbone of one type") << QStringList{"backbone.path=ONETYPE"};
    }

    void readsTheShortestTexts() {
        QFETCH(QStringList, settings);
        TextFixture f;
        const auto oneType = test::writeTinyBert(f.root / "one_type", 1, 1);
        settings.replaceInStrings(QStringLiteral("ONETYPE"), QString::fromStdString(oneType.string()));
        const auto spec = f.textSpec("levi", settings);
        QCOMPARE(QString::fromStdString(problemsText(f.engine->problems(spec, {}))), QString());
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
    }

    void textsForPicturesAreRefused() {
        TextFixture f;
        auto spec = f.spec("linear_probe");
        setField(spec, "backbone.path", f.bert.string());
        const auto problems = f.engine->problems(spec, {});
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].path, std::string("backbone.path"));
        QCOMPARE(f.run(spec).state, RunState::Failed);
    }

    void readsT5() {
        TextFixture f;
        const auto tokenizer = test::realData("models/t5_tokenizer");
        LEVI_NEEDS(tokenizer);
        const auto t5 = f.root / "t5";
        writeFileAtomically(t5 / "config.json", R"({"model_type": "t5", "d_model": 16, "num_layers": 2, "num_heads": 2,
            "d_kv": 8, "d_ff": 32, "vocab_size": 32128})");
        writeSafetensors(t5 / "model.safetensors", openBackbone(t5, {.randomSeed = 1})->copyOfParameters());
        for (const char* name : {"spiece.model", "tokenizer_config.json", "special_tokens_map.json"})
            std::filesystem::copy(tokenizer / name, t5 / name);
        const auto spec = f.textSpec("levi", {"backbone.path=" + QString::fromStdString(t5.string())});
        QCOMPARE(QString::fromStdString(problemsText(f.engine->problems(spec, {}))), QString());
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        for (const auto& [change, path] :
             {std::pair("method.kind=bitfit", "method.kind"), std::pair("backbone.mode=biases", "backbone.mode")}) {
            const auto problems = f.engine->problems(with(spec, {change}), {}); // it has none
            QCOMPARE(problems.size(), std::size_t{1});
            QCOMPARE(problems[0].path, std::string(path));
            QVERIFY2(problems[0].message.find("no biases") != std::string::npos, problems[0].message.c_str());
        }
    }
};

LEVI_TEST(TestTextRuns)
#include "tst_text_runs.moc"
