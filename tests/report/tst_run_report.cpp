// SPDX-License-Identifier: Apache-2.0
#include "core/report/run_report.h"
#include "core/report/store_rows.h"
#include "core/spec/spec_json.h"
#include "core/store/run_store.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

namespace {

std::string specText(const char* method, double learningRate) {
    levi::ExperimentSpec spec;
    levi::setField(spec, "method.kind", method);
    levi::setField(spec, "train.learning_rate", learningRate);
    return levi::toJson(spec, true).dump();
}

levi::RunSummary run(std::int64_t id, const std::string& cell, std::uint64_t seed, double accuracy) {
    levi::RunSummary run;
    run.id = id;
    run.cell = cell;
    run.method = "levi";
    run.taps = "8-12";
    run.specJson = specText("levi", 1e-3);
    run.seed = seed;
    run.state = levi::RunState::Done;
    run.seconds = 75;
    run.trainableParameters = 1'234'567;
    run.metrics = {{.role = "id_test", .domain = "", .metric = "accuracy", .value = accuracy, .count = 10},
                   {.role = "id_test", .domain = "photo", .metric = "accuracy", .value = 0.1, .count = 5},
                   {.role = "id_test", .domain = "", .metric = "nll", .value = {}, .count = 10},
                   {.role = "ood_test/sketch", .domain = "", .metric = "accuracy", .value = accuracy / 2, .count = 10}};
    return run;
}

levi::RunReportInput someInput() {
    levi::RunReportInput input{.title = "PACS", .source = "store.sqlite", .written = "today"};
    for (std::uint64_t seed = 0; seed < 3; ++seed)
        input.runs.push_back(
            run(static_cast<std::int64_t>(seed), "aaaaaaaabbbbbbbb", seed, 0.9 + 0.01 * static_cast<double>(seed)));
    input.runs.push_back(run(7, "ccccccccdddddddd", 0, 0.8));
    input.runs[3].specJson = specText("levi", 5e-4);
    input.runs.push_back(run(8, "ccccccccdddddddd", 1, 0.8));
    input.runs[4].state = levi::RunState::Failed;
    input.runs[4].message = "<b>loss</b> is NaN at step 12";
    for (const auto& one : input.runs)
        input.environments[one.id] = {{"LibTorch", "2.13"}, {"threads", one.id == 7 ? "1" : "2"}};
    return input;
}

QString fact(const std::vector<levi::FactGroup>& groups, const char* name) {
    for (const auto& group : groups)
        for (const auto& one : group.facts)
            if (one.name == name) return QString::fromStdString(one.value);
    return {};
}

} // namespace

class TestRunReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Equal content and split is one testbed wherever it lay; another split, other domains or other content is not.
    void namesTestbeds() {
        std::vector<levi::RunSummary> runs;
        const auto add = [&runs](const char* content, const char* path, int splitSeed) {
            levi::RunSummary one = run(static_cast<std::int64_t>(runs.size()), "c", runs.size(), 0.5);
            levi::ExperimentSpec spec;
            levi::setField(spec, "data.kind", "image_folder");
            levi::setField(spec, "data.path", path);
            levi::setField(spec, "data.split_seed", splitSeed);
            one.dataFingerprint = content;
            one.dataSpecJson = levi::toJson(spec, true).dump();
            runs.push_back(std::move(one));
        };
        add("aa", "/x/pacs.zip", 0);
        add("aa", "/y/pacs.zip", 0);
        add("aa", "/x/pacs.zip", 1);
        add("bb", "/x/other.zip", 0);
        const auto rows = levi::resultRows(runs);
        QCOMPARE(rows[0].testbed, rows[1].testbed);
        QVERIFY(rows[0].testbed != rows[2].testbed && rows[0].testbed != rows[3].testbed);
        QVERIFY2(rows[2].testbedLabel.starts_with("pacs.zip, ") && rows[2].testbedLabel.ends_with(" 1"),
                 rows[2].testbedLabel.c_str());
        QCOMPARE(rows[3].testbedLabel, std::string("other.zip"));
    }

    void namesTheDomainsOfTestbeds() {
        std::vector<levi::RunSummary> runs;
        for (const char* ood : {"cartoon,sketch", ""}) {
            levi::ExperimentSpec spec;
            levi::setFieldText(spec, "data.path", "pacs.zip");
            levi::setFieldText(spec, "data.ood", ood);
            runs.push_back(run(static_cast<std::int64_t>(runs.size()), "c", runs.size(), 0.5));
            runs.back().dataFingerprint = "aa";
            runs.back().dataSpecJson = levi::toJson(spec, true).dump();
        }
        const auto rows = levi::resultRows(runs);
        QCOMPARE(rows[0].testbedLabel, std::string("pacs.zip, Out-of-distribution domains cartoon + sketch"));
        QCOMPARE(rows[1].testbedLabel, std::string("pacs.zip, Out-of-distribution domains none"));
    }

    void whereDataLayIsNoPartOfATestbed() {
        std::vector<levi::RunSummary> runs;
        for (const char* folder : {"/x", "/y"}) {
            levi::ExperimentSpec spec;
            levi::setField(spec, "data.kind", "idx");
            levi::setField(spec, "data.id_path", std::string(folder) + "/mnist");
            levi::setField(spec, "data.ood_path", std::string(folder) + "/usps");
            runs.push_back(run(1, "c", 0, 0.5));
            runs.back().dataFingerprint = "aa";
            runs.back().dataSpecJson = levi::toJson(spec, true).dump();
        }
        const auto rows = levi::resultRows(runs);
        QCOMPARE(rows[0].testbed, rows[1].testbed);
    }

    void showsTheStatisticThatIsAsked() {
        levi::RunReportInput input = someInput();
        const auto noteOf = [&] { return levi::runReport(input).tables.at(0).notes.at(0); };
        QCOMPARE(noteOf(), levi::spreadNote({}));
        for (const levi::SeedStatistic& asked :
             {levi::SeedStatistic{.spread = levi::Spread::StandardDeviation},
              levi::SeedStatistic{
                  .statistic = levi::Statistic::InterquartileMean, .spread = levi::Spread::Bootstrap, .level = 0.9}}) {
            input.statistic = asked;
            QCOMPARE(noteOf(), levi::spreadNote(asked));
        }
    }

    void turnsRunsIntoRows() {
        const auto rows = levi::resultRows(someInput().runs);
        QCOMPARE(rows.size(), std::size_t{5});
        QCOMPARE(rows[1].method, std::string("LEVI"));
        QCOMPARE(rows[1].seed, std::uint64_t{1});
        QVERIFY(rows[1].finished && !rows[4].finished);
        QCOMPARE(*rows[1].value("id_test", "accuracy"), 0.91); // of all rows, not of one domain
        QVERIFY(!rows[1].value("id_test", "nll"));
        QCOMPARE(rows[0].cellLabel, std::string("Learning rate 0.001"));
        QCOMPARE(rows[3].cellLabel, std::string("Learning rate 0.0005"));
    }

    // 10 training rows went once through the frozen backbone of the probe, none through that of full fine-tuning; an
    // ensemble of both took as long as they did together.
    void countsPassAndParents() {
        std::vector<levi::RunSummary> runs = {run(1, "a", 0, 0.9), run(2, "b", 0, 0.9), run(3, "c", 0, 0.9)};
        for (auto& one : runs)
            one.metrics.push_back({.role = "train", .domain = "", .metric = "nll", .value = 1, .count = 10});
        runs[0].specJson = specText("linear_probe", 1e-3);
        runs[1].specJson = specText("full_fine_tuning", 1e-3);
        runs[2].specJson = specText("output_ensemble", 1e-3);
        runs[0].efficiency.backboneFlopsPerSample = runs[1].efficiency.backboneFlopsPerSample = 5;
        runs[2].parents = {1, 2};
        runs[2].seconds = 1;
        runs[0].peakMemoryBytes = 3000, runs[1].peakMemoryBytes = 1000, runs[2].peakMemoryBytes = 200;
        const auto rows = levi::resultRows(runs);
        QVERIFY(rows[0].costs.at("feature_flops") == 50 && rows[0].costs.at("seconds") == 75);
        QVERIFY(!rows[1].costs.contains("feature_flops"));
        QVERIFY(rows[2].costs.at("feature_flops") == 50 && rows[2].costs.at("seconds") == 151);
        QCOMPARE(rows[2].costs.at("peak_memory_bytes"), 3000.0); // one after the other: the most that one needed
        const auto alone = levi::resultRows(std::span(runs).subspan(1));
        QVERIFY(!alone[1].costs.contains("seconds")); // a parent is not among them
        QVERIFY(!alone[1].costs.contains("peak_memory_bytes"));
    }

    void namesUnreadableSpecsByTheirKey() {
        auto runs = someInput().runs;
        runs[0].specJson = "{broken";
        runs[3].specJson = "[]";
        const auto rows = levi::resultRows(runs);
        QCOMPARE(rows[3].cellLabel, std::string("cccccccc"));
    }

    void gathersTables() {
        const auto report = levi::runReport(someInput());
        QStringList captions;
        for (const auto& tables : {report.tables, report.runTables})
            for (const auto& table : tables)
                captions += QString::fromStdString(table.caption);
        QCOMPARE(
            captions.join(" | "),
            QStringLiteral("Accuracy by setting | Efficiency by setting | Runs: accuracy | Cost of the runs | Runs "
                           "that did not finish"));
        QCOMPARE(report.tables[0].rows.size(), std::size_t{2});
        QCOMPARE(report.runTables[2].rows[0].back().text, std::string("<b>loss</b> is NaN at step 12"));
    }

    void comparesWhatAStudyHasStated() {
        levi::RunReportInput input = someInput();
        for (auto& one : input.runs)
            one.study = "depth";
        input.runs[3].name = input.runs[4].name = "LEVI, slow";
        input.studies = {{.plan = {.name = "depth", .family = {{"LEVI, slow", "LEVI"}}}}};
        const auto report = levi::runReport(input);
        QCOMPARE(report.studies.size(), std::size_t{1});
        const levi::StudySection& study = report.studies[0];
        QCOMPARE(study.facts.title, std::string("Study: depth"));
        QCOMPARE(study.tables[0].caption, std::string("Comparisons of the study 'depth': accuracy"));
        QCOMPARE(study.tables[0].rows.size(), std::size_t{2}); // a test role each
        QCOMPARE(study.tables[0].rows[0][0].text, std::string("LEVI, slow against LEVI"));
        QCOMPARE(study.tables.back().caption, std::string("Efficiency by setting"));
        QCOMPARE(study.figures.size(), std::size_t{1});
        const auto captioned = [](const std::vector<levi::Table>& tables, std::string_view caption) {
            return std::ranges::count_if(
                tables, [&](const levi::Table& table) { return table.caption.find(caption) != std::string::npos; });
        };
        for (const char* caption : {"study 'depth'", "Efficiency", "Accuracy"}) // once each
            QCOMPARE(captioned(levi::tablesOf(report), caption), 1);
        input.studies[0].plan.endpoint = levi::Endpoint::OodMean;
        QCOMPARE(levi::runReport(input).studies[0].tables[0].rows.size(), std::size_t{1});
        input.runs[0].study.clear(); // of no study: its costs stand with the results
        QCOMPARE(captioned(levi::runReport(input).tables, "Efficiency"), 1);
        input.studies[0].plan.endpoint = levi::Endpoint::EveryRole;
        input.runs[3].name = input.runs[4].name = "";
        const auto unclear = levi::runReport(input); // one name, two settings
        QVERIFY(unclear.studies[0].tables[0].rows.empty() && !unclear.studies[0].tables[0].notes.empty());
        QVERIFY(!levi::toHtmlDocument(unclear).empty());
    }

    void saysOnceWhatHoldsForEachMetric() {
        levi::RunReportInput input = someInput();
        for (auto& one : input.runs)
            one.metrics.push_back({.role = "id_test", .domain = "", .metric = "ece", .value = 0.1, .count = 10});
        const auto report = levi::runReport(input);
        const auto& first = report.tables[0].notes;
        QVERIFY(first.size() > 2);
        for (const std::string& note : report.tables[1].notes)
            QVERIFY2(std::ranges::find(first, note) == first.end(), note.c_str());
        QVERIFY(report.tables[1].notes.front().find("holds here too") != std::string::npos);
    }

    void aRunWithoutAnAnswerLacksNoWeights() {
        auto runs = someInput().runs;
        runs[0].pickedCandidate = runs[1].pickedCandidate = runs[1].reportedCandidate = 4;
        runs[2].pickedCandidate = 4;
        runs[2].reportedCandidate = 5;
        const auto rows = levi::resultRows(runs);
        QVERIFY(rows[0].keepsWeights && rows[1].keepsWeights && !rows[2].keepsWeights);
    }

    void writesListsAsPeopleDo() {
        levi::ExperimentSpec spec;
        levi::setFieldText(spec, "data.ood", "cartoon,sketch");
        levi::RunReportInput input = someInput();
        for (auto& one : input.runs)
            one.specJson = levi::toJson(spec, true).dump();
        const auto report = levi::runReport(input);
        QCOMPARE(fact(report.protocol, "Out-of-distribution domains"), QStringLiteral("cartoon, sketch"));
        QCOMPARE(fact(report.protocol, "In-distribution domains"), QStringLiteral("–"));
    }

    void mergesFactsOfManyRuns() {
        const auto report = levi::runReport(someInput());
        QCOMPARE(fact(report.environment, "LibTorch"), QStringLiteral("2.13"));
        QCOMPARE(fact(report.environment, "threads"), QStringLiteral("2 (4 runs); 1 (1 run)"));
        QCOMPARE(fact(report.protocol, "Measured roles"), QStringLiteral("id_test, ood_test/sketch"));
        QCOMPARE(fact(report.protocol, "Learning rate"), QStringLiteral("0.001 (4 runs); 0.0005 (1 run)"));
        QVERIFY(!fact(report.protocol, "Kind").isEmpty());
    }

    void namesItsLayers() {
        QCOMPARE(levi::methodAndLayers("LEVI", "8-12"), std::string("LEVI, layers 8-12"));
        QCOMPARE(levi::methodAndLayers("LEVI", "2,4"), std::string("LEVI, layers 2,4"));
        QCOMPARE(levi::methodAndLayers("LEVI", "12"), std::string("LEVI, layer 12"));
        QCOMPARE(levi::methodAndLayers("Specialist", ""), std::string("Specialist"));
    }

    void keepsASpecASetting() {
        const auto report = levi::runReport(someInput());
        QCOMPARE(report.specs.size(), std::size_t{2});
        QCOMPARE(report.specs[0].title, std::string("LEVI, layers 8-12 (setting aaaaaaaa, seeds 0..2)"));
        QVERIFY(report.specs[0].text.find("\"learning_rate\": 0.001") != std::string::npos);
    }

    void writesADocument() {
        const QString html = QString::fromStdString(levi::toHtmlDocument(levi::runReport(someInput())));
        QVERIFY(html.contains("4 of 5 runs finished, 2 settings. From store.sqlite, written today."));
        QVERIFY(html.contains("&lt;b&gt;loss&lt;/b&gt; is NaN"));
    }

    void reportsAStore() {
        QTemporaryDir folder;
        levi::RunStore store(folder.filePath("a & b.sqlite").toStdString());
        const auto id = store.beginRun({.specJson = specText("levi", 1e-3),
                                        .canonicalText = "x",
                                        .cell = "aaaaaaaabbbbbbbb",
                                        .name = "LEVI",
                                        .method = "levi",
                                        .environment = {{"git revision", "abc123"}}});
        const auto candidate = store.addCandidate(
            id, {.metrics = {{.role = "id_test", .metric = "accuracy", .value = 0.931, .count = 9}}});
        store.endRun(id, {.state = levi::RunState::Done, .pickedCandidate = candidate});
        const auto report = levi::storeReport(store);
        QCOMPARE(report.title, std::string("Results of a & b.sqlite"));
        QCOMPARE(report.tables[0].rows[0][2].text, std::string("93.1"));
        QCOMPARE(fact(report.environment, "git revision"), QStringLiteral("abc123"));
    }

    void writesAnEmptyStore() {
        const QString html = QString::fromStdString(levi::toHtmlDocument(levi::runReport({.title = "Empty"})));
        QVERIFY(html.contains("0 of 0 runs finished"));
    }
};

LEVI_TEST(TestRunReport)
#include "tst_run_report.moc"
