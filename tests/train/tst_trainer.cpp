// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/trainer.h"
#include "tests/support/test_main.h"
#include "tests/train/trainer_fixture.h"

#include <ATen/ops/tensor.h>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace levi;
using test::LinearNetwork;
using test::Observer;
using test::Problem;
using test::Recorder;

namespace {

TrainerOptions options(std::int64_t epochs, double learningRate = 0.05) {
    TrainerOptions o;
    o.train.epochs = epochs;
    o.train.batchSize = 16;
    o.train.learningRate = learningRate;
    o.train.weightDecay = 0;
    o.train.clipNorm = 0;
    o.seed = 4;
    return o;
}

struct NoPictures : SampleSource {
    Picture picture(std::int64_t) const override { return {8, 8}; }
    std::string content(std::int64_t row) const override { return std::to_string(row); }
};

// The same rows, the labels of every test role moved on by `by`.
Dataset withOtherTestLabels(const Dataset& data, std::int64_t by) {
    auto table = std::make_shared<RowTable>(RowTable{data, {}, std::make_shared<NoPictures>()});
    RoleRows roles;
    const auto classes = std::int64_t(data.classes.size());
    for (const RowSet& role : data.evaluation.roles) {
        auto& rows = role.role() == "train" ? roles.train : role.role() == "id_val" ? roles.idVal : roles.idTest;
        for (std::int64_t i = 0; i < role.size(); ++i) {
            const auto at = std::size_t(role.tableRow(i));
            if (at >= table->rows.size()) table->rows.resize(at + 1);
            const std::int64_t moved = isTestRole(role.role()) ? by : 0;
            table->rows[at] = {role.id(i), role.domain(i), (role.label(i) + moved) % classes};
            rows.push_back(role.tableRow(i));
        }
    }
    return makeDataset(table, roles);
}

std::optional<double> metric(const CandidateRecord& record, const std::string& role, const std::string& name,
                             const std::string& domain = "") {
    for (const MetricRow& row : record.metrics)
        if (row.role == role && row.metric == name && row.domain == domain) return row.value;
    return std::nullopt;
}

struct Trained : TrainerResult {
    Picked picked;
    std::vector<CandidateLogits> candidates;
};

Trained train(const Problem& problem, const LinearNetwork& network, TrainerOptions o, Observer& observer) {
    o.stop = problem.plan.stop;
    Candidates candidates(network, problem.plan, problem.data.training, problem.data.evaluation, candidateOptions(o),
                          observer);
    const auto result = Trainer(network, problem.plan, o).run(problem.data.training.train, candidates, observer);
    return {result, candidates.picked(), candidates.all()};
}

} // namespace

class TestTrainer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reachesTheOptimumThatIsKnown() {
        const Problem problem; // 6 classes; the features tell only their parity: at best 3 classes stay, nll = ln 3
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        const auto result = train(problem, network, options(150, 0.3), observer);
        QVERIFY(result.state == RunState::Done);
        const double nll = metric(observer.candidates.back(), "train", "nll").value();
        QVERIFY2(std::abs(nll - std::log(3.0)) < 0.01, qPrintable(QString::number(nll)));
    }

    void measuresEveryRoleAndDomain() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        train(problem, network, options(2), observer);
        QCOMPARE(observer.candidates.size(), std::size_t{2});
        for (const RowSet& role : problem.data.evaluation.roles) {
            const auto& record = observer.candidates.front();
            QVERIFY(metric(record, role.role(), "accuracy"));
            QVERIFY(metric(record, role.role(), "nll", role.domains()[std::size_t(role.domain(0))]));
            QVERIFY(metric(record, role.role(), "share/" + role.classes().front()));
        }
    }

    void picksByIdValAlone_data() {
        QTest::addColumn<int>("by");
        QTest::addColumn<QList<double>>("accuracy");
        QTest::addColumn<QList<double>>("nll");
        QTest::addColumn<int>("best");
        QTest::newRow("accuracy") << 0 << QList<double>{.5, .7, .6} << QList<double>{1, 3, 2} << 1;
        QTest::newRow("tie: lower nll") << 0 << QList<double>{.7, .7, .7} << QList<double>{3, 1, 2} << 1;
        QTest::newRow("tie: earlier, whatever the nll")
            << 2 << QList<double>{.7, .7, .6} << QList<double>{3, 1, 2} << 0;
        QTest::newRow("tie: earlier") << 0 << QList<double>{.7, .7, .7} << QList<double>{1, 1, 1} << 0;
        QTest::newRow("nll") << 1 << QList<double>{.5, .7, .6} << QList<double>{1, 3, .5} << 2;
    }

    void picksByIdValAlone() {
        QFETCH(int, by);
        QFETCH(QList<double>, accuracy);
        QFETCH(QList<double>, nll);
        QFETCH(int, best);
        BestEpoch rule(
            {.by = by == 1 ? SelectBy::Nll : SelectBy::Accuracy, .ties = by == 2 ? Ties::Earlier : Ties::LowerNll});
        int found = -1;
        for (int i = 0; i < accuracy.size(); ++i)
            if (rule.offer({.accuracy = accuracy[i], .nll = nll[i]})) found = i;
        QCOMPARE(found, best);
    }

    void stopsAtAnyBatch_data() {
        QTest::addColumn<int>("step");
        QTest::newRow("first") << 1;
        QTest::newRow("middle of the second epoch") << 6;
        QTest::newRow("end of an epoch") << 8;
    }

    void stopsAtAnyBatch() {
        QFETCH(int, step);
        Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        observer.onStep = [&](const LossPoint& point) {
            if (point.step == step) problem.stop.request_stop();
        };
        const auto result = train(problem, network, options(50), observer);
        QVERIFY(result.state == RunState::Cancelled);
        QCOMPARE(observer.losses.size(), std::size_t(step));
        QVERIFY(result.message.find("step " + std::to_string(step)) != std::string::npos);
        QCOMPARE(result.picked.index, std::int64_t{step < 4 ? -1 : 0});
    }

    void stopsWhenTheLossIsNoNumber() {
        const Problem problem;
        LinearNetwork network(2, problem.classes());
        network.nanAt = 9; // steps done before it, of 4 an epoch: the tenth, in the third epoch
        Observer observer;
        const auto result = train(problem, network, options(50), observer);
        QVERIFY(result.state == RunState::Failed);
        QVERIFY2(result.message.find("step 10 (epoch 3)") != std::string::npos, result.message.c_str());
        QVERIFY(result.picked.index >= 0);
        for (const NamedTensor& tensor : result.picked.weights)
            QVERIFY(tensor.tensor.isfinite().all().item<bool>());
    }

    void saysWhichRoleHasNoFigures() {
        Problem problem;
        problem.values.back()[0] = std::numeric_limits<float>::quiet_NaN(); // of the last role
        const std::string role = problem.data.evaluation.roles.back().role();
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        const auto result = train(problem, network, options(3), observer);
        QVERIFY(result.state == RunState::Done);
        QCOMPARE(std::ranges::count_if(observer.lines,
                                       [&](const LogLine& line) {
                                           return line.level == "warn" && line.text.starts_with(role + ": 1 of ");
                                       }),
                 1); // once, not at each of three evaluations
        QVERIFY(!metric(observer.candidates.back(), role, "nll").has_value());
        QVERIFY(metric(observer.candidates.back(), "id_val", "nll").has_value());
    }

    void testLabelsDecideNothing() {
        Problem problem;
        std::vector<Trained> results;
        for (const std::int64_t by : {0, 1}) {
            problem.data = withOtherTestLabels(problem.data, by);
            const LinearNetwork network(2, problem.classes());
            Observer observer;
            results.push_back(train(problem, network, options(8), observer));
            QCOMPARE(metric(observer.candidates.back(), "id_test", "accuracy").has_value(), true);
        }
        QCOMPARE(results[0].picked.index, results[1].picked.index);
        for (std::size_t i = 0; i < results[0].picked.weights.size(); ++i)
            QVERIFY(results[0].picked.weights[i].tensor.equal(results[1].picked.weights[i].tensor));
        QVERIFY(results[0].picked.predictions[2].labels != results[1].picked.predictions[2].labels);
    }

    void stopsEarly() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        auto o = options(500, 0); // learns nothing
        o.train.patience = 3;
        train(problem, network, o, observer);
        QVERIFY(observer.candidates.size() < 100);
    }

    void evaluatesEverySoManyEpochsAndAtTheEnd() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        auto o = options(7);
        o.train.evaluateEvery = 3;
        train(problem, network, o, observer);
        QCOMPARE(observer.candidates.size(), std::size_t{3});
        QCOMPARE(observer.lines.size(), std::size_t{3}); // one a candidate, for the store and the window
        QVERIFY(observer.lines.front().text.starts_with("epoch="));
        QCOMPARE(observer.candidates.back().epoch, std::int64_t{7});
    }

    void keepsLogitsOfEveryCandidate() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        const auto result = train(problem, network, options(3), observer);
        QCOMPARE(result.candidates.size(), std::size_t{3});
        const auto& picked = result.candidates[std::size_t(result.picked.index)];
        QVERIFY(picked.logits[1].equal(result.picked.predictions[1].logits.to(at::kHalf)));
    }

    // What a run starts from is measured as candidates are, and never picked.
    void notesWhereItStarts() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        auto o = options(2, 1e-9); // learns nothing: as good as the start at best
        Candidates candidates(network, problem.plan, problem.data.training, problem.data.evaluation,
                              candidateOptions(o), observer);
        QVERIFY(candidates.note({.kind = "start"}) == Candidates::Outcome::NotBest);
        QCOMPARE(candidates.picked().index, std::int64_t{-1});
        Trainer(network, problem.plan, o).run(problem.data.training.train, candidates, observer);
        QCOMPARE(candidates.picked().index, std::int64_t{1});
        QCOMPARE(observer.candidates.size(), std::size_t{3});
        QCOMPARE(observer.candidates.front().kind, std::string("start"));
        QCOMPARE(observer.candidates.front().metrics.size(), observer.candidates.back().metrics.size());
    }

    void minimisesItsObjective() {
        const Problem problem;
        const LinearNetwork own(2, problem.classes()), given(2, problem.classes());
        Observer observer;
        Recorder recorder;
        auto o = options(2);
        train(problem, own, o, observer);
        o.objective = &recorder;
        train(problem, given, o, observer);
        QCOMPARE(recorder.steps, std::int64_t{8});
        QCOMPARE(recorder.asked, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
        QVERIFY(given.parameters()[0].value.equal(own.parameters()[0].value));
        const auto domain = problem.data.training.train.domain(0); // of all its rows
        QVERIFY(recorder.groups[0].eq(domain).all().item<bool>() && recorder.groups[0].size(0) == 16);
    }

    // Kinds of the candidates of four epochs of four steps.
    void measuresAveragesBesideTheWeights_data() {
        QTest::addColumn<int>("average");
        QTest::addColumn<double>("start");
        QTest::addColumn<QStringList>("kinds");
        QTest::newRow("none") << int(Average::None) << 0.0 << QStringList{"epoch", "epoch", "epoch", "epoch"};
        QTest::newRow("ema") << int(Average::Ema) << 0.0
                             << QStringList{"epoch", "ema", "epoch", "ema", "epoch", "ema", "epoch", "ema"};
        QTest::newRow("swa, second half")
            << int(Average::Swa) << 0.5 << QStringList{"epoch", "epoch", "epoch", "swa", "epoch", "swa"};
    }

    void measuresAveragesBesideTheWeights() {
        QFETCH(int, average);
        QFETCH(double, start);
        QFETCH(QStringList, kinds);
        const Problem problem;
        const LinearNetwork network(2, problem.classes()), plain(2, problem.classes());
        Observer observer, plainObserver;
        auto o = options(4);
        train(problem, plain, o, plainObserver);
        o.train.average = Average(average);
        o.train.averageStart = start;
        const auto result = train(problem, network, o, observer);
        QStringList found;
        for (const CandidateRecord& record : observer.candidates)
            found << QString::fromStdString(record.kind);
        QCOMPARE(found, kinds);
        QCOMPARE(result.candidates.size(), observer.candidates.size());
        // Averaging changes nothing of what is averaged.
        QVERIFY(network.parameters()[0].value.equal(plain.parameters()[0].value));
        for (const CandidateRecord& record : observer.candidates) { // of the same weights, and of no others
            const auto& steps = plainObserver.candidates;
            const auto same = std::ranges::find(steps, record.weightsSha256, &CandidateRecord::weightsSha256);
            QCOMPARE(same == steps.end(), record.kind != "epoch");
            if (same != steps.end()) QCOMPARE(same->epoch, record.epoch);
        }
    }

    void hashesNamesAndBits() {
        const auto hash = [](const char* name, float value) { return weightsSha256({{name, at::tensor({value})}}); };
        QVERIFY(hash("a", 1.0F) != hash("b", 1.0F) && hash("a", 1.0F) != hash("a", 1.0000001F));
        QCOMPARE(hash("a", 1.0F), hash("a", 1.0F));
    }

    void anAverageThatKeepsNothingIsTheWeights() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        auto o = options(3);
        o.train.average = Average::Ema;
        o.train.averageStart = o.train.averageDecay = 0;
        const auto result = train(problem, network, o, observer);
        for (std::size_t i = 0; i < 6; i += 2)
            for (std::size_t role = 0; role < 3; ++role)
                QVERIFY(result.candidates[i].logits[role].equal(result.candidates[i + 1].logits[role]));
    }

    void anAverageThatIsBestIsKept() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        auto o = options(6, 20); // throws the weights about
        o.train.schedule = ScheduleKind::Constant;
        o.train.average = Average::Swa;
        o.train.averageStart = 0;
        o.train.selectBy = SelectBy::Nll;
        const auto result = train(problem, network, o, observer);
        const auto& record = observer.candidates[std::size_t(result.picked.index)];
        QCOMPARE(record.kind, std::string("swa"));
        setTrainedTensors(network, result.picked.weights);
        const auto again = predictions(network, problem.plan, problem.data.training.idVal);
        QVERIFY(again.logits.equal(result.picked.predictions[1].logits));
    }

    void trainsInBfloat16() {
        const Problem problem;
        const LinearNetwork network(2, problem.classes());
        Observer observer;
        auto o = options(40);
        o.train.precision = Precision::Bf16;
        const auto result = train(problem, network, o, observer);
        QVERIFY(result.state == RunState::Done);
        QVERIFY(std::abs(metric(observer.candidates.back(), "train", "nll").value() - std::log(3.0)) < 0.1);
        QVERIFY(network.parameters()[0].value.scalar_type() == at::kFloat);
    }
};

LEVI_TEST(TestTrainer)
#include "tst_trainer.moc"
