// SPDX-License-Identifier: Apache-2.0
#include "tests/house/rules.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>

using namespace levi::test;

// Reads the source tree and fails where it breaks a rule of the house. Each rule must also catch a made-up offender, so
// that a rule which has gone blind is noticed.
class TestHouse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void treeKeeps_data();
    void treeKeeps();
    void judges_data();
    void judges();

private:
    std::vector<SourceFile> m_tree;
};

void TestHouse::initTestCase() {
    m_tree = readTree(QStringLiteral(LEVI_SOURCE_DIR));
    QVERIFY2(m_tree.size() > 30, "the source tree was not found");
}

void TestHouse::treeKeeps_data() {
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < rules().size(); ++i)
        QTest::newRow(rules()[i].name) << static_cast<int>(i);
}

void TestHouse::treeKeeps() {
    QFETCH(int, index);
    QStringList all;
    for (const auto& file : m_tree)
        for (const auto& problem : rules()[static_cast<size_t>(index)].problems(file))
            all << QStringLiteral("%1 %2").arg(file.path, problem);
    QVERIFY2(all.isEmpty(), qPrintable(QLatin1Char('\n') + all.join(QLatin1Char('\n'))));
}

void TestHouse::judges_data() {
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("good");
    const auto row = [](const char* rule, const char* path, const QString& text, bool good) {
        static int s_row = 0;
        QTest::addRow("%d %s", ++s_row, rule) << QString::fromLatin1(rule) << QString::fromLatin1(path) << text << good;
    };
    const auto text = [](const char* words) { return QString::fromLatin1(words); };
    const auto lines = [](int count) { return QStringLiteral("int x;\n").repeated(count); };

    row("core knows no Qt", "core/base/a.cpp", text("#include <QString>\n"), false);
    row("core knows no Qt", "core/base/a.cpp", text("#  include <QtCore/qglobal.h>\n"), false);
    row("core knows no Qt", "core/base/a.cpp", text("// #include <QString>\n#include <queue>\n"), true);
    row("core knows no Qt", "ui/a.cpp", text("#include <QString>\n"), true);
    row("Torch stays in core/engine", "core/store/a.cpp", text("#include <ATen/core/Tensor.h>\n"), false);
    row("Torch stays in core/engine", "ui/pages/a.cpp", text("#include <torch/version.h>\n"), false);
    row("Torch stays in core/engine", "app/a.cpp", text("#include \"c10/util/Half.h\"\n"), false);
    row("Torch stays in core/engine", "core/engine/model/a.cpp", text("#include <ATen/core/Tensor.h>\n"), true);
    row("Torch is included in parts", "core/engine/model/a.cpp", text("#include <torch/torch.h>\n"), false);
    row("Torch is included in parts", "core/engine/model/a.cpp", text("#include <ATen/ATen.h>\n"), false);
    row("Torch is included in parts", "core/engine/model/a.cpp", text("#include <ATen/ops/linear.h>\n"), true);
    row("QCustomPlot stays in the plots", "ui/pages/runs_page.cpp", text("#include <qcustomplot.h>\n"), false);
    row("QCustomPlot stays in the plots", "ui/widgets/metric_plot.cpp", text("#include <qcustomplot.h>\n"), true);
    row("calls go down only", "core/spec/a.h", text("#include \"core/store/run_store.h\"\n"), false);
    row("calls go down only", "core/base/a.cpp", text("int x; /* y\n*/\n#include \"core/spec/field.h\"\n"), false);
    row("calls go down only", "core/engine/data/a.cpp", text("#include \"core/engine/model/vit.h\"\n"), false);
    row("calls go down only", "core/engine/model/vit/a.cpp", text("#include \"core/engine/train/loss.h\"\n"), false);
    row("calls go down only", "core/jobs/a.cpp", text("#include \"core/engine/factory.h\"\n"), false);
    row("calls go down only", "ui/a.cpp", text("#include \"core/engine/factory.h\"\n"), false);
    row("calls go down only", "ui/a.cpp", text("#include \"app/words.h\"\n"), false);
    row("calls go down only", "core/engine/train/a.cpp", text("#include \"core/jobs/job.h\"\n"), true);
    row("calls go down only", "ui/pages/a.cpp", text("#include \"core/jobs/engine.h\"\n"), true);
    row("calls go down only", "core/store/a.cpp", text("const char* x = \"#include \\\"ui/a.h\\\"\";\n"), true);
    row("licence in the first line", "core/base/a.cpp", text("int x;\n"), false);
    row("licence in the first line", "core/base/a.cpp", text("// SPDX-License-Identifier: GPL-3.0-or-later\n"), false);
    row("licence in the first line", "ui/a.cpp", text("// SPDX-License-Identifier: Apache-2.0\n"), false);
    row("licence in the first line", "ui/a.cpp", text("// SPDX-License-Identifier: GPL-3.0-or-later\n"), true);
    row("licence in the first line", "ui/CMakeLists.txt", text("# SPDX-License-Identifier: Apache-2.0\n"), true);
    row("licence in the first line", "packaging/a.sh", text("#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"),
        true);
    row("draws have a generator", "core/engine/a.cpp", text("auto x = at::randn({2, (3)}, options);\n"), false);
    row("draws have a generator", "core/engine/a.cpp", text("auto x = at::randperm(n);\n"), false);
    row("draws have a generator", "core/engine/a.cpp", text("w.normal_(0, 1);\n"), false);
    row("draws have a generator", "core/engine/a.cpp", text("auto y = at::dropout(x, 0.1, true);\n"), false);
    row("draws have a generator", "core/engine/a.cpp", text("mask->bernoulli_(0.5);\n"), false);
    row("draws have a generator", "core/engine/a.cpp", text("at::manual_seed(7);\n"), false);
    row("draws have a generator", "core/base/a.cpp", text("int x = std::rand();\n"), false);
    row("draws have a generator", "core/base/a.cpp", text("srand(7);\n"), false);
    row("draws have a generator", "tests/base/a.cpp", text("std::random_device device;\n"), false);
    row("draws have a generator", "core/engine/a.cpp", text("w.normal_(0, scale(x), generator);\n"), true);
    row("draws have a generator", "core/engine/a.cpp", text("at::randn({2}, makeGenerator(seed), options);\n"), true);
    row("draws have a generator", "core/engine/a.cpp", text("// like at::randn({2})\nint n = 1'000;\n"), true);
    row("draws have a generator", "core/engine/a.cpp", text("auto x = R\"(at::randn({2}))\";\n"), true);
    row("files stay short", "core/base/a.cpp", lines(401), false);
    row("files stay short", "core/base/a.h", lines(151), false);
    row("files stay short", "core/base/a.cpp", lines(400), true);
    row("files stay short", "core/base/a.h", lines(150), true);
    row("core does not print", "core/base/a.cpp", text("std::cout << 1;\n"), false);
    row("core does not print", "core/base/a.cpp", text("std::snprintf(b, 2, f);\n"), true);
    row("core does not print", "app/a.cpp", text("std::cout << 1;\n"), true);
    row("headers are guarded", "core/base/a.h", text("// #pragma once\nint x;\n"), false);
    row("headers are guarded", "core/base/a.h", text("#pragma once\nint x;\n"), true);
    const QString query = text("const char* x = \"SELECT value FROM test_metric\";\n");
    row("test figures have one reader", "core/store/a.cpp", query, false);
    row("test figures have one reader", "ui/a.cpp", query, false);
    row("test figures have one reader", "core/store/test_metrics.cpp", query, true);
    row("test figures have one reader", "core/store/a.cpp", text("auto x = \"INSERT INTO test_metric\";\n"), true);
}

void TestHouse::judges() {
    QFETCH(QString, rule);
    QFETCH(QString, path);
    QFETCH(QString, text);
    QFETCH(bool, good);
    const auto found = std::find_if(rules().begin(), rules().end(), [&](const Rule& r) { return r.name == rule; });
    QVERIFY2(found != rules().end(), "the row names no rule");
    const auto problems = found->problems(sourceFile(path, text));
    QVERIFY2(problems.isEmpty() == good, qPrintable(problems.join(QLatin1Char('\n'))));
}

LEVI_TEST(TestHouse)
#include "tst_house.moc"
