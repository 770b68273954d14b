// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/method.h"
#include "core/spec/fields.h"
#include "core/spec/spec_json.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <QTest>

using namespace levi;

namespace {

// All that a method of one's own needs: options with a field, a registry line, and what it reads.
struct FirstLayerOptions {
    std::int64_t layer = 1;
};

FieldTable firstLayerFields() {
    Fields<FirstLayerOptions> f;
    f.add("layer", &FirstLayerOptions::layer, "Layer").range(0, 100).help("The one hidden state that is read.");
    return f.table();
}

void registerFirstLayer() {
    static const bool s_once = [] {
        methodKinds().add(makeKind<FirstLayerOptions>("first_layer", "First layer",
                                                      "A linear layer on one hidden state.", firstLayerFields()));
        addMethod("first_layer", TrainedMethod{.plan = [](const ExperimentSpec& spec, int) {
                      return ReadoutPlan{.slots = {static_cast<int>(spec.method.as<FirstLayerOptions>()->layer)}};
                  }});
        return true;
    }();
    Q_UNUSED(s_once);
}

} // namespace

class TestNewMethod : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsFromItsRegistration() {
        registerFirstLayer();
        test::RunFixture f;
        auto spec = f.spec("first_layer");
        setAssignment(spec, "method.layer=2");
        const auto read = specFromJson(toJson(spec));
        QVERIFY(read.problems.empty());
        const auto result = f.run(read.spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        setAssignment(spec, "method.layer=1");
        const auto other = f.run(spec);
        QCOMPARE(other.backboneSamples, std::int64_t{0});
        QVERIFY(other.weightsSha256 != result.weightsSha256);
    }
};

LEVI_TEST(TestNewMethod)
#include "tst_new_method.moc"
