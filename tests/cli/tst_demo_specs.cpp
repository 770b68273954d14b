// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/demo_specs.h"
#include "core/spec/methods/derived_options.h"
#include "core/spec/validate.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <set>

using namespace levi;

class TestDemoSpecs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void areValidAndDistinct() {
        std::set<std::string> names;
        const std::vector<ExperimentSpec> specs = demoSpecs();
        for (const ExperimentSpec& spec : specs) {
            QVERIFY2(validate(spec).empty(), problemsText(validate(spec)).c_str());
            QVERIFY2(names.insert(spec.name).second, spec.name.c_str());
        }
        QCOMPARE(names.size(), std::size_t{7});
        for (const std::string& parent : specs.back().method.as<OutputEnsembleOptions>()->parents)
            QVERIFY2(names.contains(parent), parent.c_str());
    }
};

LEVI_TEST(TestDemoSpecs)
#include "tst_demo_specs.moc"
