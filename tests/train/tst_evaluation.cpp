// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/evaluation.h"
#include "tests/support/test_main.h"

#include <ATen/ops/tensor.h>

#include <QTest>

using namespace levi;

class TestEvaluation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsTheRowsOfTheWorstGroup() {
        const RolePredictions predicted{.role = "id_test",
                                        .rows = {"a", "b", "c"},
                                        .logits = at::tensor({1.F, 0.F, 1.F, 0.F, 1.F, 0.F}).view({3, 2}),
                                        .labels = {0, 0, 1},
                                        .domains = {0, 0, 1}};
        for (const MetricRow& row : metricRows(predicted, {.classes = {"x", "y"}, .domains = {"photo", "art"}})) {
            if (row.metric == "worst_group") QVERIFY(row.value == 0.0 && row.count == 1);
            if (row.metric == "accuracy" && row.domain.empty()) QCOMPARE(row.count, std::int64_t{3});
        }
    }
};

LEVI_TEST(TestEvaluation)
#include "tst_evaluation.moc"
