// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/specialists/specialist_cnn.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

CnnOptions options(std::int64_t width, std::int64_t depth) {
    CnnOptions o;
    o.width = width;
    o.depth = depth;
    o.outputWidth = 12;
    return o;
}

at::Tensor pictures() {
    return Initializer(5).draw("pictures", {4, 3, 16, 16}, 2);
}

} // namespace

class TestSpecialistCnn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsParametersAndFlops() {
        const CnnSpecialist cnn(options(8, 2), {3, 16, 16}, Initializer(1));
        std::int64_t count = 0;
        for (const Parameter& parameter : cnn.parameters())
            count += parameter.value.numel();
        QCOMPARE(count, std::int64_t{9 * 3 * 8 + 16 + 9 * 8 * 16 + 32 + 16 * 12 + 12});
        QCOMPARE(cnn.flopsPerSample(), std::int64_t{2 * 9 * 3 * 8 * 256 + 2 * 9 * 8 * 16 * 64 + 2 * 16 * 12});
        QCOMPARE(cnn.forward({.pixels = pictures()}, nullptr).sizes().vec(), (std::vector<std::int64_t>{4, 12}));
    }

    void aRowDependsOnNoOtherRow() {
        const CnnSpecialist cnn(options(8, 3), {3, 16, 16}, Initializer(1));
        const auto all = cnn.forward({.pixels = pictures()}, nullptr);
        const auto one = cnn.forward({.pixels = pictures().slice(0, 2, 3)}, nullptr);
        QVERIFY(all.slice(0, 2, 3).allclose(one, 1e-5, 1e-6));
    }

    void gradientsReachEveryParameter() {
        const CnnSpecialist cnn(options(8, 3), {3, 16, 16}, Initializer(1));
        cnn.forward({.pixels = pictures()}, nullptr).square().sum().backward();
        for (const Parameter& parameter : cnn.parameters())
            QVERIFY2(parameter.value.grad().abs().sum().item<double>() > 0, parameter.name.c_str());
    }

    void readsGreyPictures() {
        const CnnSpecialist cnn(options(8, 1), {1, 16, 16}, Initializer(1));
        QCOMPARE(cnn.forward({.pixels = pictures().slice(1, 0, 1)}, nullptr).size(1), std::int64_t{12});
    }

    void refusesMoreStagesThanPixels() {
        QVERIFY_THROWS_EXCEPTION(Error, CnnSpecialist(options(8, 5), {3, 16, 16}, Initializer(1)));
    }
};

LEVI_TEST(TestSpecialistCnn)
#include "tst_specialist_cnn.moc"
