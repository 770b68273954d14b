// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/store/store_file.h"
#include "tests/store/made_runs.h"
#include "tests/support/test_main.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <vector>

#include <sys/stat.h>

using namespace levi;
using namespace levi::test;

namespace {

constexpr const char* kGood = "ALTER TABLE run ADD COLUMN rating INTEGER NOT NULL DEFAULT 5";
constexpr const char* kBad =
    "ALTER TABLE run ADD COLUMN rating INTEGER; UPDATE run SET name = 'lost'; DROP TABLE absent";

std::vector<Migration> withNext(const char* sql) {
    std::vector<Migration> all(storeMigrations().begin(), storeMigrations().end());
    all.push_back({all.back().version + 1, sql});
    return all;
}

std::filesystem::path backupOf(const std::filesystem::path& file, const std::string& more = "") {
    return file.string() + ".v" + std::to_string(storeMigrations().back().version) + ".bak" + more;
}

std::string nameInside(const std::filesystem::path& file) {
    SQLite::Database raw(file.string());
    return raw.execAndGet("SELECT name FROM run").getString();
}

std::string errorOf(auto act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class TestStoreFile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void migratesAfterABackup() {
        const Folder folder;
        const auto file = folder.path("s");
        RunStore(file).beginRun(newRun("kept"));
        const auto migrated = openStoreForWriting(file, withNext(kGood));
        QCOMPARE(migrated->execAndGet("SELECT rating FROM run WHERE name = 'kept'").getInt(), 5);
        QCOMPARE(migrated->execAndGet("PRAGMA user_version").getInt(), withNext(kGood).back().version);
        QCOMPARE(nameInside(backupOf(file)), std::string("kept"));
        QCOMPARE(RunStore(backupOf(file), RunStore::Access::Read).runs().size(), std::size_t{1});
    }

    void neverWritesOverABackup() {
        const Folder folder;
        const auto file = folder.path("s");
        RunStore(file).beginRun(newRun("kept"));
        writeFileAtomically(backupOf(file), "precious");
        openStoreForWriting(file, withNext(kGood));
        QCOMPARE(readFile(backupOf(file)), std::string("precious"));
        QCOMPARE(nameInside(backupOf(file, "2")), std::string("kept"));
    }

    void leavesTheFileWhereAMigrationFails() {
        const Folder folder;
        const auto file = folder.path("s");
        RunStore(file).beginRun(newRun("kept"));
        const auto before = readFile(file);
        const auto error = errorOf([&] { openStoreForWriting(file, withNext(kBad)); });
        QVERIFY2(error.find(file.string()) != std::string::npos, error.c_str());
        QCOMPARE(readFile(file), before);
        QCOMPARE(RunStore(file).runs().front().name, std::string("kept"));
        QCOMPARE(nameInside(backupOf(file)), std::string("kept"));
    }

    void migratesEachVersionInTurn() {
        const Folder folder;
        const auto file = folder.path("s");
        const std::vector<Migration> old = {{1, "CREATE TABLE note(text TEXT)"}};
        openStoreForWriting(file, old)->exec("INSERT INTO note VALUES('first')");
        const std::vector<Migration> now = {old[0],
                                            {2, "ALTER TABLE note ADD COLUMN year INTEGER DEFAULT 2024"},
                                            {3, "UPDATE note SET year = year + 1"}};
        QCOMPARE(openStoreForWriting(file, now)->execAndGet("SELECT year FROM note").getInt(), 2025);
        QVERIFY(std::filesystem::exists(file.string() + ".v1.bak"));
        QVERIFY(std::filesystem::exists(file.string() + ".v2.bak"));
        QVERIFY(!errorOf([&] { openStoreForReading(file, old); }).empty());
        QVERIFY(errorOf([&] { openStoreForReading(file, now); }).empty());
    }

    void refusesWhatIsNoStore_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("text") << QByteArray("dear diary");
        QTest::newRow("zeros") << QByteArray(4096, '\0');
        QTest::newRow("half a header") << QByteArray("SQLite format 3\0abc", 19);
        QTest::newRow("another program's database") << QByteArray();
    }

    void refusesWhatIsNoStore() {
        QFETCH(QByteArray, content);
        const Folder folder;
        const auto file = folder.path("s");
        if (content.isEmpty())
            SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE run(id)");
        else
            writeFileAtomically(file, content.toStdString());
        const auto before = readFile(file);
        for (const auto access : {RunStore::Access::Write, RunStore::Access::Read}) {
            const auto error = errorOf([&] { RunStore(file, access); });
            QVERIFY2(error.find(file.string()) != std::string::npos, error.c_str());
        }
        QCOMPARE(readFile(file), before);
        QCOMPARE(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
    }

    void saysThatAStoreIsDamaged() {
        const Folder folder;
        const auto file = folder.path("s");
        RunStore(file).beginRun(newRun());
        std::string bytes = readFile(file);
        bytes.resize(bytes.size() / 4);
        writeFileAtomically(file, bytes);
        for (const auto access : {RunStore::Access::Write, RunStore::Access::Read}) {
            const auto error = errorOf([&] { RunStore(file, access).runs(); });
            for (const char* part : {file.c_str(), "is damaged", "Nothing was changed", ".bak", ".recover"})
                QVERIFY2(error.find(part) != std::string::npos, error.c_str());
        }
        QCOMPARE(readFile(file), bytes);
    }

    void refusesAFolder() {
        const Folder folder;
        QVERIFY_EXCEPTION_THROWN(RunStore(folder.path(".")), Error);
    }

    void refusesAPipe() { // instead of waiting for it
        const Folder folder;
        const auto file = folder.path("pipe");
        QCOMPARE(::mkfifo(file.c_str(), 0600), 0);
        for (const auto access : {RunStore::Access::Write, RunStore::Access::Read}) {
            const auto error = errorOf([&] { RunStore(file, access); });
            QVERIFY2(error.find("expected a store") != std::string::npos, error.c_str());
        }
    }

    void refusesANewerStore() {
        const Folder folder;
        const auto file = folder.path("s");
        RunStore(file).beginRun(newRun());
        SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
        const auto before = readFile(file);
        for (const auto access : {RunStore::Access::Write, RunStore::Access::Read}) {
            const auto error = errorOf([&] { RunStore(file, access); });
            QVERIFY2(error.find("99") != std::string::npos, error.c_str());
        }
        QCOMPARE(readFile(file), before);
        QVERIFY(!std::filesystem::exists(file.string() + ".v99.bak"));
    }

    void doesNotReplayTheLogOfARemovedStore() {
        const Folder folder;
        const auto file = folder.path("s");
        std::string log;
        {
            RunStore store(file);
            store.beginRun(newRun("old"));
            log = readFile(file.string() + "-wal");
        }
        QVERIFY(!log.empty());
        std::filesystem::remove(file);
        writeFileAtomically(file.string() + "-wal", log);
        RunStore store(file);
        QVERIFY(store.runs().empty());
        store.beginRun(newRun("new"));
        QCOMPARE(store.runs().size(), std::size_t{1});
    }

    void takesAnEmptyFile() {
        const Folder folder;
        writeFileAtomically(folder.path("s"), "");
        QCOMPARE(RunStore(folder.path("s")).runs().size(), std::size_t{0});
    }

    void saysThatAFileIsDamaged() {
        const Folder folder;
        const auto file = folder.path("s");
        {
            RunStore store(file);
            for (int i = 0; i < 50; ++i)
                store.beginRun(newRun(std::string(500, 'x')));
        }
        std::string content = readFile(file);
        for (std::size_t i = 4096; i < content.size(); ++i)
            content[i] = static_cast<char>(i * 7);
        writeFileAtomically(file, content);
        const auto error = errorOf([&] { RunStore(file, RunStore::Access::Read).runs(); });
        QVERIFY2(error.find(file.string()) != std::string::npos, error.c_str());
        QVERIFY(!errorOf([&] { RunStore(file).beginRun(newRun()); }).empty());
        QCOMPARE(readFile(file).size(), content.size());
    }
};

LEVI_TEST(TestStoreFile)
#include "tst_store_file.moc"
