// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/engine/data/text_view.h"
#include "core/engine/features/backbone_input.h"
#include "core/engine/features/feature_cache.h"
#include "core/spec/data/text_data.h"
#include "core/spec/kinds.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_bert.h"

#include <QTemporaryDir>
#include <QTest>

#include <numeric>

using namespace levi;

namespace {

// 120 texts, the first twenty of which stand a second time at the end.
struct Fixture {
    QTemporaryDir dir;
    std::filesystem::path root = dir.path().toStdString();
    std::unique_ptr<Backbone> backbone = openBackbone(test::writeTinyBert(root / "bert"));
    TextView view = TextView("backbone", openTokenizer(root / "bert"), {.maxLength = 20});
    Dataset data;
    FeatureOptions options{.cacheFolder = root / "cache"};

    Fixture() {
        std::string table = "text,y,split\n";
        for (std::uint64_t i = 0; i < 140; ++i)
            table += fmt::format("{},{},{}\n", test::tinyReview(i % 120, i % 2 == 0), i % 2,
                                 i < 80    ? "train"
                                 : i < 110 ? "id_val"
                                           : "id_test");
        writeFileAtomically(root / "t.csv", table);
        Options source(dataKinds().at("text_table"));
        auto& o = *source.as<TextTableOptions>();
        o.table = root / "t.csv";
        o.text = "text";
        o.targetColumn = "y";
        o.split = "split";
        data = loadDataset(source);
    }

    Features run(const std::vector<RowSet>& roles) const { return features(*backbone, view, roles, options); }

    static at::Tensor all(const Features& made, const RowSet& role) {
        std::vector<std::int64_t> positions(std::size_t(role.size()));
        std::iota(positions.begin(), positions.end(), 0);
        const std::vector<int> slots = {0, 1, 2, 3};
        return made.table.gather(role, positions, slots);
    }
};

} // namespace

class TestTextFeatures : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void encodesEachDistinctTextOnce() {
        const Fixture f;
        const auto& roles = f.data.evaluation.roles;
        const auto first = f.run(roles);
        QCOMPARE(first.computedRows, std::int64_t{120});
        QCOMPARE(f.run(roles).computedRows, std::int64_t{0});
        const auto counted = cachedRows(*f.backbone, f.view, roles, f.options);
        QCOMPARE(counted.rows, std::int64_t{120});
        QCOMPARE(counted.cached, std::int64_t{120});
        const RowSet &train = roles[0], &test = roles[2];
        QVERIFY(train.text(0).first == test.text(10).first);
        QVERIFY(Fixture::all(first, train).select(1, 0).equal(Fixture::all(first, test).select(1, 10)));
    }

    void equalsTheBackboneItself() {
        const Fixture f;
        const RowSet& role = f.data.training.idVal;
        const auto made = f.run({role});
        for (const std::int64_t i : {0, 7}) {
            Sample sample(role, i);
            const auto writer = f.view.writer({.rows = 1});
            writer->add(sample);
            const auto expected = f.backbone->pooledFeatures(backboneInput(writer->take()))[0];
            QVERIFY(Fixture::all(made, role).select(1, i).allclose(expected, 1e-5, 1e-5));
        }
    }

    // To the bit, whichever rows were missing and whatever they are batched with.
    void valuesDoNotDependOnOtherRows() {
        Fixture f;
        const auto& roles = f.data.evaluation.roles;
        f.run({roles[1]});
        const auto rest = f.run(roles);
        f.options.useCache = false;
        const auto whole = f.run(roles);
        for (const RowSet& role : roles)
            QVERIFY(Fixture::all(rest, role).equal(Fixture::all(whole, role)));
        f.backbone->setKernels(Kernels::Plain);
        QVERIFY(Fixture::all(f.run({roles[1]}), roles[1]).equal(Fixture::all(f.run(roles), roles[1])));
    }

    void keepsTheOtherPoolingsApart() {
        const Fixture f;
        const RowSet& role = f.data.training.idVal;
        const auto usual = f.run({role});
        const std::string key = featureKey(*f.backbone, f.view);
        f.backbone->setPooling(PooledPair::LastAndMax);
        QVERIFY(featureKey(*f.backbone, f.view) != key);
        const auto others = f.run({role});
        QCOMPARE(others.computedRows, usual.computedRows);
        QVERIFY(!Fixture::all(others, role).allclose(Fixture::all(usual, role), 1e-3, 1e-3));
        QCOMPARE(f.run({role}).computedRows, std::int64_t{0});
    }

    void keysTellTokenizersAndLengthsApart() {
        const Fixture f;
        const TextView other("backbone", openTokenizer(f.root / "bert"), {.maxLength = 21});
        QVERIFY(featureKey(*f.backbone, f.view) != featureKey(*f.backbone, other));
    }
};

LEVI_TEST(TestTextFeatures)
#include "tst_text_features.moc"
