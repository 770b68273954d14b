// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/method/convex_probe.h"
#include "core/engine/method/predictions.h"
#include "core/engine/method/ridge_fit.h"
#include "tests/method/two_domains.h"
#include "tests/support/test_main.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace levi;
using test::Given;
using test::objective;

namespace {

at::Tensor noise(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    Random random(seed);
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows * columns; ++i)
        values.push_back(random.normal());
    return at::tensor(values, at::kDouble).reshape({rows, columns});
}

const at::Tensor kPredicted = at::tensor({1.0, -0.5, 0.25, 2.0, -1.0, 0.5, 0.0, 1.5}, at::kFloat).unsqueeze(1);
const at::Tensor kTargets = at::tensor({0.5, 0.5, -1.0, 1.0, -2.0, 1.0, 1.0, 0.0}, at::kFloat);

StepInput input() {
    return {.targets = kTargets, .groups = at::tensor({4, 4, 4, 4, 7, 7, 7, 7}, at::kLong)};
}

double mse(const std::vector<std::int64_t>& rows, double scale = 1) {
    double sum = 0;
    for (const std::int64_t row : rows)
        sum += std::pow(scale * kPredicted[row][0].item<double>() - kTargets[row].item<double>(), 2);
    return sum / double(rows.size());
}
const std::vector<std::int64_t> kFirst = {0, 1, 2, 3}, kSecond = {4, 5, 6, 7};

bool near(double a, double b, double tolerance = 1e-5) {
    return std::abs(a - b) < tolerance * std::max(1.0, std::abs(b));
}

PredictionsFile example() {
    Task task{.target = TargetKind::Number,
              .domains = {"north", "south"},
              .groups = {{"urban", {"0", "1"}}},
              .groupWeights = {3, 1}};
    PredictionsFile file{task, {}};
    file.roles = {{.role = "id_val",
                   .rows = {"a", "b"},
                   .logits = at::tensor({1.5F, 2.5F}).unsqueeze(1),
                   .labels = {},
                   .domains = {0, 1},
                   .numbers = {1, 3},
                   .groups = {0, 1},
                   .users = {5, 6}}};
    return file;
}

} // namespace

// Numbers in the place of classes: losses, objectives, ridge regression, files.
class TestNumberTargets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lossIsTheSquaredError() {
        QVERIFY(near(predictionLoss(kPredicted, kTargets, 0).item<double>(), (mse(kFirst) + mse(kSecond)) / 2));
        // Parts: the mean over layers of the means over rows; the layers' predictions are averaged.
        const auto y = at::stack({kPredicted, kPredicted.mul(3)});
        const double parts = ensembleLoss(y, kTargets, {}).item<double>();
        QVERIFY(near(parts, (mse({0, 1, 2, 3, 4, 5, 6, 7}) + mse({0, 1, 2, 3, 4, 5, 6, 7}, 3)) / 2));
        QVERIFY(combined(y, Combine::MeanLogits).allclose(kPredicted.mul(2)));
        const double whole = ensembleLoss(y, kTargets, {.of = LossOf::Whole}).item<double>();
        QVERIFY(near(whole, mse({0, 1, 2, 3, 4, 5, 6, 7}, 2)));
    }

    void groupDroWeighsSquaredErrors() {
        const Given network(kPredicted);
        const auto dro = objective("group_dro", {"method.step_size=0.5"});
        const double q1 = std::exp(0.5 * mse(kFirst)), q2 = std::exp(0.5 * mse(kSecond));
        QVERIFY(near(dro->loss(network, input(), 0, {}).item<double>(),
                     (q1 * mse(kFirst) + q2 * mse(kSecond)) / (q1 + q2)));
    }

    void irmEqualsAFiniteDifference() {
        const Given network(kPredicted);
        const auto irm = objective("irm", {"method.penalty_weight=30", "method.anneal_share=0"});
        irm->begin(10);
        const auto slope = [](const std::vector<std::int64_t>& rows) {
            return (mse(rows, 1 + 1e-5) - mse(rows, 1 - 1e-5)) / 2e-5;
        };
        const double penalty = (slope({0, 2}) * slope({1, 3}) + slope({4, 6}) * slope({5, 7})) / 2;
        QVERIFY(std::abs(penalty) > 1e-3);
        QVERIFY(near(irm->loss(network, input(), 0, {}).item<double>(), (mse(kFirst) + mse(kSecond)) / 2 + 30 * penalty,
                     1e-4));
    }

    // The gradient is that of the loss on mixed targets.
    void mixupMixesNumbers() {
        const Given network(kPredicted);
        const auto mixup = objective("mixup", {"method.alpha=1"});
        mixup->loss(network, input(), 0, {.seed = 3, .step = 2}).backward();
        const auto gradient = network.logitsGradient().squeeze(1);
        const auto mixed = kPredicted.squeeze(1).sub(gradient.mul(4)); // 2 (f - y) / 8 = gradient
        QVERIFY(!mixed.allclose(kTargets));
        QVERIFY(near(mixed.mean().item<double>(), kTargets.mean().item<double>())); // every row is once a partner
        QVERIFY(mixed.max().item<double>() <= 1 + 1e-6 && mixed.min().item<double>() >= -2 - 1e-6);
    }

    void ridgeEqualsTheNormalEquations_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<double>("c");
        QTest::newRow("strong") << 30 << 1e-3;
        QTest::newRow("weak") << 30 << 100.0;
        QTest::newRow("fewer rows than features") << 4 << 1.0;
    }

    void ridgeEqualsTheNormalEquations() {
        QFETCH(int, rows);
        QFETCH(double, c);
        const auto x = noise(rows, 6, 1).add(3), y = noise(rows, 1, 2).squeeze(1).mul(2).add(5);
        const auto fit = RidgePath(x, y).fit(c);
        const auto centred = x.sub(x.mean(0));
        const auto a = at::mm(centred.t(), centred).add(at::eye(6, at::kDouble), 1 / c);
        const auto w = at::linalg_solve(a, at::mm(centred.t(), y.sub(y.mean()).unsqueeze(1))).squeeze(1);
        QVERIFY(fit.head.weight.squeeze(0).allclose(w, 1e-8, 1e-10));
        const auto residual = at::mm(x, w.unsqueeze(1)).squeeze(1).add(y.mean().sub(w.dot(x.mean(0)))).sub(y);
        QVERIFY(near(fit.loss, residual.square().mean().item<double>(), 1e-8));
        QVERIFY(std::abs(residual.sum().item<double>()) < 1e-9); // of the bias, which has no penalty
    }

    void filesKeepTargetsGroupsAndUsers() {
        const QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("p").toStdString();
        writePredictions(path, example());
        const auto read = readPredictions(path);
        QVERIFY(read.isNumber());
        QCOMPARE(read.roles[0].numbers, (std::vector<double>{1, 3}));
        QCOMPARE(read.roles[0].groups, (std::vector<std::int64_t>{0, 1}));
        QCOMPARE(read.roles[0].users, (std::vector<std::int64_t>{5, 6}));
        QCOMPARE(read.groups[0].values, (std::vector<std::string>{"0", "1"}));
        QCOMPARE(read.groupWeights, (std::vector<double>{3, 1}));
        QVERIFY(read.roles[0].logits.equal(example().roles[0].logits));
        auto broken = example();
        broken.roles[0].groups[1] = 2;
        writePredictions(path, broken);
        QVERIFY_THROWS_EXCEPTION(Error, readPredictions(path));
    }

    void combinesNumbersWithNumbersAlone() {
        auto other = example();
        other.roles[0].logits = at::tensor({2.5F, 0.5F}).unsqueeze(1);
        checkSameRows(example(), other, "a", "b");
        ExperimentSpec spec; // averages probabilities where it can
        setField(spec, "method.kind", "output_ensemble");
        const auto& method = std::get<DerivedMethod>(methodOf(spec));
        const auto mean = method.combine(spec, {example(), other})[0].logits;
        QVERIFY(mean.equal(at::tensor({2.0F, 1.5F}).unsqueeze(1)));
        other.roles[0].numbers[0] = 9;
        QVERIFY_THROWS_EXCEPTION(Error, checkSameRows(example(), other, "a", "b"));
        other = example();
        other.target = TargetKind::Class;
        QVERIFY_THROWS_EXCEPTION(Error, checkSameRows(example(), other, "a", "b"));
    }

    void weightsKeepTheScale() {
        const QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("w").toStdString();
        const TargetScale scale{.mean = 1.0 / 3, .deviation = 0.1, .low = 0, .high = 1, .clips = true};
        writeSafetensors(path, {{"w", at::tensor({1.0F})}},
                         weightsMetadata({.task = Task{.target = TargetKind::Number, .scale = scale}, .fitted = {}}));
        const Task task = weightsTask(Safetensors(path));
        QVERIFY(task.isNumber() && task.outputs() == 1);
        QVERIFY(task.scale.mean == scale.mean && task.scale.deviation == scale.deviation && task.scale.clips);
        auto broken =
            weightsMetadata({.task = Task{.target = TargetKind::Number, .scale = scale}, .fitted = {}});
        broken["target_scale"] = R"({"mean": 0, "deviation": 0, "low": 0, "high": 1, "clips": false})";
        writeSafetensors(path, {{"w", at::tensor({1.0F})}}, broken);
        QVERIFY_THROWS_EXCEPTION(Error, weightsTask(Safetensors(path)));
    }
};

LEVI_TEST(TestNumberTargets)
#include "tst_number_targets.moc"
