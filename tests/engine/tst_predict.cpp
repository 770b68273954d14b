// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/data/load.h"
#include "core/engine/method/predictions.h"
#include "tests/engine/run_fixture.h"
#include "tests/image/encoders.h"
#include "tests/support/test_main.h"

#include <ATen/ops/softmax.h>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <QTest>

#include <algorithm>
#include <cmath>
#include <new>

using namespace levi;
using test::RunFixture;

class TestPredict : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void predictsWhatTheRunPredicted_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("setting");
        QTest::newRow("levi") << QByteArray("levi") << QByteArray("name=x");
        QTest::newRow("levi, bf16") << QByteArray("levi") << QByteArray("train.precision=bf16");
        QTest::newRow("layers, bf16") << QByteArray("all_layer_probe") << QByteArray("train.precision=bf16");
    }

    // 1e-6: figures are stored in float32. A frozen backbone in bf16, whose features the run had in fp32, is 1e-3 off.
    void predictsWhatTheRunPredicted() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, setting);
        RunFixture f;
        const auto spec = test::with(f.spec(method.toStdString()), {QString::fromUtf8(setting)});
        const auto result = f.run(spec);
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles[2]; // id_test
        const auto role = loadDataset(spec.data).evaluation.roles[2];
        for (std::int64_t i = 0; i < 16; ++i)
            writeFileAtomically(f.root / "pictures" / fmt::format("{:02}.png", i), test::pngOf(role.picture(i)));
        writeFileAtomically(f.root / "pictures" / "broken.png", "no picture");
        const auto made = f.engine->predict(
            {.spec = spec, .weightsFile = f.artifact(result, "weights"), .data = f.root / "pictures"}, {});
        QCOMPARE(made.broken.size(), std::size_t{1});
        QCOMPARE(made.rows.size(), std::size_t{16});
        const auto expected = stored.logits.softmax(1);
        double largest = 0;
        for (std::size_t i = 0; i < 16; ++i)
            for (std::size_t c = 0; c < made.classes.size(); ++c)
                largest = std::max(largest, std::abs(made.rows[i].probabilities[c] -
                                                     expected[std::int64_t(i)][std::int64_t(c)].item<double>()));
        QVERIFY2(largest < 1e-6, std::to_string(largest).c_str());
    }

    void saysThatMemoryRanOut() {
        struct Exhausted final : c10::Allocator {
            c10::DataPtr allocate(std::size_t) override { throw std::bad_alloc(); }
            void copy_data(void*, const void*, std::size_t) const override {}
        };
        RunFixture f;
        const auto spec = f.spec("linear_probe");
        const auto result = f.run(spec);
        writeFileAtomically(f.root / "pictures" / "0.png",
                            test::pngOf(loadDataset(spec.data).evaluation.roles[2].picture(0)));
        const PredictRequest request{
            .spec = spec, .weightsFile = f.artifact(result, "weights"), .data = f.root / "pictures"};
        static Exhausted exhausted; // Torch may remember it
        c10::Allocator* const before = c10::GetCPUAllocator();
        c10::SetCPUAllocator(&exhausted);
        std::string said;
        try {
            f.engine->predict(request, {});
        } catch (const Error& error) {
            said = error.what();
        } catch (const std::exception&) {
        }
        c10::SetCPUAllocator(before);
        QVERIFY2(said.starts_with("Out of memory on cpu while predicting. Take smaller inputs"), said.c_str());
        QCOMPARE(f.engine->predict(request, {}).rows.size(), std::size_t{1});
    }

    void predictsWithTheBackboneOfTheRunOnly() {
        RunFixture f;
        const auto spec = f.spec("linear_probe");
        const auto result = f.run(spec);
        PredictRequest request{.spec = spec, .weightsFile = f.artifact(result, "weights"), .data = f.root / "none"};
        request.weightsFingerprint = std::string(32, '0');
        try {
            f.engine->predict(request, {});
            QFAIL("predicted with another backbone");
        } catch (const Error& error) {
            QVERIFY2(QByteArray(error.what()).contains("is not the backbone that the run read"), error.what());
        }
    }
};

LEVI_TEST(TestPredict)
#include "tst_predict.moc"
