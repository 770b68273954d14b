// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/jobs/job_queue.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

using namespace levi;
using namespace std::chrono_literals;

namespace {

using Work = std::function<JobOutcome(Mailbox&, std::stop_token)>;

class FunctionJob final : public Job {
public:
    FunctionJob(std::string lane, Work work) : m_lane(std::move(lane)), m_work(std::move(work)) {}
    std::string title() const override { return "job"; }
    std::string group() const override { return "group"; }
    std::string lane() const override { return m_lane; }
    JobOutcome run(Mailbox& mailbox, std::stop_token stop) override { return m_work(mailbox, stop); }

private:
    std::string m_lane;
    Work m_work;
};

std::unique_ptr<Job> job(Work work, std::string lane = "cpu") {
    return std::make_unique<FunctionJob>(std::move(lane), std::move(work));
}

JobOutcome untilStopped(Mailbox&, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait(lock, stop, [] { return false; });
    return {JobState::Cancelled, "stopped"};
}

JobState stateOf(const JobQueue& queue, JobId id) {
    for (const JobView& view : queue.jobs())
        if (view.id == id) return view.state;
    return JobState::Failed;
}

} // namespace

class TestJobQueue : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsALaneInOrder() {
        JobQueue queue;
        std::mutex mutex;
        std::vector<int> order;
        std::atomic<int> atOnce = 0, mostAtOnce = 0;
        for (int i = 0; i < 20; ++i)
            queue.submit(job([&, i](Mailbox&, std::stop_token) {
                mostAtOnce = std::max<int>(mostAtOnce, ++atOnce);
                const std::lock_guard lock(mutex);
                order.push_back(i);
                --atOnce;
                return JobOutcome{};
            }));
        QVERIFY(queue.waitIdle(5s));
        for (int i = 0; i < 20; ++i)
            QCOMPARE(order[static_cast<std::size_t>(i)], i);
        QCOMPARE(mostAtOnce.load(), 1);
    }

    void runsAsManyAtOnceAsAskedFor() {
        std::atomic<int> atOnce = 0, mostAtOnce = 0;
        std::atomic<bool> go = false;
        JobQueue queue(3);
        for (int i = 0; i < 9; ++i)
            queue.submit(job([&](Mailbox&, std::stop_token) {
                const int now = ++atOnce;
                for (int most = mostAtOnce; now > most && !mostAtOnce.compare_exchange_weak(most, now);) {
                }
                while (!go)
                    std::this_thread::sleep_for(1ms);
                --atOnce;
                return JobOutcome{};
            }));
        QTRY_COMPARE(mostAtOnce.load(), 3);
        go = true;
        QVERIFY(queue.waitIdle(5s));
        QCOMPARE(mostAtOnce.load(), 3);
    }

    void runsLanesBesideEachOther() {
        JobQueue queue;
        std::promise<void> met;
        queue.submit(job(
            [&, waiting = met.get_future().share()](Mailbox&, std::stop_token) {
                return JobOutcome{waiting.wait_for(5s) == std::future_status::ready ? JobState::Done : JobState::Failed,
                                  ""};
            },
            "cpu"));
        queue.submit(job([&](Mailbox&, std::stop_token) { return met.set_value(), JobOutcome{}; }, "cuda:0"));
        QVERIFY(queue.waitIdle(10s));
        for (const JobView& view : queue.jobs())
            QCOMPARE(view.state, JobState::Done);
    }

    void keepsOutcomes_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("message");
        QTest::newRow("done") << 0 << int(JobState::Done) << "fine";
        QTest::newRow("failed") << 1 << int(JobState::Failed) << "no data";
        QTest::newRow("throws ours") << 2 << int(JobState::Failed) << "x: found 1, expected 2";
        QTest::newRow("throws the library's") << 3 << int(JobState::Failed) << "out";
        QTest::newRow("throws anything") << 4 << int(JobState::Failed) << "It ended with an exception of unknown type.";
    }

    void keepsOutcomes() {
        QFETCH(int, kind);
        JobQueue queue;
        const auto id = queue.submit(job([kind](Mailbox&, std::stop_token) -> JobOutcome {
            if (kind == 2) throw Error("x: found {}, expected {}", 1, 2);
            if (kind == 3) throw std::out_of_range("out");
            if (kind == 4) throw 42;
            return kind == 0 ? JobOutcome{JobState::Done, "fine"} : JobOutcome{JobState::Failed, "no data"};
        }));
        QVERIFY(queue.waitIdle(5s));
        QTEST(int(stateOf(queue, id)), "state");
        QTEST(QString::fromStdString(queue.jobs().front().message), "message");
        QCOMPARE(queue.jobs().front().group, std::string("group"));
    }

    void stopsWhatWaitsAtOnce() {
        JobQueue queue;
        std::atomic<bool> ran = false;
        const auto running = queue.submit(job(untilStopped));
        const auto waiting = queue.submit(job([&](Mailbox&, std::stop_token) { return ran = true, JobOutcome{}; }));
        queue.stop(waiting);
        QCOMPARE(stateOf(queue, waiting), JobState::Cancelled);
        queue.stop(waiting);
        queue.stop(99);
        QVERIFY(!queue.isIdle());
        QVERIFY(!queue.waitIdle(10ms));
        queue.stop(running);
        QVERIFY(queue.waitIdle(5s));
        QCOMPARE(stateOf(queue, running), JobState::Cancelled);
        QVERIFY(!ran);
    }

    void showsThatARunningJobIsStopping() {
        JobQueue queue;
        std::promise<void> begun, leave;
        const auto id = queue.submit(job([&](Mailbox&, std::stop_token) {
            begun.set_value();
            leave.get_future().wait();
            return JobOutcome{JobState::Cancelled, ""};
        }));
        begun.get_future().wait();
        QCOMPARE(stateOf(queue, id), JobState::Running);
        queue.stopAll();
        QCOMPARE(stateOf(queue, id), JobState::Stopping);
        leave.set_value();
        QVERIFY(queue.waitIdle(5s));
        QCOMPARE(stateOf(queue, id), JobState::Cancelled);
    }

    void joinsWhenItGoes() {
        std::atomic<bool> ended = false, ran = false;
        std::shared_ptr<const Mailbox> mailbox;
        {
            JobQueue queue;
            std::promise<void> begun;
            queue.submit(job([&](Mailbox& box, std::stop_token stop) {
                begun.set_value();
                const auto outcome = untilStopped(box, stop);
                box.setRun(3);
                return ended = true, outcome;
            }));
            queue.submit(job([&](Mailbox&, std::stop_token) { return ran = true, JobOutcome{}; }));
            mailbox = queue.jobs().front().mailbox;
            begun.get_future().wait();
        }
        QVERIFY(ended);
        QVERIFY(!ran);
        QCOMPARE(mailbox->look().run, std::optional<std::int64_t>(3)); // outlives the queue
    }

    void forgetsWhatEnded() {
        JobQueue queue;
        queue.submit(job([](Mailbox&, std::stop_token) { return JobOutcome{}; }));
        QVERIFY(queue.waitIdle(5s));
        const auto running = queue.submit(job(untilStopped));
        queue.forgetEnded();
        QCOMPARE(queue.jobs().size(), std::size_t{1});
        QCOMPARE(queue.jobs().front().id, running);
    }
};

LEVI_TEST(TestJobQueue)
#include "tst_job_queue.moc"
