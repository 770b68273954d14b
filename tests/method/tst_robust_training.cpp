// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"
#include "core/engine/method/method.h"
#include "core/engine/train/trainer.h"
#include "tests/support/test_main.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>

#include <QTest>

#include <cmath>

using namespace levi;

namespace {

constexpr std::int64_t kDepth = 1, kWidth = 2;

struct NoPictures : SampleSource {
    Picture picture(std::int64_t) const override { return {1, 1}; }
    std::string content(std::int64_t row) const override { return std::to_string(row); }
};

// Two training domains, the second one small and with the first feature turned round, so that a head cannot please
// both with it. Test labels are moved on by `moved`.
struct TwoDomains {
    Dataset data;
    std::vector<std::vector<float>> values;
    InputPlan plan;

    explicit TwoDomains(std::int64_t moved = 0) {
        at::set_num_threads(1); // of small tensors: more of them only wait for each other
        const auto table = std::make_shared<RowTable>(
            RowTable{{.classes = {"a", "b"}, .domains = {"large", "small"}}, {}, std::make_shared<NoPictures>()});
        RoleRows roles;
        addRows(*table, roles.train, {48, 16}, 0);
        addRows(*table, roles.idVal, {20, 20}, 0);
        addRows(*table, roles.idTest, {20, 20}, moved);
        data = makeDataset(table, roles);
        auto features = std::make_shared<FeatureTable>(kDepth + 2, kWidth);
        for (std::size_t row = 0; row < values.size(); ++row)
            features->set(std::int64_t(row), values[row].data());
        plan = {.slots = {kDepth + 1}, .features = features, .seed = 5};
    }

    void addRows(RowTable& table, std::vector<std::int64_t>& role, const std::vector<int>& counts, std::int64_t moved) {
        for (std::size_t domain = 0; domain < counts.size(); ++domain)
            for (int i = 0; i < counts[domain]; ++i) {
                const auto row = std::int64_t(table.rows.size());
                Random random(streamSeed(1, "row", std::uint64_t(row)));
                const float sign = i % 2 == 0 ? -1.0F : 1.0F, turned = domain == 0 ? sign : -sign;
                const auto noise = [&] { return 0.3F * float(random.normal()); };
                std::vector<float> z(std::size_t(2 * kWidth * (kDepth + 2)));
                z[8] = z[10] = turned + noise(); // last_hidden_state: class token, then mean
                z[9] = z[11] = 0.5F * sign + noise();
                values.push_back(z);
                role.push_back(row);
                table.rows.push_back(
                    {.id = std::to_string(row), .domain = std::int64_t(domain), .label = (i + moved) % 2});
            }
    }
};

struct Observer : RunObserver {
    std::vector<CandidateRecord> candidates;
    void evaluated(const CandidateRecord& record) override { candidates.push_back(record); }
};

ExperimentSpec specOf(const std::string& method) {
    ExperimentSpec spec;
    setField(spec, "method.kind", method);
    for (const char* assignment : {"method.normalization=none", "train.epochs=15", "train.batch_size=16",
                                   "train.learning_rate=0.03", "train.average=ema", "train.average_decay=0.8"})
        setAssignment(spec, assignment);
    return spec;
}

struct Trained : TrainerResult {
    Picked picked;
};

Trained train(const ExperimentSpec& spec, TwoDomains& problem, Observer& observer) {
    const auto& method = trainedMethodOf(spec);
    const auto network =
        method.build(method.plan(spec, kDepth), {.outputs = 2, .depth = kDepth, .width = kWidth}, Initializer(3));
    const auto made = method.objective(spec, trainingGroups(problem.data.training.train));
    problem.plan.balancesDomains = spec.method.kind().method.needsGroups;
    const TrainerOptions options{.train = spec.train, .objective = made.get(), .seed = 5};
    Candidates candidates(*network, problem.plan, problem.data.training, problem.data.evaluation,
                          candidateOptions(options), observer);
    const auto result = Trainer(*network, problem.plan, options).run(problem.data.training.train, candidates, observer);
    return {result, candidates.picked()};
}

double worstNll(const CandidateRecord& record, const std::string& role) {
    double worst = 0;
    for (const MetricRow& row : record.metrics)
        if (row.role == role && row.metric == "nll" && !row.domain.empty()) worst = std::max(worst, row.value.value());
    return worst;
}

double nll(const CandidateRecord& record, const std::string& role) {
    for (const MetricRow& row : record.metrics)
        if (row.role == role && row.metric == "nll" && row.domain.empty()) return row.value.value();
    return 0;
}

// By how much the logits differ per unit of the first feature, against the second.
double relianceOnTheFirst(const Trained& result) {
    for (const NamedTensor& tensor : result.picked.weights)
        if (tensor.name == "adapters.output.weight") {
            const auto w = tensor.tensor[0].select(1, 1).sub(tensor.tensor[0].select(1, 0)); // token by token
            return std::abs((w[0] + w[2]).item<double>()) / std::abs((w[1] + w[3]).item<double>());
        }
    return -1;
}

void addMethods() {
    QTest::addColumn<QByteArray>("method");
    for (const char* method : {"group_dro", "irm", "vrex", "coral", "mixup"})
        QTest::newRow(method) << QByteArray(method);
}

} // namespace

class TestRobustTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void testLabelsDecideNothing_data() { addMethods(); }

    void testLabelsDecideNothing() {
        QFETCH(QByteArray, method);
        std::vector<Trained> results;
        for (const std::int64_t moved : {0, 1}) {
            TwoDomains problem(moved);
            Observer observer;
            results.push_back(train(specOf(method.toStdString()), problem, observer));
            QVERIFY(results.back().state == RunState::Done);
        }
        QCOMPARE(results[0].picked.index, results[1].picked.index);
        for (std::size_t i = 0; i < results[0].picked.weights.size(); ++i)
            QVERIFY(results[0].picked.weights[i].tensor.equal(results[1].picked.weights[i].tensor));
        QVERIFY(results[0].picked.predictions[2].labels != results[1].picked.predictions[2].labels);
    }

    // The small domain, which contradicts the large one, is served better than by the plain risk.
    void helpsTheWorstDomain_data() {
        QTest::addColumn<QByteArray>("method");
        for (const char* method : {"group_dro", "vrex"})
            QTest::newRow(method) << QByteArray(method);
    }

    void helpsTheWorstDomain() {
        QFETCH(QByteArray, method);
        TwoDomains problem;
        Observer plain, robust;
        train(specOf("linear_probe"), problem, plain);
        train(specOf(method.toStdString()), problem, robust);
        QVERIFY(worstNll(robust.candidates.back(), "train") < 0.8 * worstNll(plain.candidates.back(), "train"));
    }

    void learnsAllTheSame_data() {
        QTest::addColumn<QByteArray>("method");
        for (const char* method : {"group_dro", "vrex", "coral", "mixup"})
            QTest::newRow(method) << QByteArray(method);
    }

    void learnsAllTheSame() {
        QFETCH(QByteArray, method);
        TwoDomains problem;
        Observer observer;
        train(specOf(method.toStdString()), problem, observer);
        QVERIFY(nll(observer.candidates.back(), "train") < nll(observer.candidates.front(), "train"));
    }

    // The first feature means one thing in one domain and the contrary in the other; the second one means the same.
    void irmLeavesAFeatureThatTurnsRound() {
        TwoDomains problem;
        Observer observer;
        const auto plain = train(specOf("linear_probe"), problem, observer);
        const auto irm = train(specOf("irm"), problem, observer);
        QVERIFY2(relianceOnTheFirst(irm) < 0.7 * relianceOnTheFirst(plain),
                 qPrintable(QString("%1 %2").arg(relianceOnTheFirst(irm)).arg(relianceOnTheFirst(plain))));
    }
};

LEVI_TEST(TestRobustTraining)
#include "tst_robust_training.moc"
