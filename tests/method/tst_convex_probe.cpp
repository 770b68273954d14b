// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/convex_probe.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_vit.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/tensor.h>

#include <QTest>

using namespace levi;

namespace {

constexpr std::int64_t kWidth = 4;

// The tiny world with features that say its classes, with noise, far from zero and on different scales.
struct Probed {
    Dataset data = test::tinyWorld(90, 30);
    ReadoutPlan plan{.slots = {0}, .pool = Pool::Cls};
    ExperimentSpec spec;
    FeatureTable table{1, kWidth};
    std::vector<std::vector<float>> values;
    InputPlan inputs;
    RunObserver observer;
    std::unique_ptr<Network> network;
    std::unique_ptr<Candidates> candidates;
    std::vector<std::string> log;

    explicit Probed(bool constant = false) {
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i)
                values.push_back(row(role, i, constant));
        std::size_t next = 0;
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i)
                table.set(role.tableRow(i), values[next++].data());
        ReadoutParts parts{.outputs = data.outputs(), .depth = 0, .width = kWidth};
        network = std::make_unique<ReadoutNetwork>(plan, std::move(parts), Initializer(1));
        candidates = std::make_unique<Candidates>(*network, inputs, data.training, data.evaluation, CandidateOptions{},
                                                  observer);
    }

    static std::vector<float> row(const RowSet& role, std::int64_t i, bool constant) {
        const auto noise = Initializer(std::uint64_t(role.tableRow(i))).draw("noise", {kWidth}, 0.7);
        std::vector<float> features(2 * kWidth, 0);
        for (std::int64_t f = 0; f < kWidth; ++f)
            features[std::size_t(f)] = 5 + float(1 + f) * (float(role.label(i) % (f + 2)) + noise[f].item<float>());
        if (constant) features[1] = 3;
        return features;
    }

    Preparation preparation() {
        return {.spec = spec,
                .plan = plan,
                .rows = data.training,
                .features = &table,
                .candidates = *candidates,
                .stop = {},
                .log = [this](const auto&, const auto& text) { log.push_back(text); },
                .progress = [](auto, auto) {}};
    }

    // Class tokens and labels of a role.
    std::pair<at::Tensor, at::Tensor> rows(const RowSet& role) const {
        std::vector<std::int64_t> all, labels;
        for (std::int64_t i = 0; i < role.size(); ++i) {
            all.push_back(i);
            labels.push_back(role.label(i));
        }
        const std::vector<int> slots = {0};
        return {table.gather(role, all, slots)[0].select(1, 0).to(at::kDouble), at::tensor(labels, at::kLong)};
    }
};

double lossOf(const LinearHead& head, const std::pair<at::Tensor, at::Tensor>& rows) {
    return at::cross_entropy_loss(at::linear(rows.first, head.weight, head.bias), rows.second).item<double>();
}

double accuracyOf(const LinearHead& head, const std::pair<at::Tensor, at::Tensor>& rows) {
    return at::linear(rows.first, head.weight, head.bias)
        .argmax(1)
        .eq(rows.second)
        .to(at::kDouble)
        .mean()
        .item<double>();
}

} // namespace

class TestConvexProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scalesItsWeightsBack_data() {
        QTest::addColumn<int>("scaling");
        QTest::addColumn<bool>("constant");
        QTest::newRow("scalar") << int(ProbeScaling::Scalar) << false;
        QTest::newRow("per feature") << int(ProbeScaling::PerFeature) << false;
        QTest::newRow("per feature, one that never varies") << int(ProbeScaling::PerFeature) << true;
    }

    void scalesItsWeightsBack() {
        QFETCH(int, scaling);
        QFETCH(bool, constant);
        Probed f(constant);
        const auto given = f.preparation();
        const ConvexProbe probe(given, {.scaling = ProbeScaling(scaling), .strengths = 7});
        std::vector<double> cs, losses;
        probe.sweep([&](const ProbeCandidate& candidate) {
            cs.push_back(candidate.c);
            losses.push_back(candidate.trainLoss);
            QVERIFY(std::abs(lossOf(candidate.head, f.rows(f.data.training.train)) - candidate.trainLoss) < 1e-9);
        });
        QCOMPARE(cs.size(), std::size_t{7});
        QCOMPARE(cs.front(), 1e-7);
        QVERIFY(std::abs(cs.back() - 100) < 1e-9);
        for (std::size_t i = 1; i < losses.size(); ++i)
            QVERIFY(losses[i] < losses[i - 1] + 1e-5); // a weaker penalty fits better
    }

    void picksOnIdValAndPrefersStrongPenalties() {
        Probed f;
        const auto given = f.preparation();
        const ConvexProbe probe(given, {.strengths = 12});
        const auto idVal = f.rows(f.data.training.idVal);
        LinearHead expected;
        double best = -1;
        int ties = 0;
        probe.sweep([&](const ProbeCandidate& candidate) {
            const double accuracy = accuracyOf(candidate.head, idVal);
            ties += accuracy == best;
            if (accuracy <= best) return;
            best = accuracy;
            ties = 0;
            expected = candidate.head;
        });
        QVERIFY(ties > 0); // else this shows nothing
        QVERIFY(at::equal(probe.best().weight, expected.weight));
        QCOMPARE(f.log.size(), std::size_t{1});
    }

    void setsTheHeadOfANetwork() {
        Probed f;
        const auto given = f.preparation();
        const auto head = ConvexProbe(given, {.strengths = 3}).best();
        setHead(*f.network, head);
        const auto [x, labels] = f.rows(f.data.training.idVal);
        const std::vector<int> slots = {0};
        std::vector<std::int64_t> all(std::size_t(f.data.training.idVal.size()));
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = std::int64_t(i);
        const auto logits = f.network->logits({.pooled = f.table.gather(f.data.training.idVal, all, slots)});
        const auto expected = at::linear(x, head.weight, head.bias).to(at::kFloat);
        QVERIFY(logits.sub(expected).abs().max().item<double>() < 1e-4);
    }
};

LEVI_TEST(TestConvexProbe)
#include "tst_convex_probe.moc"
