// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/bench_forward.h"
#include "core/engine/model/golden.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

using namespace levi;

// Parity with transformers and timm on tiny networks, and with published ones; tolerances as golden.h states.
class TestGolden : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsReference_data();
    void equalsReference();
    void adaptersEqualReference_data();
    void adaptersEqualReference();
    void packedKernelsAreCompared();
    void aMissingOutputIsAFailure();
};

namespace {

QString text(const GoldenReport& report) {
    QString lines;
    for (const auto& tensor : report.tensors)
        if (!tensor.passed())
            lines += QString::asprintf("%s (%s): %g of %g %s\n", tensor.name.c_str(), tensor.path.c_str(),
                                       tensor.largestDifference, tensor.allowed, tensor.remark.c_str());
    return lines;
}

} // namespace

void TestGolden::equalsReference_data() {
    QTest::addColumn<std::filesystem::path>("folder");
    QTest::addColumn<int>("tensors"); // outputs twice, gradients once
    for (const auto& [name, count] :
         {std::pair{"vit-1", 15}, std::pair{"vit-2", 17}, std::pair{"deit-1", 15}, std::pair{"deit-2", 21},
          std::pair{"timm-vit-1", 15}, std::pair{"timm-deit-distilled-2", 17}, std::pair{"bert-1", 15},
          std::pair{"bert-2", 19}, std::pair{"bert-3-legacy-names", 15}, std::pair{"roberta-1", 15},
          std::pair{"roberta-2", 17}, std::pair{"distilbert-1", 13}, std::pair{"distilbert-2", 17},
          std::pair{"t5-1", 13}, std::pair{"t5-2", 13}, std::pair{"t5-3", 13}})
        QTest::newRow(name) << test::golden("backbones") / name << count;
    QTest::newRow("published ViT-Ti/16") << test::realData("models/vit_tiny_patch16_224") << 30;
    QTest::newRow("published MiniLM") << test::realData("models/all-MiniLM-L6-v2") << 18;
}

void TestGolden::equalsReference() {
    QFETCH(std::filesystem::path, folder);
    QFETCH(int, tensors);
    LEVI_NEEDS(folder);
    const auto report = runGolden(folder);
    QCOMPARE(static_cast<int>(report.tensors.size()), tensors);
    QVERIFY2(report.passed(), qPrintable(text(report)));
    qInfo("nearest to its limit: %s (%s), %.2f of it", report.worst()->name.c_str(), report.worst()->path.c_str(),
          report.worst()->ratio());
}

void TestGolden::adaptersEqualReference_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"bert-1", "bert-2", "vit-1"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestGolden::adaptersEqualReference() {
    QFETCH(QString, name);
    const auto adapter = test::golden("lora") / name.toStdString(),
               base = test::golden("backbones") / name.toStdString();
    LEVI_NEEDS(adapter);
    LEVI_NEEDS(base);
    const auto report = runGolden(adapter, {.base = base});
    QVERIFY2(report.passed(), qPrintable(text(report)));
}

void TestGolden::packedKernelsAreCompared() {
    const auto folder = test::golden("backbones/vit-2");
    LEVI_NEEDS(folder);
    const auto count = [](const GoldenReport& report, const char* path) {
        return std::ranges::count(report.tensors, path, &GoldenTensor::path);
    };
    QCOMPARE(count(runGolden(folder), "packed"), 7);
    QCOMPARE(count(runGolden(folder, {.plainOnly = true}), "packed"), 0);
}

void TestGolden::aMissingOutputIsAFailure() {
    GoldenReport report;
    QVERIFY(!report.passed());
    report.tensors.push_back(
        {.name = "a", .path = "plain", .produced = true, .largestDifference = 1e-7, .allowed = 1e-6, .remark = {}});
    QVERIFY(report.passed());
    report.tensors.push_back(
        {.name = "b", .path = "plain", .produced = false, .largestDifference = 0, .allowed = 1e-6, .remark = {}});
    QVERIFY(!report.passed());
    QCOMPARE(report.worst()->name, std::string("b"));
}

LEVI_TEST(TestGolden)
#include "tst_golden.moc"
