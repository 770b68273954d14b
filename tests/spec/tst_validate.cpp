// SPDX-License-Identifier: Apache-2.0
#include "core/spec/validate.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>

using namespace levi;

class TestValidate : public QObject {
    Q_OBJECT

    static ExperimentSpec valid() {
        ExperimentSpec spec;
        setAssignment(spec, "data.path=x.zip");
        setAssignment(spec, "backbone.path=vit");
        return spec;
    }

private Q_SLOTS:
    void acceptsAValidSpec() { QCOMPARE(QString::fromStdString(problemsText(validate(valid()))), QString()); }

    void findsProblems_data() {
        QTest::addColumn<QStringList>("assignments");
        QTest::addColumn<QString>("path");
        QTest::newRow("no data") << QStringList{"data.path="} << "data.path";
        QTest::newRow("no idx data") << QStringList{"data.kind=idx"} << "data.id_path";
        QTest::newRow("a domain with two roles") << QStringList{"data.id=a,b", "data.ood=b"} << "data.id";
        QTest::newRow("nothing left to train on")
            << QStringList{"data.val_share=0.5", "data.test_share=0.5"} << "data.val_share";
        QTest::newRow("a detached specialist that learns nothing")
            << QStringList{"method.detach_specialist=true"} << "method.detach_specialist";
        QTest::newRow("a device that is none") << QStringList{"compute.device=gpu"} << "compute.device";
        QTest::newRow("an ensemble of one")
            << QStringList{"method.kind=output_ensemble", "method.parents=a"} << "method.parents";
    }

    void findsProblems() {
        QFETCH(QStringList, assignments);
        QFETCH(QString, path);
        ExperimentSpec spec = valid();
        for (const QString& assignment : assignments) {
            const std::string text = assignment.toStdString();
            if (text == "data.path=")
                spec.data = Options(dataKinds().all().front());
            else
                setAssignment(spec, text);
        }
        const auto problems = validate(spec);
        QVERIFY2(std::ranges::any_of(problems, [&](const Problem& p) { return p.path == path.toStdString(); }),
                 problemsText(problems).c_str());
    }

    // What the method does not read cannot be wrong.
    void leavesOutWhatDoesNotApply() {
        ExperimentSpec spec = valid();
        setAssignment(spec, "method.kind=specialist");
        spec.backbone = Options(backboneKinds().all().front()); // no path
        QCOMPARE(QString::fromStdString(problemsText(validate(spec))), QString());
    }
};

LEVI_TEST(TestValidate)
#include "tst_validate.moc"
