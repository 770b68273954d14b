// SPDX-License-Identifier: Apache-2.0
#include "core/store/process_identity.h"
#include "tests/store/made_runs.h"
#include "tests/support/test_main.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <csignal>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace levi;
using namespace levi::test;

namespace {

// Runs `work` in a process of its own, which ends with 0 where nothing was thrown.
pid_t inChild(auto work) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    try {
        work();
    } catch (const std::exception& error) {
        qCritical("%s", error.what());
        ::_exit(1);
    }
    ::_exit(0);
}

int statusOf(pid_t child) {
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

// A child that has begun a run and waits to be killed.
pid_t childWithARun(const std::filesystem::path& file) {
    int ends[2] = {};
    if (::pipe(ends) != 0) return -1;
    const pid_t child = inChild([&] {
        RunStore store(file);
        store.addCandidate(store.beginRun(newRun("killed")), candidate(3, 0.5));
        if (::write(ends[1], "x", 1) != 1) ::_exit(1);
        ::pause();
    });
    ::close(ends[1]);
    char ready = 0;
    const bool isReady = ::read(ends[0], &ready, 1) == 1;
    ::close(ends[0]);
    return isReady ? child : -1;
}

} // namespace

// A child that works once it is told to. It is made before its parent opens any store: connections do not survive fork.
class WaitingChild {
public:
    explicit WaitingChild(auto work) {
        if (::pipe(m_ends) != 0) return;
        m_pid = inChild([&] {
            char go = 0;
            if (::read(m_ends[0], &go, 1) != 1) ::_exit(2);
            work();
        });
        ::close(m_ends[0]);
    }
    int workAndEnd() { // its status
        if (::write(m_ends[1], "x", 1) != 1) return -1;
        ::close(m_ends[1]);
        return statusOf(m_pid);
    }

private:
    int m_ends[2] = {-1, -1};
    pid_t m_pid = -1;
};

class TestProcesses : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // A second look at a store must not cost the first connection its locks: another process that closes would then
    // delete the log under it ("disk I/O error").
    void keepsItsLogWhenAnotherProcessCloses_data() {
        QTest::addColumn<bool>("readsOnly");
        QTest::newRow("after a second reader") << true;
        QTest::newRow("after a second writer") << false;
    }

    void keepsItsLogWhenAnotherProcessCloses() {
        QFETCH(bool, readsOnly);
        const Folder folder;
        const auto file = folder.path("s");
        WaitingChild rival([&] { RunStore(file).beginRun(newRun("rival")); });
        RunStore store(file);
        store.beginRun(newRun("first"));
        RunStore(file, readsOnly ? RunStore::Access::Read : RunStore::Access::Write).runs();
        QCOMPARE(rival.workAndEnd(), 0);
        QVERIFY(std::filesystem::exists(file.string() + "-wal"));
        store.beginRun(newRun("second"));
        QCOMPARE(store.runs().size(), std::size_t{3});
    }

    void showsAKilledRunAsInterruptedAtOnce() {
        const Folder folder;
        const auto file = folder.path("s");
        const RunStore made(file);
        const pid_t child = childWithARun(file);
        QVERIFY(child > 0);
        const RunStore reader(file, RunStore::Access::Read);
        QCOMPARE(reader.runs().front().state, RunState::Running);
        const auto version = reader.version();
        ::kill(child, SIGKILL);
        QVERIFY(WIFSIGNALED(statusOf(child)));
        QCOMPARE(reader.runs().front().state, RunState::Interrupted);
        QCOMPARE(reader.runs().front().message, std::string("The process that ran it is gone."));
        QCOMPARE(reader.runs().front().seconds, 3.0);
        QVERIFY(reader.version() != version);
        QCOMPARE(reader.candidates(reader.runs().front().id).size(), std::size_t{1});

        RunStore writer(file); // the next one to write keeps it
        SQLite::Database raw(file.string());
        QCOMPARE(raw.execAndGet("SELECT state FROM run").getString(), std::string("interrupted"));
        writer.discardRun(writer.runs().front().id);
        QVERIFY(writer.runs().empty());
    }

    // Whoever shares the store from another host or container cannot see the process and takes it for gone.
    void anOwnRunEndsWhateverOthersThoughtOfIt() {
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto own = store.beginRun(newRun("own")), other = store.beginRun(newRun("other"));
        SQLite::Database raw(store.file().string(), SQLite::OPEN_READWRITE);
        raw.exec("UPDATE run SET state = 'interrupted', message = 'gone'");
        raw.exec("UPDATE run SET owner_boot = 'another' WHERE id = " + std::to_string(other));
        const auto picked = store.addCandidate(own, candidate(1, 0.5));
        store.endRun(own, {.pickedCandidate = picked});
        QVERIFY(store.run(own)->state == RunState::Done && store.run(own)->message.empty());
        QVERIFY_EXCEPTION_THROWN(store.endRun(other, {}), Error);
        QCOMPARE(store.run(other)->state, RunState::Interrupted);
    }

    void doesNotCountAZombieAsAlive() {
        const Folder folder;
        const auto file = folder.path("s");
        const RunStore made(file);
        const pid_t child = childWithARun(file);
        ::kill(child, SIGKILL);
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
        QCOMPARE(made.runs().front().state, RunState::Interrupted);
        statusOf(child);
    }

    void losesNoRowOfEightWriters() {
        constexpr int kWriters = 8, kRuns = 5, kCandidates = 6;
        const Folder folder;
        const auto file = folder.path("s"); // made by whoever comes first
        std::vector<pid_t> children;
        for (int writer = 0; writer < kWriters; ++writer)
            children.push_back(inChild([&] {
                RunStore store(file);
                for (int i = 0; i < kRuns; ++i) {
                    const auto run =
                        store.beginRun(newRun("writer " + std::to_string(writer), static_cast<std::uint64_t>(i)));
                    std::int64_t last = 0;
                    for (int epoch = 0; epoch < kCandidates; ++epoch) {
                        last = store.addCandidate(run, candidate(epoch, 0.5));
                        store.addLog(run, {{.level = "info", .text = "a"}, {.level = "info", .text = "b"}});
                    }
                    store.endRun(run, {.pickedCandidate = last});
                }
            }));
        for (const pid_t child : children)
            QCOMPARE(statusOf(child), 0);
        const RunStore store(file, RunStore::Access::Read);
        const auto runs = store.runs();
        QCOMPARE(runs.size(), std::size_t{kWriters * kRuns});
        for (const RunSummary& run : runs) {
            QCOMPARE(run.state, RunState::Done);
            QCOMPARE(run.metrics.size(), std::size_t{3});
            QCOMPARE(store.candidates(run.id).size(), std::size_t{kCandidates});
            QCOMPARE(store.log(run.id).size(), std::size_t{2 * kCandidates});
        }
    }

    void tellsProcessesApart_data() {
        QTest::addColumn<int>("change");
        QTest::addColumn<bool>("expected");
        QTest::newRow("this one") << 0 << true;
        QTest::newRow("an earlier one with this pid") << 1 << false;
        QTest::newRow("one before the last boot") << 2 << false;
        QTest::newRow("no such pid") << 3 << false;
    }

    void tellsProcessesApart() {
        QFETCH(int, change);
        ProcessIdentity process = thisProcess();
        QVERIFY(process.startTicks > 0 && !process.bootId.empty());
        if (change == 1) --process.startTicks;
        if (change == 2) process.bootId = "another";
        if (change == 3) process.pid = 1 << 30;
        QTEST(isAlive(process), "expected");
    }
};

LEVI_TEST(TestProcesses)
#include "tst_processes.moc"
