// SPDX-License-Identifier: Apache-2.0
#include "core/store/store_file.h"

#include "core/base/error.h"
#include "core/base/folder_lock.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyMilliseconds = 30'000;

fs::path folderOf(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

bool isAbsentOrEmpty(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(file, code)) return true;
    return fs::is_regular_file(file, code) && fs::file_size(file, code) == 0 && !code;
}

using FileIdentity = std::pair<dev_t, ino_t>;

// Closing any descriptor of a file drops all POSIX locks that this process holds on it, SQLite's own included
// (sqlite.org/howtocorrupt.html, 2.2): another process would then take itself for the last one and delete the log under
// us. So a file is looked at by hand only before this process first connects to it.
std::set<FileIdentity>& knownStores() {
    static std::set<FileIdentity> known;
    return known;
}

std::optional<FileIdentity> identityOf(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return std::nullopt;
    return FileIdentity(status.st_dev, status.st_ino);
}

[[noreturn]] void refuseStranger(const fs::path& file) {
    throw Error("{}: is not a store of LEVI Workbench; it was left as it is. Give another file", file.string());
}

// Looks at the file's own header (sqlite.org/fileformat2.html, 1.3), so that a stranger's file is not even opened. A
// store has its application id from its first byte on: see makeStore.
void requireStoreHeader(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Error("{}: cannot read: {}", file.string(), std::strerror(errno));
    std::array<unsigned char, 100> header{};
    stream.read(reinterpret_cast<char*>(header.data()), header.size());
    const bool isSqlite = stream.gcount() == 100 && std::memcmp(header.data(), "SQLite format 3", 16) == 0;
    std::uint32_t id = 0;
    for (std::size_t i = 68; i < 72; ++i)
        id = id << 8 | header[i];
    if (!isSqlite || id != kStoreApplicationId) refuseStranger(file);
}

void requireStore(const fs::path& file) {
    static std::mutex mutex;
    const std::lock_guard guard(mutex);
    std::error_code code;
    if (fs::is_directory(file, code)) throw Error("{}: is a folder, expected a store", file.string());
    if (fs::is_other(file, code)) throw Error("{}: is a pipe or a device, expected a store", file.string());
    const auto identity = identityOf(file);
    if (identity && knownStores().contains(*identity)) return;
    requireStoreHeader(file);
    if (identity) knownStores().insert(*identity);
}

// A known identity may since have become another file.
void requireStoreId(SQLite::Database& database, const fs::path& file) {
    if (database.execAndGet("PRAGMA application_id").getUInt() != kStoreApplicationId) refuseStranger(file);
}

int versionOf(SQLite::Database& database) {
    return database.execAndGet("PRAGMA user_version").getInt();
}

void applyMigration(SQLite::Database& database, const Migration& migration) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    database.exec(migration.sql);
    database.exec("PRAGMA user_version = " + std::to_string(migration.version));
    transaction.commit();
}

// Complete before it has its name, so that no process ever sees half a store.
void makeStore(const fs::path& file, std::span<const Migration> migrations) {
    fs::path beside = file;
    beside += ".new" + std::to_string(::getpid());
    const auto removeIt = [&] {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm", "-journal"})
            fs::remove(beside.string() + suffix, ignored);
    };
    removeIt();
    try {
        {
            SQLite::Database database(beside.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            database.exec("PRAGMA application_id = " + std::to_string(kStoreApplicationId));
            for (const Migration& migration : migrations)
                applyMigration(database, migration);
            database.exec("PRAGMA journal_mode = WAL");
        }
        std::error_code ignored;
        for (const char* suffix : {"-wal", "-shm", "-journal"}) // of a file that was removed: SQLite would replay them
            fs::remove(file.string() + suffix, ignored);
        fs::rename(beside, file);
    } catch (...) {
        removeIt();
        throw;
    }
}

// With all that other processes have committed, the WAL included; SQLite refuses to write over a file.
void backUp(SQLite::Database& database, const fs::path& file, int version) {
    fs::path backup = file.string() + ".v" + std::to_string(version) + ".bak";
    std::error_code code;
    for (int n = 2; fs::exists(backup, code); ++n)
        backup = file.string() + ".v" + std::to_string(version) + ".bak" + std::to_string(n);
    SQLite::Statement statement(database, "VACUUM INTO ?");
    statement.bind(1, backup.string());
    statement.exec();
}

void refuseNewer(const fs::path& file, int version, std::span<const Migration> migrations) {
    if (version <= migrations.back().version) return;
    throw Error("{}: has schema version {}, this program knows up to {}; open it with a newer LEVI Workbench",
                file.string(), version, migrations.back().version);
}

void migrate(SQLite::Database& database, const fs::path& file, std::span<const Migration> migrations) {
    for (const Migration& migration : migrations) {
        const int version = versionOf(database);
        if (version >= migration.version) continue;
        backUp(database, file, version);
        try {
            applyMigration(database, migration);
        } catch (const SQLite::Exception& error) {
            throw Error("{}: cannot migrate from schema version {} to {}: {}. The file is as it was", file.string(),
                        version, migration.version, error.what());
        }
    }
}

std::unique_ptr<SQLite::Database> connect(const fs::path& file, int flags) {
    auto database = std::make_unique<SQLite::Database>(file.string(), flags, kBusyMilliseconds);
    sqlite3_extended_result_codes(database->getHandle(), 1);
    return database;
}

// SQLite writes a little beside a file that it reads. Where it cannot, and no log of another process lies there, nobody
// writes that store: it is read as it stands.
std::unique_ptr<SQLite::Database> connectForReading(const fs::path& file) {
    auto database = connect(file, SQLite::OPEN_READONLY);
    if (database->tryExec("PRAGMA user_version") == SQLITE_OK || fs::exists(file.string() + "-wal")) return database;
    std::string uri = "file:";
    for (const char c : file.string())
        uri += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
    return connect(uri + "?immutable=1", SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

} // namespace

std::unique_ptr<SQLite::Database> openStoreForReading(const fs::path& file, std::span<const Migration> migrations) {
    std::error_code code;
    if (!fs::exists(file, code)) throw Error("{}: there is no store here; a run makes one", file.string());
    requireStore(file);
    auto database = connectForReading(file);
    requireStoreId(*database, file);
    const int version = versionOf(*database);
    refuseNewer(file, version, migrations);
    if (version < migrations.back().version)
        throw Error("{}: has the older schema version {}; open it for writing once, so that it is migrated to {}",
                    file.string(), version, migrations.back().version);
    return database;
}

void migrateIfOlder(const fs::path& file, std::span<const Migration> migrations) {
    try {
        std::error_code code;
        if (!fs::exists(file, code)) return;
        requireStore(file);
        const int version = versionOf(*connectForReading(file));
        if (version < migrations.back().version) openStoreForWriting(file, migrations);
    } catch (const std::exception&) {
        return;
    }
}

std::unique_ptr<SQLite::Database> openStoreForWriting(const fs::path& file, std::span<const Migration> migrations) {
    std::error_code code;
    fs::create_directories(folderOf(file), code);
    if (code) throw Error("{}: cannot make the folder: {}", folderOf(file).string(), code.message());
    const FolderLock lock(folderOf(file)); // making and migrating a store is done by one process at a time
    if (isAbsentOrEmpty(file)) makeStore(file, migrations);
    requireStore(file);
    {
        const auto looking = connect(file, SQLite::OPEN_READONLY);
        requireStoreId(*looking, file);
        refuseNewer(file, versionOf(*looking), migrations);
    }
    auto database = connect(file, SQLite::OPEN_READWRITE);
    database->exec("PRAGMA foreign_keys = ON");
    database->exec("PRAGMA synchronous = NORMAL");
    migrate(*database, file, migrations);
    return database;
}

} // namespace levi
