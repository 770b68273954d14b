// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/report/sample_comparison.h"
#include "core/store/run_store.h"
#include "tests/support/predictions_file.h"
#include "tests/support/test_main.h"
#include "tests/ui/page_fixture.h"
#include "tests/ui/sealed_store.h"
#include "ui/models/results_view.h"
#include "ui/pages/results_page.h"
#include "ui/widgets/table_browser.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

using namespace levi;
using namespace levi::test;

namespace {

constexpr int kSamples = 40;

// The first `right` of the samples are answered rightly.
std::string predictionsOf(int right) {
    MadeRole role{.role = "ood_test/sketch", .rows = {}, .labels = {}, .domains = {}, .logits = {}};
    for (int i = 0; i < kSamples; ++i) {
        role.rows.push_back("row" + std::to_string(i));
        role.labels.push_back(1);
        role.domains.push_back(i % 2);
        role.logits.insert(role.logits.end(), {i < right ? 0.0F : 1.0F, 0.5F});
    }
    return predictionsBytes({role});
}

// Two settings with predictions, seeds 0 and 1, and one without.
void fill(RunStore& store, const std::string& study) {
    const auto add = [&](const char* method, std::uint64_t seed, int right) {
        ExperimentSpec spec;
        setFieldText(spec, "data.path", "/data/pacs.zip");
        setFieldText(spec, "data.ood", "sketch");
        setFieldText(spec, "backbone.path", "/models/vit_tiny");
        setFieldText(spec, "method.kind", method);
        const std::int64_t run = store.beginRun({.specJson = toJson(spec, true).dump(),
                                                 .canonicalText = method,
                                                 .cell = std::string(method) + "_0123456789abcdef",
                                                 .name = method,
                                                 .method = method,
                                                 .seed = seed,
                                                 .environment = {},
                                                 .parents = {},
                                                 .study = study});
        const auto candidate = store.addCandidate(run, {.epoch = 1, .trainLoss = 1, .metrics = sealedMetrics(1)});
        const std::string path = artifactFolderOf(run) + "/predictions";
        if (right > 0) {
            writeFileAtomically(store.artifactFolder() / path, predictionsOf(right));
            store.addArtifact(run, {.kind = "predictions", .path = path});
        }
        store.endRun(run, {.state = RunState::Done, .seconds = 2, .pickedCandidate = candidate});
    };
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
        add("levi", seed, 30);
        add("linear_probe", seed, 20);
        add("specialist", seed + 5, 0);
    }
    add("mlp_probe", 0, 0);
}

void fillOpen(const std::filesystem::path& file) {
    RunStore store(file);
    fill(store, {});
}

void fillSealed(const std::filesystem::path& file) {
    RunStore store(file);
    store.createStudy({.name = kSealedStudy}, true);
    fill(store, kSealedStudy);
}

struct SampleTable : PageFixture<ResultsPage> {
    explicit SampleTable(void (*fillStore)(const std::filesystem::path&) = fillOpen) : PageFixture({}, fillStore) {
        ready = await([this] { return page->view() && page->view()->cells.size() == 4; });
        browser = page->findChild<TableBrowser*>();
        sentence = find<QLabel>("more_sentence");
        find<QTabWidget>("figures")->setCurrentWidget(browser);
        auto* kinds = find<QComboBox>("more_table");
        kinds->setCurrentIndex(kinds->findData(QStringLiteral("samples")));
    }
    void select(const std::vector<const char*>& methods) const {
        std::set<QString> keys;
        for (const char* method : methods)
            keys.insert(QLatin1String(method) + QStringLiteral("_0123456789abcdef"));
        page->select(keys);
    }
    bool says(const char* words) const {
        return await([&] { return sentence->isVisible() && sentence->text().contains(QLatin1String(words)); });
    }

    bool ready = false;
    TableBrowser* browser = nullptr;
    QLabel* sentence = nullptr;
};

} // namespace

class TestSampleTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comparesWhatIsSelected() {
        const SampleTable fixture;
        QVERIFY(fixture.ready && fixture.says("Select two settings"));
        QVERIFY(!fixture.find<QCheckBox>("by_name")->isVisible());
        fixture.select({"levi", "linear_probe"});
        QVERIFY(fixture.await([&] { return fixture.find<QTableView>("more_view")->isVisible(); }));
        const RunStore store(fixture.file, RunStore::Access::Read);
        std::vector<RunSummary> a, b;
        for (const RunSummary& run : store.runs())
            if (run.method == "levi" || run.method == "linear_probe") (run.method == "levi" ? a : b).push_back(run);
        Table expected = sampleTable(compareSamples(sharedPredictions(store, a, b)));
        QCOMPARE(expected.rows[0].back().text, std::string("0: 10 / 0, p = 0.002; 1: 10 / 0, p = 0.002"));
        const auto& cells = fixture.page->view()->cells;
        expected.caption += "; A: " + cells[0].title.toStdString() + "; B: " + cells[1].title.toStdString();
        const Table& shown = *fixture.browser->table();
        QCOMPARE(toJson(shown), toJson(expected));
        QVERIFY(fixture.find<QLabel>("more_notes")->text().contains(QStringLiteral("McNemar: exact")));
        const QString file = fixture.folder.filePath(QStringLiteral("t.csv"));
        fixture.page->exportTableInSight(file, TableFormat::Csv);
        QCOMPARE(readFile(file.toStdString()), toCsv(expected));
        fixture.select({"levi"});
        QVERIFY(fixture.says("Select two settings") && !fixture.browser->table());
    }

    void saysWhatCannotBePaired() {
        const SampleTable fixture;
        QVERIFY(fixture.ready);
        fixture.select({"levi", "mlp_probe"});
        QVERIFY(fixture.says("kept no predictions"));
        fixture.select({"levi", "specialist"});
        QVERIFY(fixture.says("no seed that both settings have finished"));
        fixture.select({"levi", "linear_probe", "mlp_probe"});
        QVERIFY(fixture.says("Select two settings"));
    }

    void keepsTheSeal() {
        const SampleTable fixture(fillSealed);
        QVERIFY(fixture.ready);
        fixture.select({"levi", "linear_probe"});
        QVERIFY(fixture.says("sealed"));
        QVERIFY(!fixture.browser->table());
        QCOMPARE(withTestFigures(textsOf(*fixture.page)), QStringList());
        QCOMPARE(textsOf(*fixture.page).filter(QStringLiteral("10 / 0")), QStringList());
    }
};

LEVI_TEST(TestSampleTable)
#include "tst_sample_table.moc"
