// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>
#ifdef LEVI_TEST_GUI
#include <QApplication>
#else
#include <QCoreApplication>
#endif

#include <vector>

namespace levi::test {
namespace {

std::vector<MakeTest>& tests() {
    static std::vector<MakeTest> all;
    return all;
}

} // namespace

bool addTest(MakeTest make) {
    tests().push_back(make);
    return true;
}

} // namespace levi::test

// Tests never read or write the user's own store and cache.
int main(int argc, char** argv) {
    QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.filePath(QStringLiteral("data")).toUtf8());
    qputenv("XDG_CACHE_HOME", home.filePath(QStringLiteral("cache")).toUtf8());
    qputenv("XDG_CONFIG_HOME", home.filePath(QStringLiteral("config")).toUtf8());
#ifdef LEVI_TEST_GUI
    QApplication application(argc, argv);
#else
    QCoreApplication application(argc, argv);
#endif
    const QByteArray only = qgetenv("LEVI_TEST_CLASS"); // a class of the room; empty: all
    int failures = 0, classes = 0;
    for (const auto make : levi::test::tests()) {
        const auto test = make();
        if (!only.isEmpty() && only != test->metaObject()->className()) continue;
        ++classes;
        failures += QTest::qExec(test.get(), argc, argv) != 0;
    }
    if (classes > 0) return failures;
    qCritical("this room has no tests%s%s", only.isEmpty() ? "" : " of the class ", only.constData());
    return 1;
}
