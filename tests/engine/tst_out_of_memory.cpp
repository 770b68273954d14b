// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/out_of_memory.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <c10/util/Exception.h>

#include <QTest>

#include <new>
#include <stdexcept>

using namespace levi;
using test::RunFixture;

namespace {

using Thrown = std::shared_ptr<const std::exception>;

Thrown ofDevice(const char* text) {
    return std::make_shared<c10::OutOfMemoryError>(c10::SourceLocation{__func__, __FILE__, __LINE__}, text);
}
Thrown ofTorch(const char* text) {
    return std::make_shared<c10::Error>(c10::SourceLocation{__func__, __FILE__, __LINE__}, text);
}

} // namespace

class TestOutOfMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhoseMemoryRanOut_data() {
        QTest::addColumn<Thrown>("thrown");
        QTest::addColumn<QByteArray>("phase");
        QTest::addColumn<QByteArray>("said");
        const QByteArray on = "Out of memory on ";
        const auto row = [](const char* name, Thrown thrown, const char* phase, const QByteArray& said) {
            QTest::newRow(name) << std::move(thrown) << QByteArray(phase) << said;
        };
        row("a GPU", ofDevice("CUDA out of memory. Tried to allocate 20.00 MiB."), "training",
            on + "cuda:1 while training. Lower train.batch_size, take smaller inputs");
        row("a GPU, by its driver", ofTorch("CUDA error: out of memory\nCUDA kernel errors might be"), "features",
            on + "cuda:1 while computing features. Take smaller inputs");
        row("a GPU, by a library", ofTorch("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"), "evaluating",
            on + "cuda:1 while evaluating. Take");
        row("a GPU, mapping memory", ofTorch("CUDA driver error: out of memory"), "training", on + "cuda:1 while");
        row("a GPU, with no room for a handle",
            ofTorch("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"), "training",
            on + "cuda:1 while");
        row("a GPU, in a convolution",
            ofTorch("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED\nException raised"), "training",
            on + "cuda:1 while");
        row("Torch's heap",
            ofTorch("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you "
                    "tried to allocate 4096000000000 bytes. Error code 12 (Cannot allocate memory)"),
            "training", on + "cpu while training. Lower train.batch_size");
        row("our heap", std::make_shared<std::bad_alloc>(), "reading rows", on + "cpu while reading rows. Take");
        row("before all", std::make_shared<std::bad_alloc>(), "", on + "cpu. Take");
        row("something else", ofTorch("mat1 and mat2 shapes differ\nException raised from"), "training",
            "mat1 and mat2 shapes differ");
        row("nothing of Torch", std::make_shared<std::runtime_error>("no\nsuch"), "training", "no");
    }

    void saysWhoseMemoryRanOut() {
        QFETCH(Thrown, thrown);
        QFETCH(QByteArray, phase);
        QFETCH(QByteArray, said);
        const auto text = QByteArray::fromStdString(failureText(*thrown, "cuda:1", phase.toStdString()));
        QVERIFY2(text.startsWith(said), text.constData());
        QVERIFY2(!text.contains('\n') && !text.contains("enforce"), text.constData());
    }

    void namesThePhaseOfARun_data() {
        QTest::addColumn<QByteArray>("phase");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("data") << QByteArray("reading pictures") << QByteArray("on cpu while reading pictures.");
        QTest::newRow("features") << QByteArray("features") << QByteArray("on cpu while computing features.");
    }

    void namesThePhaseOfARun() {
        QFETCH(QByteArray, phase);
        QFETCH(QByteArray, said);
        RunFixture f;
        f.seen.onProgress = [&](const Progress& progress) {
            if (progress.phase == phase.toStdString()) throw std::bad_alloc();
        };
        const auto result = f.run(f.spec("levi"));
        QVERIFY(result.state == RunState::Failed);
        QVERIFY2(QByteArray::fromStdString(result.message).contains(said), result.message.c_str());
        QCOMPARE(result.pickedIndex, std::int64_t{-1});
    }

    // Of 3 steps an epoch.
    void keepsWhatTrainingHadPicked_data() {
        QTest::addColumn<int>("step");
        QTest::addColumn<bool>("keeps");
        QTest::newRow("in the first epoch") << 2 << false;
        QTest::newRow("in the second one") << 5 << true;
    }

    void keepsWhatTrainingHadPicked() {
        QFETCH(int, step);
        QFETCH(bool, keeps);
        RunFixture f;
        f.seen.onStep = [&](std::int64_t done) {
            if (done == step) throw std::bad_alloc();
        };
        const auto result = f.run(f.spec("levi"));
        QVERIFY(result.state == RunState::Failed);
        const auto said = QByteArray::fromStdString(result.message);
        QVERIFY2(said.contains("on cpu while training. Lower train.batch_size"), said.constData());
        QVERIFY2(said.contains("after step " + QByteArray::number(step) + " of 6; "), said.constData());
        QCOMPARE(said.contains("the best candidate before it is kept"), keeps);
        QCOMPARE(result.pickedIndex, std::int64_t{keeps ? 0 : -1});
        QCOMPARE(f.artifact(result, "weights").empty(), !keeps);
    }
};

LEVI_TEST(TestOutOfMemory)
#include "tst_out_of_memory.moc"
