// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/spec/fields.h"
#include "core/spec/spec_docs.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>

using namespace levi;

struct DummyOptions {
    double strength = 0.5;
};

class TestKinds : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The page in docs/ is what the tables say today.
    void pageIsFresh() {
        // LEVI_UPDATE_DOCS=1 writes the page instead, for work on the tables.
        if (qEnvironmentVariableIsSet("LEVI_UPDATE_DOCS"))
            writeFileAtomically(std::filesystem::path(LEVI_SOURCE_DIR) / "docs/spec.md", specReference());
        const auto page = readFile(std::filesystem::path(LEVI_SOURCE_DIR) / "docs/spec.md");
        QVERIFY2(page == specReference(), "docs/spec.md is stale: run tst_spec with LEVI_UPDATE_DOCS=1");
    }

    // One registry line is all that JSON, --set, validation, form, hash and docs need. Runs last: it stays registered.
    void zz_addedMethodIsEverywhere() {
        Fields<DummyOptions> f;
        f.add("strength", &DummyOptions::strength, "Strength").range(0, 1).help("How strong the dummy is.");
        methodKinds().add(makeKind<DummyOptions>("dummy", "Dummy", "Does nothing.", f.table()));

        const SpecRead read = specFromText(R"({"method": {"kind": "dummy", "strength": 0.25}})");
        QVERIFY(read.problems.empty());
        QCOMPARE(read.spec.method.as<DummyOptions>()->strength, 0.25);
        ExperimentSpec spec = read.spec;
        setAssignment(spec, "method.strength=0.75");
        QVERIFY(cellKey(spec, {}) != cellKey(read.spec, {}));
        const auto rows = fieldRows(spec, section("method"));
        QVERIFY(std::ranges::any_of(
            rows, [](const FieldRow& row) { return row.path == "method.strength" && row.value == 0.75; }));
        QVERIFY(std::ranges::find(rows.front().info.choices, "dummy") != rows.front().info.choices.end());
        QVERIFY(specReference().find("How strong the dummy is.") != std::string::npos);
        QVERIFY(specFromText(R"({"method": {"kind": "dummy", "strength": 2}})").problems.size() == 1);
    }

    void everyFieldIsExplained() {
        for (const Section& section : sections()) {
            ExperimentSpec spec;
            const auto checkTable = [](const FieldTable& table) {
                for (const Field& field : table)
                    QVERIFY2(field.info.help.ends_with('.') && !field.info.label.empty(), field.info.key.c_str());
            };
            if (!section.kinds)
                checkTable(section.fields(spec));
            else
                for (const Kind& kind : section.kinds->all())
                    checkTable(kind.fields);
        }
    }
};

LEVI_TEST(TestKinds)
#include "tst_kinds.moc"
