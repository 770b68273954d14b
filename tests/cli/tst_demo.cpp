// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

using namespace levi;
using test::Program;

// The embedded demo with the real engine and the backbone in resources/.
class TestDemo : public QObject {
    Q_OBJECT

    const QString m_backbone = QStringLiteral(LEVI_SOURCE_DIR "/resources/backbones/demo_vit");

    static QStringList tiny(const Program& program) {
        QStringList arguments = {QStringLiteral("demo"),    QStringLiteral("--store"), program.store(),
                                 QStringLiteral("--seeds"), QStringLiteral("0"),       QStringLiteral("--no-cache")};
        for (const char* setting : {"data.train_rows=60", "data.eval_rows=60", "train.epochs=1", "compute.threads=1"})
            arguments << QStringLiteral("--set") << QLatin1String(setting);
        return arguments;
    }

private Q_SLOTS:
    void shipsABackboneThatCanBeUsed() {
        const qint64 size = QFileInfo(m_backbone + QStringLiteral("/model.safetensors")).size();
        QVERIFY2(size > 100'000 && size < 3'000'000, qPrintable(QString::number(size)));
        Program program;
        program.setEngine(QStringLiteral(LEVI_REAL_ENGINE));
        const auto ended = program.run({QStringLiteral("inspect"), m_backbone});
        QVERIFY2(ended.code == 0, ended.err + ended.out);
        QVERIFY2(!ended.out.contains("missing") && !ended.out.contains("unexpected"), ended.out);
    }

    void runsEveryMethodThenPrintsTheTable() {
        Program program;
        program.setEngine(QStringLiteral(LEVI_REAL_ENGINE));
        const auto ended = program.run(tiny(program) << QStringLiteral("--json"));
        QVERIFY2(ended.code == 0, ended.err);
        const auto runs = ended.lines();
        QCOMPARE(runs.size(), qsizetype{7});
        for (const QJsonObject& run : runs) {
            QCOMPARE(run[QStringLiteral("state")].toString(), QStringLiteral("done"));
            const QJsonObject metrics = run[QStringLiteral("metrics")].toObject();
            for (const char* role : {"id_test", "ood_test/cue_random", "ood_test/cue_reversed"}) {
                const double accuracy =
                    metrics[QLatin1String(role)].toObject()[QStringLiteral("accuracy")].toDouble(-1);
                QVERIFY2(accuracy >= 0 && accuracy <= 1, role);
            }
        }
        QCOMPARE(runs.last()[QStringLiteral("method")].toString(), QStringLiteral("output_ensemble"));

        QDir().mkpath(program.path(QStringLiteral("pictures")));
        const auto predict = [&] {
            return program.run({QStringLiteral("predict"), QStringLiteral("LEVI"),
                                program.path(QStringLiteral("pictures")), QStringLiteral("--store"), program.store()});
        };
        const auto none = predict();
        QVERIFY2(none.code == 1 && none.err.contains("pictures: holds no row to predict; expected pictures"), none.err);
        writeFileAtomically(program.path(QStringLiteral("pictures/a.png")).toStdString(), "no picture");
        const auto broken = predict();
        QVERIFY2(broken.code == 1 && broken.err.contains("a.png") && broken.err.contains("nothing was predicted"),
                 broken.err);

        const auto again = program.run(tiny(program)); // all is finished: nothing is trained
        QVERIFY2(again.code == 0, again.err);
        for (const char* name : {"LEVI without specialist", "Full fine-tuning", "Ensemble: specialist + fine-tuned"})
            QVERIFY2(again.out.contains(name), again.out);
    }

    void leavesNothingBehindOnAnAbsentDevice() {
        Program program;
        program.setEngine(QStringLiteral(LEVI_REAL_ENGINE));
        const auto ended =
            program.run(tiny(program) << QStringLiteral("--set") << QStringLiteral("compute.device=cuda:7"));
        QVERIFY2(ended.code == 2 && ended.err.count("compute.device: ") == 1, ended.err);
        const auto runs =
            program.run({QStringLiteral("runs"), QStringLiteral("--json"), QStringLiteral("--store"), program.store()});
        QVERIFY2(QJsonDocument::fromJson(runs.out).array().isEmpty(), runs.out);
    }

    // The premise runs the demo's settings under names of its own. The fake engine will do.
    void findsItsRunsInAStoreThatHoldsThePremise() {
        const Program program;
        const QStringList options = {QStringLiteral("--seeds"), QStringLiteral("0"), QStringLiteral("--store"),
                                     program.store()};
        const auto premise = program.run(QStringList{QStringLiteral("study"), QStringLiteral("premise")} + options);
        QVERIFY2(premise.code == 0, premise.err);
        const auto ended = program.run(QStringList{QStringLiteral("demo")} + options);
        QVERIFY2(ended.code == 0, ended.err);
        for (const char* name : {"LEVI without specialist", "Full fine-tuning", "Ensemble: specialist + fine-tuned"})
            QVERIFY2(ended.out.contains(name) && !ended.out.contains("biased"), ended.out);
        const auto runs =
            program.run({QStringLiteral("runs"), QStringLiteral("--json"), QStringLiteral("--store"), program.store()});
        QCOMPARE(QJsonDocument::fromJson(runs.out).array().size(), 26);
    }
};

LEVI_TEST(TestDemo)
#include "tst_demo.moc"
