// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/pooling.h"
#include "tests/support/test_main.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>

#include <QTest>

using namespace levi;

namespace {

using Numbers = QList<double>;

at::Tensor tensor(const Numbers& numbers, at::IntArrayRef shape) {
    auto result = at::empty({numbers.size()}, at::kFloat);
    for (qsizetype i = 0; i < numbers.size(); ++i)
        result.mutable_data_ptr<float>()[i] = static_cast<float>(numbers[i]);
    return result.view(shape);
}

} // namespace

class TestPooling : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pools_data() {
        QTest::addColumn<Numbers>("state"); // one number a token
        QTest::addColumn<Numbers>("mask");  // empty: none
        QTest::addColumn<int>("prefix");
        QTest::addColumn<Numbers>("expected"); // class token, last, mean, largest
        const Numbers state = {4, -1, 7, 2};
        QTest::newRow("all count") << state << Numbers{} << 0 << Numbers{4, 2, 3, 7};
        QTest::newRow("a class token is no part of the mean") << state << Numbers{} << 1 << Numbers{4, 2, 8.0 / 3, 7};
        QTest::newRow("mask of ones") << state << Numbers{1, 1, 1, 1} << 0 << Numbers{4, 2, 3, 7};
        QTest::newRow("padded on the right") << state << Numbers{1, 1, 0, 0} << 0 << Numbers{4, -1, 1.5, 4};
        QTest::newRow("padded on the left") << state << Numbers{0, 1, 0, 1} << 0 << Numbers{-1, 2, 0.5, 2};
        QTest::newRow("all negative") << Numbers{5, -3, -2, 9} << Numbers{0, 1, 1, 0} << 0 << Numbers{-3, -2, -2.5, -2};
        QTest::newRow("nothing counts") << state << Numbers{0, 0, 0, 0} << 0 << Numbers{0, 0, 0, 0};
    }

    void pools() {
        QFETCH(Numbers, state);
        QFETCH(Numbers, mask);
        QFETCH(int, prefix);
        TokenStates tokens{.state = tensor(state, {1, state.size(), 1}), .prefixTokens = prefix};
        if (!mask.isEmpty()) tokens.mask = tensor(mask, {1, mask.size()}).to(at::kLong);
        Numbers found;
        for (const auto& pooled : {classToken(tokens), lastToken(tokens), meanOfTokens(tokens), maxOfTokens(tokens)}) {
            QVERIFY(pooled.sizes() == at::IntArrayRef({1, 1}));
            found << pooled.item<double>();
        }
        QFETCH(Numbers, expected);
        for (qsizetype i = 0; i < expected.size(); ++i)
            QCOMPARE(float(found[i]), float(expected[i]));
    }

    void samplesAreApart() {
        const auto state = tensor({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {2, 3, 2});
        const TokenStates tokens = {.state = state, .mask = tensor({1, 0, 0, 1, 1, 0}, {2, 3}).to(at::kBool)};
        QVERIFY(at::equal(lastToken(tokens), tensor({1, 2, 9, 10}, {2, 2})));
        QVERIFY(at::equal(maxOfTokens(tokens), tensor({1, 2, 9, 10}, {2, 2})));
        QVERIFY(at::equal(meanOfTokens(tokens), tensor({1, 2, 8, 9}, {2, 2})));
    }
};

LEVI_TEST(TestPooling)
#include "tst_pooling.moc"
