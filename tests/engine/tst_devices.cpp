// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/devices.h"
#include "core/engine/nvidia_driver.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/Context.h>

#include <QTest>

using namespace levi;
using test::RunFixture;
using test::with;

namespace {

constexpr const char* kWorkspace = "CUBLAS_WORKSPACE_CONFIG";

// What a run on a GPU sets stays set for the process; other tests shall find it as it was.
class KeptSettings {
public:
    ~KeptSettings() {
        auto& context = at::globalContext();
        context.setDeterministicAlgorithms(m_deterministic, m_warnOnly);
        context.setDeterministicFillUninitializedMemory(m_fill);
        context.setDeterministicCuDNN(m_cudnn);
        qputenv(kWorkspace, m_workspace);
    }

private:
    bool m_deterministic = at::globalContext().deterministicAlgorithms();
    bool m_warnOnly = at::globalContext().deterministicAlgorithmsWarnOnly();
    bool m_fill = at::globalContext().deterministicFillUninitializedMemory();
    bool m_cudnn = at::globalContext().deterministicCuDNN();
    QByteArray m_workspace = qgetenv(kWorkspace);
};

} // namespace

class TestDevices : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhyADeviceCannotBeUsed_data() {
        QTest::addColumn<QByteArray>("device");
        QTest::addColumn<bool>("isHalfLoaded");
        QTest::addColumn<bool>("hasDriver");
        QTest::addColumn<int>("devices");
        QTest::addColumn<QByteArray>("said"); // "": it can be used
        const auto row = [](const char* name, const char* device, bool isHalfLoaded, bool hasDriver, int devices,
                            const char* said) {
            QTest::newRow(name) << QByteArray(device) << isHalfLoaded << hasDriver << devices << QByteArray(said);
        };
        row("the CPU of a bare machine", "cpu", false, false, 0, "");
        row("the CPU beside GPUs", "cpu", true, true, 2, "");
        row("nothing is here", "cuda:0", false, false, 0, "'cuda:0' cannot be used: There is no NVIDIA driver");
        row("no driver", "cuda:0", true, false, 0, "'cuda:0' cannot be used: There is no NVIDIA driver");
        row("no half", "cuda:0", false, true, 0,
            "'cuda:0' cannot be used: An NVIDIA driver is here, but the CUDA half");
        row("no device is seen", "cuda:0", true, true, 0,
            "'cuda:0' cannot be used: LibTorch's CUDA half is loaded, but it sees no device; look at CUDA_VISIBLE_");
        row("the only one", "cuda:0", true, true, 1, "");
        row("the last one", "cuda:1", true, true, 2, "");
        row("beyond the only one", "cuda:1", true, true, 1, "'cuda:1' is not here; found cpu and cuda:0");
        row("beyond the last one", "cuda:2", true, true, 2, "'cuda:2' is not here; found cpu and cuda:0 to cuda:1");
        row("a driver elsewhere", "cuda:0", true, false, 1, "");
    }

    void saysWhyADeviceCannotBeUsed() {
        QFETCH(QByteArray, device);
        QFETCH(bool, isHalfLoaded);
        QFETCH(bool, hasDriver);
        QFETCH(int, devices);
        QFETCH(QByteArray, said);
        const CudaState cuda{.isHalfLoaded = isHalfLoaded, .hasDriver = hasDriver, .devices = devices};
        const auto problem = QByteArray::fromStdString(deviceProblem(device.toStdString(), cuda).value_or(""));
        QCOMPARE(problem.isEmpty(), said.isEmpty());
        QVERIFY2(problem.startsWith(said), problem.constData());
        QCOMPARE(cudaProblem(cuda).empty(), devices > 0);
    }

    void readsTheDriversVersion_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("closed") << QByteArray("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 "
                                              "01:15:15 UTC 2023\nGCC version:  gcc version 12.2.0\n")
                                << QByteArray("535.104.05");
        QTest::newRow("open") << QByteArray("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  555.42.02  "
                                            "Release Build\n")
                              << QByteArray("555.42.02");
        QTest::newRow("another line") << QByteArray("NVRM\nGCC version 12.2.0\n") << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray();
    }

    void readsTheDriversVersion() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, version);
        QCOMPARE(QByteArray::fromStdString(driverVersion(text.toStdString())), version);
    }

    void namesTheCard() {
        QCOMPARE(cardName({}), std::string());
        QCOMPARE(cardName({"NVIDIA A10", "NVIDIA A10"}), std::string("NVIDIA A10"));
        QCOMPARE(cardName({"NVIDIA T4", "NVIDIA A10"}),
                 std::string("NVIDIA A10 or NVIDIA T4")); // CUDA's order is not theirs
    }

    void notesNothingMoreOfTheCpu() { QVERIFY(deviceFacts(at::kCPU).empty()); }

    void asksTheDriverForACard_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<qulonglong>("freeBytes");
        QTest::addColumn<qulonglong>("totalBytes");
        QTest::newRow("first") << 0 << QByteArray("NVIDIA H200 9.0") << 120'000ULL << 140'000ULL;
        QTest::newRow("second, first on the bus") << 1 << QByteArray("Tesla T4 7.5") << 15'000ULL << 15'000ULL;
    }

    void asksTheDriverForACard() {
        QFETCH(int, index);
        QFETCH(QByteArray, name);
        QFETCH(qulonglong, freeBytes);
        QFETCH(qulonglong, totalBytes);
        for (const bool isManaged : {true, false}) {
            const auto card =
                cardFacts(index, {.cuda = LEVI_FAKE_DRIVER, .management = isManaged ? LEVI_FAKE_DRIVER : "none.so"});
            QVERIFY(card.has_value());
            QCOMPARE(fmt::format("{} {}.{}", card->name, card->major, card->minor), name.toStdString());
            QCOMPARE(qulonglong{card->freeBytes}, isManaged ? freeBytes : 0);
            QCOMPARE(qulonglong{card->totalBytes}, totalBytes);
        }
    }

    void findsNoCardWhereThereIsNone() {
        QVERIFY(!cardFacts(2, {.cuda = LEVI_FAKE_DRIVER, .management = LEVI_FAKE_DRIVER}));
        QVERIFY(!cardFacts(0, {.cuda = "none.so", .management = LEVI_FAKE_DRIVER}));
        QVERIFY(!cardFacts(0, {.cuda = "libc.so.6", .management = LEVI_FAKE_DRIVER})); // has none of the functions
    }

    void saysWhichCardHasNoBf16_data() {
        QTest::addColumn<int>("major");
        QTest::addColumn<bool>("isBf16");
        QTest::addColumn<bool>("fits");
        QTest::newRow("Turing") << 7 << true << false;
        QTest::newRow("Turing in fp32") << 7 << false << true;
        QTest::newRow("Ampere") << 8 << true << true;
        QTest::newRow("Blackwell") << 12 << true << true;
        QTest::newRow("not known") << 0 << true << true;
    }

    void saysWhichCardHasNoBf16() {
        QFETCH(int, major);
        QFETCH(bool, isBf16);
        QFETCH(bool, fits);
        const auto problem = precisionProblem(CardFacts{.name = "Tesla T4", .major = major, .minor = 5},
                                              isBf16 ? Precision::Bf16 : Precision::Fp32);
        QCOMPARE(!problem, fits);
        if (problem) QVERIFY2(problem->starts_with("found bf16, expected fp32: Tesla T4 does not"), problem->c_str());
        QVERIFY(!precisionProblem("cpu", Precision::Bf16));
    }

    void asksForProductsThatRepeatThemselves_data() {
        QTest::addColumn<QByteArray>("found");
        QTest::addColumn<QByteArray>("wanted");
        QTest::newRow("nothing") << QByteArray() << QByteArray(":4096:8");
        QTest::newRow("the one") << QByteArray(":4096:8") << QByteArray(":4096:8");
        QTest::newRow("the other") << QByteArray(":16:8") << QByteArray(":16:8");
        QTest::newRow("neither") << QByteArray(":4096:2:16:8") << QByteArray(":4096:8");
    }

    void asksForProductsThatRepeatThemselves() {
        QFETCH(QByteArray, found);
        QFETCH(QByteArray, wanted);
        const KeptSettings kept;
        qputenv(kWorkspace, found);
        allowDeterministicOnly();
        QCOMPARE(qgetenv(kWorkspace), wanted);
        const auto& context = at::globalContext();
        QVERIFY(context.deterministicAlgorithms() && !context.deterministicAlgorithmsWarnOnly());
        QVERIFY(!context.allowTF32CuBLAS() && !context.allowTF32CuDNN());
    }

    // The settings of a GPU's run outlast it.
    void whatAGpuAsksForChangesNoBitOnTheCpu_data() {
        QTest::addColumn<QStringList>("spec");
        for (const char* method : {"levi", "full_fine_tuning", "lora", "head2toe", "mixup"})
            QTest::newRow(method) << QStringList{QString("method.kind=%1").arg(method)};
        QTest::newRow("bf16") << QStringList{"train.precision=bf16"};
    }

    void whatAGpuAsksForChangesNoBitOnTheCpu() {
        QFETCH(QStringList, spec);
        RunFixture f;
        const auto before = f.run(with(f.spec("levi"), spec));
        const KeptSettings kept;
        allowDeterministicOnly();
        const auto after = f.run(with(f.spec("levi"), spec));
        QVERIFY2(after.state == RunState::Done, after.message.c_str());
        QCOMPARE(after.weightsSha256, before.weightsSha256);
        QCOMPARE(after.predictionsSha256, before.predictionsSha256);
    }

    void namesTheCpuAsKeysDo() {
        QCOMPARE(computedOn("cpu"), std::string("cpu"));
        QVERIFY(computedOn("cuda:0").starts_with("cuda"));
        for (const char* device : {"cpu", "cuda:99"}) // nothing to give back
            QVERIFY_THROWS_NO_EXCEPTION(giveBackMemory(device));
    }

    void anAbsentDeviceChangesNothing() {
        const bool before = at::globalContext().deterministicAlgorithms();
        QVERIFY_EXCEPTION_THROWN(usableDevice("cuda:99"), Error);
        QCOMPARE(at::globalContext().deterministicAlgorithms(), before);
    }
};

LEVI_TEST(TestDevices)
#include "tst_devices.moc"
