// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/targets.h"
#include "core/engine/train/evaluation.h"
#include "tests/support/test_main.h"

#include <ATen/ops/tensor.h>

#include <QTest>

#include <cmath>

using namespace levi;

namespace {

const MetricRow* find(const std::vector<MetricRow>& rows, const std::string& metric, const std::string& domain = "") {
    for (const MetricRow& row : rows)
        if (row.metric == metric && row.domain == domain) return &row;
    return nullptr;
}

bool is(const MetricRow* row, double value, std::int64_t count) {
    return row && row->value && std::abs(*row->value - value) < 1e-6 && row->count == count;
}

// Waterbirds in small: place and y, of which (water, landbird) has no row here.
Task birds() {
    return {.classes = {"landbird", "waterbird"},
            .domains = {"land", "water"},
            .groups = {{"place", {"land", "water"}}, {"y", {"0", "1"}}},
            .groupWeights = {6, 0, 1, 3}};
}

RolePredictions seenBirds() {
    return {.role = "ood_test/test",
            .rows = {"a", "b", "c", "d", "e"},
            .logits = at::tensor({1.F, 0.F, 1.F, 0.F, 0.F, 1.F, 1.F, 0.F, 0.F, 1.F}).view({5, 2}),
            .labels = {0, 0, 1, 1, 1},
            .domains = {0, 0, 0, 0, 1},
            .groups = {0, 0, 2, 2, 3},
            .users = {7, 7, 8, 8, 8}};
}

} // namespace

class TestMetricRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judgesGroupsAsWildsDoes() {
        const auto rows = metricRows(seenBirds(), birds());
        QVERIFY(is(find(rows, "accuracy"), 0.8, 5));
        QVERIFY(is(find(rows, "worst_group"), 0.5, 2)); // waterbirds on land
        QVERIFY(is(find(rows, "accuracy/place:land y:0"), 1, 2));
        QVERIFY(is(find(rows, "accuracy/place:land y:1"), 0.5, 2));
        QVERIFY(is(find(rows, "adjusted_average"), (6 * 1 + 1 * 0.5 + 3 * 1) / 10.0, 5));
        QVERIFY(is(find(rows, "user_p10"), 2.0 / 3 + 0.1 / 3, 5)); // 1 and 2/3, linear between them
        const MetricRow* empty = find(rows, "accuracy/place:water y:0");
        QVERIFY(empty && !empty->value && empty->count == 0);
        QVERIFY(!find(rows, "worst_group", "land"));
    }

    void withoutGroupsTheDomainsAreThem() {
        Task task = birds();
        task.groups.clear();
        const auto rows = metricRows(seenBirds(), task);
        QVERIFY(is(find(rows, "worst_group"), 0.75, 4));
        QVERIFY(!find(rows, "adjusted_average"));
    }

    void judgesNumbers() {
        const Task task{.target = TargetKind::Number,
                        .domains = {"north", "south"},
                        .groups = {{"urban", {"0", "1", "2"}}},
                        .groupWeights = {1, 1, 1}};
        const RolePredictions p{.role = "id_test",
                                .rows = {"a", "b", "c", "d"},
                                .logits = at::tensor({1.F, 2.F, 5.F, 1.F}).view({4, 1}),
                                .labels = {},
                                .domains = {0, 0, 1, 1},
                                .numbers = {1, 2, 3, 4},
                                .groups = {0, 0, 2, 2}};
        const auto rows = metricRows(p, task);
        QVERIFY(is(find(rows, "rmse"), std::sqrt((4 + 9) / 4.0), 4));
        QVERIFY(is(find(rows, "mae"), 5 / 4.0, 4));
        QVERIFY(is(find(rows, "rmse_worst_group"), std::sqrt(6.5), 2));
        QVERIFY(is(find(rows, "mae_worst_group"), 2.5, 2));
        QVERIFY(is(find(rows, "pearson_worst_group"), -1, 2));
        QVERIFY(is(find(rows, "rmse/urban:0"), 0, 2));
        QVERIFY(is(find(rows, "mae/urban:2"), 2.5, 2));
        QVERIFY(is(find(rows, "pearson/urban:2"), -1, 2));
        QVERIFY(find(rows, "rmse/urban:1") && find(rows, "rmse/urban:1")->count == 0);
        QVERIFY(is(find(rows, "rmse", "south"), std::sqrt(6.5), 2));
        QVERIFY(!find(rows, "accuracy") && !find(rows, "nll"));
        QVERIFY(figuresOf(p, task)->rmse == find(rows, "rmse")->value);
        QCOMPARE(QString::fromStdString(figuresOf(p, task)->text()), QStringLiteral("id_val_rmse=1.8028"));
    }

    void aNumberThatIsNoneIsNoFigure() {
        const Task task{.target = TargetKind::Number, .domains = {"north"}};
        const RolePredictions p{.role = "id_val",
                                .rows = {"a"},
                                .logits = at::tensor({std::nanf("")}).view({1, 1}),
                                .labels = {},
                                .domains = {0},
                                .numbers = {1}};
        QVERIFY(!figuresOf(p, task));
        QVERIFY(!find(metricRows(p, task), "rmse")->value);
    }

    void picksTheLowestRmse() {
        BestEpoch rule({.by = SelectBy::Accuracy, .ties = Ties::Earlier});
        QVERIFY(rule.offer({.rmse = 2}));
        QVERIFY(!rule.offer({.rmse = 2}));
        QVERIFY(!rule.offer({.rmse = 3}));
        QVERIFY(rule.offer({.rmse = 1}));
        QVERIFY((IdValFigures{.rmse = 1}.goodness() > IdValFigures{.rmse = 2}.goodness()));
    }

    void standardisesAndBringsBack() {
        const std::vector<double> targets = {1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 6};
        Task task{.target = TargetKind::Number, .scale = targetScale(targets, false)};
        const auto standard = lossTargets(at::tensor(targets, at::kDouble), task);
        QVERIFY(standard.scalar_type() == at::kFloat);
        QVERIFY(std::abs(standard.mean().item<double>()) < 1e-6);
        QVERIFY(std::abs(standard.square().mean().item<double>() - 1) < 1e-6);
        const auto back = answersOf(standard.unsqueeze(1), task).squeeze(1).to(at::kDouble);
        QVERIFY(back.sub(at::tensor(targets, at::kDouble)).abs().max().item<double>() < 0.1); // float32 has no more
        task.scale.clips = true;
        const auto clipped = answersOf(at::tensor({-9.F, 0.F, 9.F}).unsqueeze(1), task);
        QCOMPARE(clipped[0][0].item<float>(), 1e6F + 1);
        QCOMPARE(clipped[2][0].item<float>(), 1e6F + 6);
        QCOMPARE(targetScale(std::vector<double>{4, 4}, false).deviation, 1.0);
    }
};

LEVI_TEST(TestMetricRows)
#include "tst_metric_rows.moc"
