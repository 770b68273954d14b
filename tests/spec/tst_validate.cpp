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
        QTest::newRow("a pattern and targets of LoRA")
            << QStringList{"method.kind=lora", "backbone.lora_targets=query", "backbone.lora_target_pattern=.*"}
            << "backbone.lora_target_pattern";
        QTest::newRow("half a rank") << QStringList{"method.kind=lora", "backbone.lora_rank_pattern=query=1.5"}
                                     << "backbone.lora_rank_pattern";
        QTest::newRow("no pattern of ranks")
            << QStringList{"method.kind=lora", "backbone.lora_rank_pattern=(=4"} << "backbone.lora_rank_pattern";
        QTest::newRow("an alpha without a number")
            << QStringList{"method.kind=lora", "backbone.lora_alpha_pattern=query"} << "backbone.lora_alpha_pattern";
        QTest::newRow("an alignment of what is frozen")
            << QStringList{"method.kind=coral", "method.hidden_width=0"} << "method.hidden_width";
        QTest::newRow("a share above all")
            << QStringList{"method.kind=head2toe", "method.keep_fractions=0.1,1.5"} << "method.keep_fractions";
        QTest::newRow("heads that do not divide")
            << QStringList{"specialist.kind=transformer", "specialist.heads=5"} << "specialist.heads";
        QTest::newRow("a number with smoothed labels")
            << QStringList{"data.kind=picture_table", "data.target=number", "train.label_smoothing=0.1"}
            << "train.label_smoothing";
        QTest::newRow("a number with probabilities")
            << QStringList{"data.kind=picture_table", "data.target=number", "method.combine=mean_probabilities"}
            << "method.combine";
        QTest::newRow("accuracy of numbers over users")
            << QStringList{"data.kind=picture_table", "data.target=number", "data.user=who"} << "data.user";
        QTest::newRow("a table without a target") << QStringList{"data.kind=picture_table"} << "data.target_column";
        QTest::newRow("a role that is none")
            << QStringList{"data.kind=picture_table", "data.split=split", "data.split_roles=2=testing"}
            << "data.split_roles";
        QTest::newRow("a value with two roles")
            << QStringList{"data.kind=picture_table", "data.split=split", "data.split_roles=2=train,2=id_val"}
            << "data.split_roles";
        QTest::newRow("groups without weight")
            << QStringList{"data.kind=picture_table", "data.groups=a", "data.group_weights=0,0"}
            << "data.group_weights";
        QTest::newRow("reviews without a text that is read")
            << QStringList{"data.kind=amazon_reviews", "data.text="} << "data.text";
        QTest::newRow("ratings without a prompt that is read")
            << QStringList{"data.kind=movielens", "data.prompt="} << "data.prompt";
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

    void textsThatNobodyReadsMayBeEmpty_data() {
        QTest::addColumn<QStringList>("assignments");
        QTest::addColumn<QString>("path");
        QTest::newRow("reviews") << QStringList{"data.kind=amazon_reviews", "data.text="} << "data.text";
        QTest::newRow("ratings") << QStringList{"data.kind=movielens", "data.prompt="} << "data.prompt";
    }

    void textsThatNobodyReadsMayBeEmpty() {
        QFETCH(QStringList, assignments);
        QFETCH(QString, path);
        ExperimentSpec spec = valid();
        for (const QString& assignment : assignments)
            setAssignment(spec, assignment.toStdString());
        for (const char* assignment : {"method.kind=specialist", "specialist.kind=matrix_factorisation"})
            setAssignment(spec, assignment);
        const auto problems = validate(spec);
        QVERIFY2(std::ranges::find(problems, path.toStdString(), &Problem::path) == problems.end(),
                 problemsText(problems).c_str());
    }

    // Where a column says the roles no id_test is drawn, and its share takes nothing.
    void countsTheSharesThatAreDrawn_data() {
        QTest::addColumn<QString>("split");
        QTest::addColumn<bool>("isProblem");
        QTest::newRow("by domains") << "" << true;
        QTest::newRow("by a column") << "data.split=split" << false;
    }

    void countsTheSharesThatAreDrawn() {
        QFETCH(QString, split);
        ExperimentSpec spec = valid();
        for (const char* assignment : {"data.kind=picture_table", "data.val_share=0.5", "data.test_share=0.5"})
            setAssignment(spec, assignment);
        if (!split.isEmpty()) setAssignment(spec, split.toStdString());
        const auto problems = validate(spec);
        const bool found = std::ranges::find(problems, "data.val_share", &Problem::path) != problems.end();
        QTEST(found, "isProblem");
    }

    void knowsWhatIsTrainedOfTheBackbone_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("field"); // backbone.mode
        QTest::addColumn<int>("mode");
        const auto row = [](const char* method, const char* field, BackboneMode mode) {
            QTest::addRow("%s, %s", method, field) << method << field << static_cast<int>(mode);
        };
        row("levi", "frozen", BackboneMode::Frozen);
        row("levi", "lora", BackboneMode::Lora);
        row("all_layer_probe", "norms", BackboneMode::Norms);
        row("linear_probe", "full", BackboneMode::Frozen); // the method does not look
        row("full_fine_tuning", "lora", BackboneMode::Full);
        row("layer_decay", "frozen", BackboneMode::Full);
        row("l2_sp", "frozen", BackboneMode::Full);
        row("lp_ft", "frozen", BackboneMode::Full);
        row("surgical", "frozen", BackboneMode::Blocks);
        row("norm_tuning", "frozen", BackboneMode::Norms);
        row("bitfit", "full", BackboneMode::Biases);
        row("lora", "frozen", BackboneMode::Lora);
    }

    void knowsWhatIsTrainedOfTheBackbone() {
        QFETCH(QString, method);
        QFETCH(QString, field);
        QFETCH(int, mode);
        ExperimentSpec spec = valid();
        setAssignment(spec, "method.kind=" + method.toStdString());
        setAssignment(spec, "backbone.mode=" + field.toStdString());
        QCOMPARE(static_cast<int>(backboneMode(spec)), mode);
        QCOMPARE(trainsBackbone(spec), mode != static_cast<int>(BackboneMode::Frozen));
        const auto rows = fieldRows(spec, section("backbone"));
        const auto applies = [&](const char* path) { return std::ranges::find(rows, path, &FieldRow::path)->applies; };
        QCOMPARE(applies("backbone.lora_rank"), mode == static_cast<int>(BackboneMode::Lora));
        QCOMPARE(applies("backbone.block_group"), mode == static_cast<int>(BackboneMode::Blocks));
        QCOMPARE(applies("backbone.learning_rate"), trainsBackbone(spec));
        QCOMPARE(applies("backbone.mode"), method == "levi" || method == "all_layer_probe");
    }

    // A fit at once has no steps to speak of: what they would be is neither asked for nor hashed.
    void aFitAtOnceTakesNoSteps() {
        ExperimentSpec spec = valid();
        setAssignment(spec, "method.kind=linear_probe");
        QVERIFY(trainsInSteps(spec) && section("train").applies(spec));
        setAssignment(spec, "method.fit=convex");
        QVERIFY(!trainsInSteps(spec) && !section("train").applies(spec));
    }

    void alignsWhatIsTrained() {
        ExperimentSpec spec = valid();
        for (const char* assignment : {"method.kind=coral", "method.hidden_width=0", "backbone.mode=full"})
            setAssignment(spec, assignment);
        QCOMPARE(QString::fromStdString(problemsText(validate(spec))), QString());
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
