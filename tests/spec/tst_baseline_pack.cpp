// SPDX-License-Identifier: Apache-2.0
#include "core/spec/baseline_pack.h"
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

    void cachedTrainsNothingOfTheBackbone() {
        const auto specs = withBaselines(levi8({"cached"}));
        QVERIFY(specs.size() >= 6);
        for (const ExperimentSpec& spec : specs)
            QVERIFY(!trainsBackbone(spec) && !spec.method.kind().method.isDerived);
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
