// SPDX-License-Identifier: Apache-2.0
#include "core/spec/baseline_pack.h"
#include "core/spec/methods/levi_options.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

ExperimentSpec levi8(const QStringList& baselines) {
    SpecRead read = specFromText(R"({"name": "Mine", "seed": 4, "data": {"kind": "demo_world"},
        "backbone": {"path": "resource:demo_vit"}, "train": {"epochs": 7},
        "method": {"kind": "levi", "taps": "2-4", "dropout": 0.2}})");
    for (const QString& name : baselines)
        read.spec.baselines.push_back(name.toStdString());
    return read.spec;
}

} // namespace

class TestBaselinePack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsTheMethods_data() {
        QTest::addColumn<QStringList>("baselines");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("none") << QStringList{} << QStringList{"Mine"};
        QTest::newRow("two") << QStringList{"specialist", "linear_probe"}
                             << QStringList{"Mine", "Specialist alone", "Linear probe"};
        QTest::newRow("its own kind is there already") << QStringList{"levi"} << QStringList{"Mine"};
        QTest::newRow("parents come along")
            << QStringList{"output_ensemble"}
            << QStringList{"Mine", "Specialist alone", "Linear probe", "Output ensemble"};
        QTest::newRow("of the fine-tuned where there is one")
            << QStringList{"output_ensemble", "full_fine_tuning"}
            << QStringList{"Mine", "Full fine-tuning", "Specialist alone", "Output ensemble"};
    }

    void listsTheMethods() {
        QFETCH(QStringList, baselines);
        QFETCH(QStringList, names);
        QStringList found;
        for (const ExperimentSpec& spec : withBaselines(levi8(baselines)))
            found << QString::fromStdString(spec.name);
        QCOMPARE(found, names);
    }

    void sharesWhatCanBeShared() {
        const auto specs = withBaselines(levi8({"all_layer_probe", "output_ensemble"}));
        QCOMPARE(fieldValue(specs[1], "method.taps").get<std::string>(), std::string("2-4"));
        QCOMPARE(fieldValue(specs[1], "method.dropout").get<double>(), 0.2);
        for (const ExperimentSpec& spec : specs) {
            QCOMPARE(spec.seed, 4U);
            QCOMPARE(spec.train.epochs, 7);
            QVERIFY(spec.baselines.empty());
            QVERIFY2(validate(spec).empty(), problemsText(validate(spec)).c_str());
        }
        const auto parents = fieldValue(specs.back(), "method.parents").get<std::vector<std::string>>();
        QCOMPARE(parents, (std::vector<std::string>{"Specialist alone", "Linear probe"}));
    }

    // LEVI without its specialist, and with nothing else changed, whether LEVI's layers are written out or its default.
    void withoutSpecialistAtTheSameLayers() {
        ExperimentSpec base = levi8({"all_layer_probe", "concat_probe"});
        setField(base, "method.taps", LeviOptions().taps.text);
        const auto specs = withBaselines(base);
        QCOMPARE(fieldValue(specs[1], "method.taps").dump(), fieldValue(base, "method.taps").dump());
        QVERIFY(fieldValue(specs[2], "method.taps") != fieldValue(base, "method.taps")); // by its own default
    }

    // The spec's rate is meant for what it trains itself, of a frozen backbone for all of it.
    void ratesFitWhatIsTrained_data() {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<double>("rate");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<double>("expected");
        const auto row = [](const char* mode, double rate, const char* kind, double expected) {
            QTest::addRow("%s of %s", kind, mode) << mode << rate << kind << expected;
        };
        row("frozen", 1e-4, "full_fine_tuning", 1e-4);
        row("frozen", 1e-4, "surgical", 1e-4);
        row("frozen", 1e-4, "lora", 1e-3);
        row("frozen", 1e-4, "norm_tuning", 3e-3);
        row("frozen", 1e-4, "bitfit", 1e-3);
        row("full", 1e-4, "lp_ft", 1e-4);
        row("full", 1e-4, "lora", 1e-3);
        row("lora", 5e-3, "lora", 5e-3);
        row("lora", 5e-3, "full_fine_tuning", 3e-5);
        row("lora", 5e-3, "bitfit", 1e-3);
        row("lora", 5e-3, "group_dro", 5e-3); // trains what the spec says
    }

    void ratesFitWhatIsTrained() {
        QFETCH(QString, mode);
        QFETCH(double, rate);
        QFETCH(QString, kind);
        QFETCH(double, expected);
        ExperimentSpec base = levi8({kind});
        setField(base, "backbone.mode", mode.toStdString());
        setField(base, "backbone.learning_rate", rate);
        const auto specs = withBaselines(base);
        QCOMPARE(specs.size(), std::size_t{2});
        QCOMPARE(fieldValue(specs[0], "backbone.learning_rate").get<double>(), rate);
        QCOMPARE(fieldValue(specs[1], "backbone.learning_rate").get<double>(), expected);
    }

    void cachedTrainsNothingOfTheBackbone() {
        const auto specs = withBaselines(levi8({"cached"}));
        QVERIFY(specs.size() >= 6);
        for (const ExperimentSpec& spec : specs)
            QVERIFY(!trainsBackbone(spec) && !spec.method.kind().method.isDerived);
    }

    void everyMethodMakesAValidSetting() {
        const auto specs = withBaselines(levi8({"all"}));
        QCOMPARE(specs.size(), methodKinds().all().size());
        for (const ExperimentSpec& spec : specs)
            QVERIFY2(validate(spec).empty(), (spec.name + ": " + problemsText(validate(spec))).c_str());
    }

    // A soup or an ensemble of seeds joins three: it has a run where the pack has all of them.
    void joinsSeedsThatAreThere_data() {
        QTest::addColumn<QList<int>>("seeds");
        QTest::addColumn<QList<int>>("joined");
        QTest::newRow("six") << QList<int>{0, 1, 2, 3, 4, 5} << QList<int>{0, 1};
        QTest::newRow("one is missing") << QList<int>{0, 1, 2, 3, 5} << QList<int>{0};
        QTest::newRow("too few") << QList<int>{0, 1} << QList<int>{};
    }
    void joinsSeedsThatAreThere() {
        QFETCH(QList<int>, seeds);
        QFETCH(QList<int>, joined);
        for (const char* kind : {"weight_soup", "seed_ensemble"}) {
            QList<int> found;
            std::size_t others = 0;
            for (const ExperimentSpec& run : packRuns(levi8({kind}), {seeds.begin(), seeds.end()}))
                if (run.method.is(kind))
                    found << int(run.seed);
                else
                    ++others;
            QCOMPARE(found, joined);
            QCOMPARE(others, std::size_t(2 * seeds.size())); // LEVI and what is joined
        }
    }

    void leavesOutWithWhatDependsOnIt() {
        QStringList names;
        for (const ExperimentSpec& run : packRuns(levi8({"wise_ft", "bitfit"}), {7}, {"LP-FT"}))
            names << QString::fromStdString(run.name);
        QCOMPARE(names, (QStringList{"Mine", "BitFit"}));
    }

    void refusesWhatIsNoMethod() {
        const auto problems = validate(levi8({"linear_prob"}));
        QCOMPARE(problems.size(), 1U);
        QCOMPARE(problems[0].path, std::string("baselines"));
        QVERIFY(problems[0].message.starts_with("'linear_prob' is no method"));
    }
};

LEVI_TEST(TestBaselinePack)
#include "tst_baseline_pack.moc"
