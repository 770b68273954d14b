// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/specialists/specialist.h"
#include "core/engine/train/optimizer.h"
#include "core/spec/experiment_spec.h"
#include "tests/support/test_main.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <QTest>

using namespace levi;

namespace {

std::unique_ptr<Specialist> made(const std::string& kind, const ReadingForm& form,
                                 const std::vector<std::string>& assignments = {}) {
    ExperimentSpec spec;
    setField(spec, "data.kind", "text_table");
    setField(spec, "specialist.kind", kind);
    for (const std::string& assignment : assignments)
        setAssignment(spec, assignment);
    return makeSpecialist(spec.specialist, form, Initializer(1));
}

ReadingForm textForm() {
    return {.kind = ReadingKind::Text, .vocabulary = 20, .tokens = 12, .pad = 0};
}

Reading texts() {
    Reading reading{.ids = at::tensor({5, 6, 7, 0, 0, 9, 8, 7, 6, 5}, at::kLong).view({2, 5}),
                    .mask = at::tensor({1, 1, 1, 0, 0, 1, 1, 1, 1, 1}, at::kLong).view({2, 5})};
    return reading;
}

ReadingForm fieldForm() {
    return {.kind = ReadingKind::Fields,
            .numbers = {"age"},
            .flags = {"war"},
            .categories = {{"item", 4}, {"city", 3}, {"user", 5}}};
}

Reading fields() {
    return {.numbers = at::tensor({0.5F, -1.0F}).view({2, 1}),
            .categories = at::tensor({1, 2, 3, 0, 1, 0}, at::kLong).view({2, 3}),
            .flags = at::tensor({1.0F, 0.0F}).view({2, 1})};
}

const at::Tensor& parameter(const Specialist& specialist, const std::string& name) {
    for (const Parameter& one : specialist.parameters())
        if (one.name == name) return one.value;
    throw Error("no parameter '{}'", name);
}

} // namespace

// Specialists that read texts or fields.
class TestTextSpecialists : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTexts_data() {
        QTest::addColumn<QByteArray>("kind");
        for (const char* kind : {"bag", "text_cnn", "text_transformer"})
            QTest::newRow(kind) << QByteArray(kind);
    }

    void readsTexts() {
        QFETCH(QByteArray, kind);
        const auto specialist = made(kind.toStdString(), textForm(), {"specialist.output_width=6"});
        const auto s = specialist->forward(texts(), nullptr);
        QCOMPARE(s.sizes(), (at::IntArrayRef{2, 6}));
        QCOMPARE(specialist->outputWidth(), std::int64_t{6});
        QVERIFY(specialist->flopsPerSample() > 0);
        // Neither padding nor what stands under it, nor the other rows.
        Reading wide = texts();
        wide.ids = at::constant_pad_nd(wide.ids, {0, 7}, 3);
        wide.mask = at::constant_pad_nd(wide.mask, {0, 7}, 0);
        QVERIFY(specialist->forward(wide, nullptr).allclose(s, 1e-6, 1e-6));
        const auto first = specialist->forward(texts().selected(at::tensor({0}, at::kLong)), nullptr);
        QVERIFY(first.allclose(s.slice(0, 0, 1), 1e-6, 1e-6));
        s.square().sum().backward();
        for (const Parameter& one : specialist->parameters())
            QVERIFY2(one.value.grad().defined() && one.value.grad().abs().sum().item<double>() > 0, one.name.c_str());
    }

    void onlyABagKnowsNoOrder() {
        const auto bag = made("bag", textForm()), cnn = made("text_cnn", textForm()),
                   transformer = made("text_transformer", textForm());
        Reading turned = texts();
        turned.ids = at::cat({turned.ids.slice(0, 0, 1), turned.ids.slice(0, 1, 2).flip(1)});
        QVERIFY(bag->forward(turned, nullptr).allclose(bag->forward(texts(), nullptr), 1e-6, 1e-6));
        for (const Specialist* one : {cnn.get(), transformer.get()})
            QVERIFY(!one->forward(turned, nullptr).allclose(one->forward(texts(), nullptr), 1e-4, 1e-4));
    }

    // By hand: a block of width D on T tokens has 12 D^2 weights a token, and scores and values of T x T.
    void aTransformerCostsWhatItsProductsCost() {
        const auto one = made(
            "text_transformer", textForm(),
            {"specialist.embedding_width=8", "specialist.blocks=3", "specialist.heads=2", "specialist.output_width=6"});
        const std::int64_t tokens = 12, width = 8;
        QCOMPARE(one->flopsPerSample(),
                 3 * (2 * tokens * 12 * width * width + 4 * tokens * tokens * width) + 2 * width * 6);
        QVERIFY_THROWS_EXCEPTION(Error, made("text_transformer", textForm(), {"specialist.heads=5"}));
    }

    void aCnnReadsTextsShorterThanItsWindows() {
        const auto cnn = made("text_cnn", textForm(), {"specialist.windows=1,9"});
        const Reading one{.ids = at::tensor({5}, at::kLong).view({1, 1}),
                          .mask = at::tensor({1}, at::kLong).view({1, 1})};
        QVERIFY(cnn->forward(one, nullptr).isfinite().all().item<bool>());
    }

    void readsFields_data() {
        QTest::addColumn<QByteArray>("kind");
        for (const char* kind : {"table_mlp", "two_tower", "matrix_factorisation"})
            QTest::newRow(kind) << QByteArray(kind);
    }

    void readsFields() {
        QFETCH(QByteArray, kind);
        const auto specialist = made(kind.toStdString(), fieldForm());
        const auto s = specialist->forward(fields(), nullptr);
        QCOMPARE(s.sizes(), (at::IntArrayRef{2, specialist->outputWidth()}));
        s.square().sum().backward();
        for (const Parameter& one : specialist->parameters())
            QVERIFY2(one.value.grad().defined(), one.name.c_str());
    }

    void unknownIdsStartAtNothingAndAreTrainedByDropout() {
        const auto tower = made("two_tower", fieldForm(), {"specialist.id_dropout=0.5"});
        QCOMPARE(parameter(*tower, "specialist.user.weight").size(0), std::int64_t{5});
        QCOMPARE(parameter(*tower, "specialist.item.weight").size(0), std::int64_t{4});
        QCOMPARE(parameter(*tower, "specialist.user.weight")[0].abs().sum().item<double>(), 0.0);
        const auto evaluated = tower->forward(fields(), nullptr);
        QVERIFY(evaluated.equal(tower->forward(fields(), nullptr))); // nothing is drawn
        bool isUnknownTrained = false;
        for (std::int64_t step = 0; step < 20; ++step) {
            const StepDraws draws{.seed = 3, .step = step};
            const auto s = tower->forward(fields(), &draws);
            QVERIFY(s.equal(tower->forward(fields(), &draws)));
            s.square().sum().backward();
            isUnknownTrained = isUnknownTrained ||
                               parameter(*tower, "specialist.user.weight").grad()[0].abs().sum().item<double>() > 0;
        }
        QVERIFY(isUnknownTrained);
    }

    void factorsAreMultiplied() {
        const auto factors = made("matrix_factorisation", fieldForm(), {"specialist.id_width=3"});
        const auto s = factors->forward(fields(), nullptr);
        const auto p = parameter(*factors, "specialist.user.weight")[3],
                   q = parameter(*factors, "specialist.item.weight")[1];
        QVERIFY(s[0].slice(0, 0, 3).allclose(p * q));
        QVERIFY(s[0][3].equal(parameter(*factors, "specialist.user_bias.weight")[3][0]));
        QCOMPARE(s[1].abs().sum().item<double>(), 0.0); // of unknown ones nothing is known
    }

    void saysWhatIsMissing_data() {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no user") << QByteArray("two_tower") << "specialist.user=who"
                                 << QByteArray(
                                        "specialist.user: the rows have no category 'who'; they have item, city, user");
        QTest::newRow("no columns") << QByteArray("table_mlp") << ""
                                    << QByteArray("specialist.kind: table_mlp reads columns");
    }

    void saysWhatIsMissing() {
        QFETCH(QByteArray, kind);
        QFETCH(QString, setting);
        QFETCH(QByteArray, says);
        const ReadingForm form = kind == "table_mlp" ? ReadingForm{.kind = ReadingKind::Fields} : fieldForm();
        std::vector<std::string> settings;
        if (!setting.isEmpty()) settings.push_back(setting.toStdString());
        try {
            made(kind.toStdString(), form, settings);
            QFAIL("nothing was said");
        } catch (const Error& error) {
            QVERIFY2(QByteArray(error.what()).startsWith(says), error.what());
        }
    }
};

LEVI_TEST(TestTextSpecialists)
#include "tst_text_specialists.moc"
