// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"
#include "core/engine/data/load.h"
#include "core/engine/method/method.h"
#include "tests/support/test_main.h"

#include <ATen/Parallel.h>
#include <ATen/ops/tensor.h>

#include <QTest>

#include <set>

using namespace levi;

namespace {

constexpr std::int64_t kDepth = 2, kWidth = 8;
constexpr std::int64_t kPerLayer = 2 * kWidth, kFeatures = (kDepth + 2) * kPerLayer;
const std::set<std::int64_t> kPlanted = {3, kPerLayer + 5, kPerLayer + 9, 3 * kPerLayer + 1};

struct NoPictures : SampleSource {
    Picture picture(std::int64_t) const override { return {1, 1}; }
    std::string content(std::int64_t row) const override { return std::to_string(row); }
};

// Noise in every feature; a few planted ones say the class as well.
struct Planted {
    std::vector<std::vector<float>> values;
    Dataset data;
    std::shared_ptr<FeatureTable> features = std::make_shared<FeatureTable>(kDepth + 2, kWidth);
    ExperimentSpec spec;
    ReadoutPlan plan;

    Planted() {
        at::set_num_threads(1); // of small tensors: more of them only wait for each other
        const auto table = std::make_shared<RowTable>(
            RowTable{{.classes = {"a", "b"}, .domains = {"only"}}, {}, std::make_shared<NoPictures>()});
        RoleRows roles;
        addRows(*table, roles.train, 480);
        addRows(*table, roles.idVal, 200);
        data = makeDataset(table, roles);
        for (std::size_t row = 0; row < values.size(); ++row)
            features->set(std::int64_t(row), values[row].data());
        setField(spec, "method.kind", "head2toe");
        for (const char* assignment : {"method.selection_steps=150", "train.batch_size=48", "method.group_lasso=0.001"})
            setAssignment(spec, assignment);
        plan = planOf(spec, kDepth);
    }

    void addRows(RowTable& table, std::vector<std::int64_t>& role, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) {
            const auto row = std::int64_t(table.rows.size());
            Random random(streamSeed(7, "row", std::uint64_t(row)));
            std::vector<float> z;
            for (std::int64_t j = 0; j < kFeatures; ++j)
                z.push_back(float(random.normal()) + (kPlanted.contains(j) ? (i % 2 == 0 ? 1.5F : -1.5F) : 0.0F));
            values.push_back(z);
            role.push_back(row);
            table.rows.push_back({.id = std::to_string(row), .label = i % 2});
        }
    }

    SelectionSource source() const {
        return {
            .spec = spec, .plan = plan, .roles = data.training, .features = features, .outputs = 2, .depth = kDepth};
    }
    FeatureSelection select() const { return trainedMethodOf(spec).select(source()); }
};

std::set<std::int64_t> asSet(const at::Tensor& kept) {
    const auto* begin = kept.data_ptr<std::int64_t>();
    return {begin, begin + kept.numel()};
}

} // namespace

class TestHead2Toe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsThePlantedFeatures() {
        Planted planted;
        setAssignment(planted.spec, fmt::format("method.keep_fraction={}", 4.0 / kFeatures));
        const auto selection = planted.select();
        QCOMPARE(asSet(selection.kept), kPlanted);
        QCOMPARE(selection.notes.back().name, std::string("kept_features"));
        QCOMPARE(selection.notes.back().text, std::string("0=1 1=2 2=0 last=1"));
    }

    void choosesAmongSharesOnIdVal() {
        Planted planted;
        setAssignment(planted.spec, "method.keep_fractions=0.0625,0.015625"); // all four, or one of them
        const auto selection = planted.select();
        QCOMPARE(asSet(selection.kept), kPlanted);
        QCOMPARE(selection.notes.front().text, std::string("0.0625"));
    }

    void theLassoShrinksWholeFeatures() {
        const Planted planted;
        const SelectionRecipe free{.groupLasso = 0, .steps = 150, .learningRate = 0.01},
            shrunk{.groupLasso = 0.05, .steps = 150, .learningRate = 0.01};
        const auto noise = [](const at::Tensor& scores) {
            double sum = 0;
            for (std::int64_t j = 0; j < kFeatures; ++j)
                if (!kPlanted.contains(j)) sum += scores[j].item<double>();
            return sum;
        };
        QVERIFY(noise(featureScores(planted.source(), shrunk)) < 0.3 * noise(featureScores(planted.source(), free)));
    }

    void keepsTheLargestScores() {
        const auto scores = at::tensor({0.5F, 2.0F, 0.1F, 2.0F, 1.0F});
        QCOMPARE(asSet(largest(scores, 0.4)), (std::set<std::int64_t>{1, 3}));
        QCOMPARE(asSet(largest(scores, 0.2)), (std::set<std::int64_t>{1})); // of equals the first
        QCOMPARE(asSet(largest(scores, 0)), (std::set<std::int64_t>{1}));
        QCOMPARE(largest(scores, 1).size(0), std::int64_t{5});
        QVERIFY(largest(scores, 1).equal(std::get<0>(largest(scores, 1).sort())));
    }

    void needsOnlyTheSeed() {
        Planted planted;
        const auto first = planted.select().kept;
        QVERIFY(planted.select().kept.equal(first));
    }

    void stops() {
        const Planted planted;
        std::stop_source stop;
        auto source = planted.source();
        source.stop = stop.get_token();
        source.progress = [&](std::int64_t done, std::int64_t) {
            if (done == 5) stop.request_stop();
        };
        QVERIFY_THROWS_EXCEPTION(Stopped, trainedMethodOf(planted.spec).select(source));
    }
};

LEVI_TEST(TestHead2Toe)
#include "tst_head2toe.moc"
