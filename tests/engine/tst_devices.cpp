// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/devices.h"
#include "tests/support/test_main.h"

#include <ATen/Context.h>

#include <QTest>

using namespace levi;

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

    void anAbsentDeviceChangesNothing() {
        const bool before = at::globalContext().deterministicAlgorithms();
        QVERIFY_EXCEPTION_THROWN(usableDevice("cuda:99"), Error);
        QCOMPARE(at::globalContext().deterministicAlgorithms(), before);
    }
};

LEVI_TEST(TestDevices)
#include "tst_devices.moc"
