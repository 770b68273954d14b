// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/balanced_order.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <set>

using namespace levi;

namespace {

struct NoPictures : SampleSource {
    Picture picture(std::int64_t) const override { return {1, 1}; }
    std::string content(std::int64_t row) const override { return std::to_string(row); }
};

// So many rows of each domain, one domain after the other.
RowSet rowsOf(const std::vector<std::int64_t>& counts) {
    auto table = std::make_shared<RowTable>();
    table->classes = {"only"};
    std::vector<std::int64_t> rows;
    for (std::size_t d = 0; d < counts.size(); ++d) {
        table->domains.push_back("domain " + std::to_string(d));
        for (std::int64_t i = 0; i < counts[d]; ++i) {
            rows.push_back(std::int64_t(table->rows.size()));
            table->rows.push_back({.id = std::to_string(rows.back()), .domain = std::int64_t(d)});
        }
    }
    table->source = std::make_shared<NoPictures>();
    return {"train", table, rows};
}

std::map<std::int64_t, std::int64_t> perDomain(const RowSet& rows, const std::vector<std::int64_t>& positions) {
    std::map<std::int64_t, std::int64_t> count;
    for (const std::int64_t position : positions)
        ++count[rows.domain(position)];
    return count;
}

} // namespace

class TestBalancedOrder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyBatchHoldsEquallyManyRowsOfEachDomain() {
        const auto rows = rowsOf({50, 0, 7, 20}); // nobody is of the second
        const auto order = balancedOrder(rows, 16, 3, 1);
        QCOMPARE(order.batchSize, std::int64_t{15});
        QCOMPARE(std::int64_t(order.positions.size()), std::int64_t{6 * 15}); // 77 rows
        for (std::size_t begin = 0; begin < order.positions.size(); begin += 15) {
            const std::vector<std::int64_t> batch(order.positions.begin() + std::ptrdiff_t(begin),
                                                  order.positions.begin() + std::ptrdiff_t(begin) + 15);
            QCOMPARE(perDomain(rows, batch), (std::map<std::int64_t, std::int64_t>{{0, 5}, {2, 5}, {3, 5}}));
        }
        QCOMPARE(domainsOf(rows), (std::vector<std::int64_t>{0, 2, 3}));
    }

    void goesThroughADomainBeforeItRepeats() {
        const auto rows = rowsOf({40, 8});
        const auto order = balancedOrder(rows, 8, 3, 1); // 6 batches: 24 rows of each
        std::vector<std::int64_t> small, large;
        for (const std::int64_t position : order.positions)
            (rows.domain(position) == 1 ? small : large).push_back(position);
        for (std::size_t begin = 0; begin < small.size(); begin += 8)
            QCOMPARE(
                std::set<std::int64_t>(small.begin() + std::ptrdiff_t(begin), small.begin() + std::ptrdiff_t(begin) + 8)
                    .size(),
                std::size_t{8});
        QCOMPARE(std::set<std::int64_t>(large.begin(), large.end()).size(), std::size_t{24});
    }

    void isDrawnFromSeedAndEpoch() {
        const auto rows = rowsOf({30, 30});
        const auto first = balancedOrder(rows, 10, 3, 1).positions;
        QCOMPARE(balancedOrder(rows, 10, 3, 1).positions, first);
        QVERIFY(balancedOrder(rows, 10, 3, 2).positions != first);
        QVERIFY(balancedOrder(rows, 10, 4, 1).positions != first);
    }

    void refusesABatchThatCannotHoldThemAll() {
        QVERIFY(test::errorOf([] { balancedOrder(rowsOf({5, 5, 5}), 2, 0, 0); }).find("3") != std::string::npos);
    }
};

LEVI_TEST(TestBalancedOrder)
#include "tst_balanced_order.moc"
