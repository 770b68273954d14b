// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/jobs/engine_loader.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

using namespace levi;

class TestEngineLoader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void saysWhatIsMissing_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("said");
        QTest::newRow("no file") << "absent"
                                 << "The engine is missing: there is no ";
        QTest::newRow("no library") << "text"
                                    << "The engine cannot be loaded: ";
        QTest::newRow("another library") << "stranger"
                                         << "is no engine of LEVI Workbench: 'leviEngineInterface' is missing";
    }

    void saysWhatIsMissing() {
        QFETCH(QString, kind);
        QFETCH(QString, said);
        QTemporaryDir folder;
        QString file = folder.filePath("liblevi_engine.so");
        if (kind == "text") writeFileAtomically(file.toStdString(), "not a library");
        if (kind == "stranger") file = QStringLiteral(LEVI_BIN_DIR "/../lib/liblevi_core.so");
        qputenv("LEVI_ENGINE", file.toUtf8());
        for (int attempt = 0; attempt < 2; ++attempt) { // each time anew
            QString error;
            try {
                engine();
            } catch (const Error& caught) {
                error = QString::fromUtf8(caught.what());
            }
            QVERIFY2(error.contains(said), qPrintable(error));
            QVERIFY2(error.contains(file), qPrintable(error));
        }
        qunsetenv("LEVI_ENGINE");
    }
};

LEVI_TEST(TestEngineLoader)
#include "tst_engine_loader.moc"
