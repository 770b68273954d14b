// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/store/run_bundle.h"
#include "tests/store/made_bundles.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;
using namespace levi::test;

namespace {

namespace fs = std::filesystem;

} // namespace

// A bundle is text that anybody may have written: what it says is looked at before any of it is brought in.
class TestBundleChecks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatIsNoBundle_data() {
        QTest::addColumn<QString>("found");
        QTest::addColumn<QString>("instead");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* found, const char* instead, const char* words) {
            QTest::newRow(name) << QString::fromUtf8(found) << QString::fromUtf8(instead) << QString::fromUtf8(words);
        };
        row("another text of the cell", "data.kind=image_folder", "data.kind=demo_world", ":1: cell");
        row("no JSON", "{\"run\"", "{run", ":2: is no JSON");
        row("no seed", "\"seed\":0,\"name\"", "\"name\"", ":2: 'seed' is missing");
        row("negative seed", "\"seed\":0,\"name\"", "\"seed\":-1,\"name\"", ":2: 'seed' is no whole number");
        row("a spec that is none", "\"spec\":{", "\"spec\":[],\"x\":{", ":2: 'spec' is no object");
        row("picked beyond", "\"picked\":1", "\"picked\":7", "picked candidate 7");
        row("a metric is a text", "\"accuracy\":0.5", "\"accuracy\":\"0.5\"", "is no number");
        row("no count", "\"n\":100", "\"m\":100", ":3: 'n' is missing");
        row("another seed", "{\"candidate\":{\"seed\":0", "{\"candidate\":{\"seed\":4",
            ":3: is a candidate of another");
        const std::string deep = "\"spec\":{\"x\":" + std::string(100'000, '[') + std::string(100'000, ']') + ",";
        row("nested deeply", "\"spec\":{", deep.c_str(), ":2: is nested more than 64 deep");
        row("an accuracy of seven", "\"accuracy\":0.5", "\"accuracy\":7.0",
            ":3: 'metrics.id_val.photo.accuracy': found 7, expected 0 to 1");
        row("an accuracy below zero", "\"accuracy\":0.5", "\"accuracy\":-1e308", "expected 0 to 1");
        row("a share of two", "\"accuracy\":0.5", "\"share/a\":2", "expected 0 to 1");
        row("a negative loss", "\"accuracy\":0.5", "\"nll\":-0.5",
            "'metrics.id_val.photo.nll': found -0.5, expected 0");
        row("a correlation of two", "\"accuracy\":0.5", "\"pearson\":2", "expected -1 to 1");
        row("a figure out of all measure", "\"accuracy\":0.5", "\"mine\":-1e308", "expected a number up to 1e30");
        row("fewer rows than none", "\"n\":100", "\"n\":-1", "its rows': found -1, expected 0 or more");
        row("a role that is none", "\"id_val\":", "\"id_vat\":", ":3: 'metrics': found the role 'id_vat'");
        row("negative FLOPs", "\"training_flops\":", "\"training_flops\":-5,\"x\":",
            ":2: 'efficiency.training_flops': found -5, expected 0");
        row("negative seconds", "\"seconds\":12.5", "\"seconds\":-12.5", ":2: 'seconds': found -12.5");
        row("negative parameters", "\"trainable_parameters\":99", "\"trainable_parameters\":-99",
            ":2: 'trainable_parameters': found -99, expected 0 or more");
        row("layers without end", "\"taps\":\"8-12\"", "\"taps\":\"0-99999999\"", ":2: 'taps': found '0-99999999'");
        row("layers that are words", "\"taps\":\"8-12\"", "\"taps\":\"all\"", ":2: 'taps': found 'all'");
        row("an unknown method", "\"method\":\"levi\"", "\"method\":\"magic\"",
            ":2: 'method': found 'magic', expected one of levi");
        row("another method than its spec's", "\"method\":\"levi\"", "\"method\":\"linear_probe\"",
            ":2: 'spec.method.kind': found 'levi', expected 'linear_probe'");
        row("another seed than its spec's", "\"spec\":{", "\"spec\":{\"seed\":3,", ":2: 'spec.seed': found 3");
        row("a spec of another cell", "\"spec\":{", "\"spec\":{\"train\":{\"epochs\":3},",
            ":2: 'spec.train.epochs': found '3', expected nothing");
        row("a parent that is no cell", "\"parents\":[]", "\"parents\":[{\"cell\":\"x\",\"seed\":0}]",
            ":2: 'parents.cell': found 'x', expected 16 hex digits");
        row("a study that is nowhere", "\"study\":\"\"", "\"study\":\"ghost\"", ":2: 'study': found 'ghost'");
        row("a study's name without a study", "\"study\":\"\"", "\"study\":\"\",\"name_in_study\":\"A\"",
            ":2: 'name_in_study': found 'A'");
        row("a candidate first", "{\"run\":", "{\"ruin\":", ":2: 'candidate' is missing");
    }

    void refusesWhatIsNoBundle() {
        QFETCH(QString, found);
        QFETCH(QString, instead);
        QFETCH(QString, words);
        const Folder folder;
        RunStore store(folder.path("s"));
        addRun(store, {});
        exportBundle(store, folder.path("b"));
        const auto file = onlySetting(folder.path("b"));
        QString text = QString::fromStdString(readFile(file));
        QVERIFY(text.contains(found));
        writeFileAtomically(file, text.replace(found, instead).toStdString());
        RunStore other(folder.path("o"));
        const auto error = QString::fromStdString(errorOf([&] { importBundle(other, folder.path("b")); }));
        QVERIFY2(error.contains(words) && error.startsWith(QString::fromStdString(file.string())), qPrintable(error));
        QVERIFY(other.runs().empty() && other.studies().empty());
    }

    // Those that lie beside the pages of results, whatever version made them.
    void takesWhatIsPublished() {
        const Folder folder;
        std::size_t runs = 0;
        for (const auto& bundle : fs::directory_iterator(fs::path(LEVI_SOURCE_DIR) / "docs" / "results"))
            if (bundle.is_directory()) {
                RunStore store(folder.path(bundle.path().filename().c_str())); // names of studies are not theirs alone
                QVERIFY_THROWS_NO_EXCEPTION(runs += importBundle(store, bundle.path()).runs);
            }
        QVERIFY(runs > 1000);
    }
};

LEVI_TEST(TestBundleChecks)
#include "tst_bundle_checks.moc"
