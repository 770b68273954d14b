// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"
#include "ui/draft_keeper.h"
#include "ui/spec_draft.h"

#include <QTemporaryDir>
#include <QTest>

using namespace levi;

class TestDraftKeeper : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("XDG_DATA_HOME", m_folder->path().toUtf8());
    }
    void cleanupTestCase() { qunsetenv("XDG_DATA_HOME"); }

    // Written by itself, so that a program that dies loses a second of work.
    void givesBackWhatWasNotSaved() {
        {
            SpecDraft draft;
            const DraftKeeper keeper(draft, store("a"));
            draft.setText("train.epochs", QStringLiteral("7"));
            QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(keeper.file()), 10'000);
        }
        SpecDraft again, other;
        DraftKeeper(again, store("a")).restore();
        DraftKeeper(other, store("b")).restore();
        QCOMPARE(again.spec().train.epochs, 7);
        QVERIFY(again.isModified() && again.canUndo());
        QVERIFY(!other.isModified());
    }

    void knowsTheFileThatWasChanged() {
        const auto file = std::filesystem::path(m_folder->filePath("s.json").toStdString());
        SpecDraft draft;
        draft.setText("train.epochs", QStringLiteral("7"));
        writeFileAtomically(file, toJson(draft.spec()).dump());
        draft.markSaved(file, draft.spec());
        DraftKeeper keeper(draft, store("a"));
        keeper.keep();
        QVERIFY(!std::filesystem::exists(keeper.file())); // nothing is unsaved
        draft.setText("train.epochs", QStringLiteral("8"));
        keeper.keep();
        SpecDraft again;
        DraftKeeper(again, store("a")).restore();
        QCOMPARE(again.file(), file);
        QCOMPARE(again.spec().train.epochs, 8);
        QCOMPARE(again.saved()->train.epochs, 7);
        for (const char* damage : {"[broken", ""}) {
            writeFileAtomically(file, damage);
            if (!*damage) std::filesystem::remove(file);
            SpecDraft orphan;
            DraftKeeper(orphan, store("a")).restore();
            QCOMPARE(orphan.spec().train.epochs, 8);
            QVERIFY(orphan.file().empty());
        }
    }

    void putsAsideWhatCannotBeRead_data() {
        QTest::addColumn<QByteArray>("kept");
        QTest::newRow("no JSON") << QByteArray("draft");
        QTest::newRow("another object") << QByteArray("{}");
        QTest::newRow("no spec") << QByteArray(R"({"file":"","spec":[1]})");
        QTest::newRow("no path") << QByteArray(R"({"file":7,"spec":{}})");
    }
    void putsAsideWhatCannotBeRead() {
        QFETCH(QByteArray, kept);
        SpecDraft draft;
        DraftKeeper keeper(draft, store("a"));
        writeFileAtomically(keeper.file(), kept.toStdString());
        keeper.restore();
        QVERIFY(!draft.isModified());
        keeper.keep(); // nothing of this draft
        QCOMPARE(readFile(keeper.file().string() + ".unread"), kept.toStdString());
    }

private:
    std::filesystem::path store(const char* name) const { return m_folder->filePath(name).toStdString(); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

LEVI_TEST(TestDraftKeeper)
#include "tst_draft_keeper.moc"
