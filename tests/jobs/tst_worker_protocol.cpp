// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/jobs/line_socket.h"
#include "core/jobs/worker_protocol.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <thread>

#include <sys/socket.h>

using namespace levi;
using namespace std::chrono_literals;

// What two processes say to each other, and how.
class TestWorkerProtocol : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void carriesARequest() {
        WorkerRequest request{.spec = {}, .options = {.storeFile = "a b/ü.sqlite", .cacheFolder = "c"}};
        setField(request.spec, "data.kind", "demo_world");
        setAssignment(request.spec, "train.learning_rate=0.1");
        request.spec.seed = 18'446'744'073'709'551'557U;
        request.spec.name = "two\nlines";
        request.options.useCache = false;
        request.options.study = "s";
        request.options.tuningTrials = 6;
        request.options.atOnce = 3;
        const std::string line = lineOf(request);
        QVERIFY(line.find('\n') == std::string::npos);
        const WorkerRequest read = requestIn(line);
        QVERIFY(!read.stop);
        QCOMPARE(toJson(read.spec, true).dump(), toJson(request.spec, true).dump());
        QCOMPARE(read.spec.seed, request.spec.seed);
        QCOMPARE(read.options.storeFile.string(), request.options.storeFile.string());
        QCOMPARE(read.options.cacheFolder.string(), std::string("c"));
        QCOMPARE(read.options.useCache, false);
        QCOMPARE(read.options.study, std::string("s"));
        QCOMPARE(read.options.tuningTrials.value_or(0), 6.0);
        QCOMPARE(read.options.atOnce, 3);
        QVERIFY(requestIn(lineOf(WorkerRequest{.stop = true, .spec = {}, .options = {}})).stop);
    }

    void refusesAPathThatIsNoUtf8() { // another name would be another file
        const WorkerRequest request{.spec = {}, .options = {.storeFile = "caf\xe9.sqlite"}};
        QVERIFY_EXCEPTION_THROWN(lineOf(request), Error);
    }

    void carriesAnEvent() {
        const WorkerEvent event{
            .run = 7,
            .progress = Progress{.phase = "training", .done = 2, .total = 3, .unit = "epochs", .share = 0.1},
            .outcome = JobOutcome{JobState::Failed, "broken \xff text"}};
        const WorkerEvent read = eventIn(lineOf(event));
        QCOMPARE(read.run.value_or(0), std::int64_t{7});
        QCOMPARE(read.progress->phase, std::string("training"));
        QCOMPARE(read.progress->share, 0.1);
        QCOMPARE(read.progress->secondsLeft, -1.0);
        QVERIFY(read.outcome->state == JobState::Failed);
        QVERIFY(QByteArray::fromStdString(read.outcome->message).startsWith("broken "));
        QVERIFY(!eventIn(lineOf(WorkerEvent{})).outcome);
    }

    void refusesWhatIsNoLineOfOurs() {
        for (const char* line : {"", "[]", "{}", R"({"spec": 3})", R"({"spec": {"nonsense": 1}, "store": ""})"})
            QVERIFY_EXCEPTION_THROWN(requestIn(line), Error);
        QVERIFY_EXCEPTION_THROWN(eventIn(R"({"run": "seven"})"), Error);
    }

    void linesComeWholeAndInOrder() {
        int ends[2];
        QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        LineSocket here(ends[0]);
        QVERIFY(!here.next(1ms) && !here.hasEnded());
        const std::string large(300'000, 'x'); // more than a socket holds at once
        std::thread other([&] {
            LineSocket there(ends[1]);
            there.send("one");
            there.send(large);
            there.send("");
        });
        std::vector<std::string> lines;
        while (!here.hasEnded() || lines.size() < 3)
            if (const auto line = here.next(5s)) lines.push_back(*line);
        other.join();
        QVERIFY(lines == std::vector<std::string>({"one", large, ""}));
        here.send("nobody hears it"); // and nothing happens
        QVERIFY(!here.next(1ms));
    }
};

LEVI_TEST(TestWorkerProtocol)
#include "tst_worker_protocol.moc"
