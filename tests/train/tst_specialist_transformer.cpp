// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/specialists/specialist_transformer.h"
#include "tests/support/test_main.h"

#include <ATen/ops/cat.h>

#include <QTest>

using namespace levi;

namespace {

TransformerOptions options() {
    TransformerOptions o;
    o.embeddingWidth = 16;
    o.blocks = 2;
    o.heads = 2;
    o.patch = 4;
    o.outputWidth = 12;
    return o;
}

at::Tensor pictures() {
    return Initializer(5).draw("pictures", {4, 3, 16, 16}, 2);
}

} // namespace

class TestSpecialistTransformer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsParametersAndFlops() {
        const TransformerSpecialist net(options(), {3, 16, 16}, Initializer(1));
        std::int64_t count = 0;
        for (const Parameter& parameter : net.parameters())
            count += parameter.value.numel();
        const std::int64_t linears = 16 * 48 + 16 * 16 + 2 * 16 * 64; // of a block
        const std::int64_t block = linears + 48 + 16 + 64 + 16 + 4 * 16;
        QCOMPARE(count, (48 * 16 + 16) + 16 * 16 + 2 * block + 2 * 16 + (16 * 12 + 12));
        QCOMPARE(net.flopsPerSample(),
                 16 * (2 * 48 * 16 + 2 * 2 * linears) + 2 * 4 * 16 * 16 * 16 + std::int64_t{2 * 16 * 12});
        QCOMPARE(net.forward({.pixels = pictures()}, nullptr).sizes().vec(), (std::vector<std::int64_t>{4, 12}));
    }

    void aRowDependsOnNoOtherRow() {
        const TransformerSpecialist net(options(), {3, 16, 16}, Initializer(1));
        const auto all = net.forward({.pixels = pictures()}, nullptr);
        QVERIFY(all.slice(0, 2, 3).allclose(net.forward({.pixels = pictures().slice(0, 2, 3)}, nullptr), 1e-5, 1e-6));
    }

    void knowsWherePatchesAre() {
        const TransformerSpecialist net(options(), {3, 16, 16}, Initializer(1));
        const auto halves = pictures().chunk(2, 2);
        const auto moved = at::cat({halves[1], halves[0]}, 2); // the same patches at other places
        QVERIFY(!net.forward({.pixels = pictures()}, nullptr)
                     .allclose(net.forward({.pixels = moved}, nullptr), 1e-4, 1e-5));
    }

    void gradientsReachEveryParameter() {
        const TransformerSpecialist net(options(), {3, 16, 16}, Initializer(1));
        net.forward({.pixels = pictures()}, nullptr).square().sum().backward();
        for (const Parameter& parameter : net.parameters())
            QVERIFY2(parameter.value.grad().abs().sum().item<double>() > 0, parameter.name.c_str());
    }

    void refusesWhatDoesNotDivide() {
        QVERIFY_THROWS_EXCEPTION(Error, TransformerSpecialist(options(), {3, 18, 18}, Initializer(1)));
        auto o = options();
        o.heads = 3;
        QVERIFY_THROWS_EXCEPTION(Error, TransformerSpecialist(o, {3, 16, 16}, Initializer(1)));
    }
};

LEVI_TEST(TestSpecialistTransformer)
#include "tst_specialist_transformer.moc"
