// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <string>

using namespace levi;

class TestMailbox : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheLatestProgress() {
        Mailbox box;
        QVERIFY(!box.look().run.has_value());
        box.post(Progress{.phase = "features", .done = 1});
        box.post(Progress{.phase = "training", .done = 2});
        box.setRun(7);
        QCOMPARE(box.look().progress.phase, std::string("training"));
        QCOMPARE(box.look().run, std::optional<std::int64_t>(7));
    }

    void givesOnlyWhatIsNew() {
        Mailbox box;
        for (int i = 0; i < 3; ++i)
            box.post(LossPoint{.step = i});
        box.post(LogLine{.text = "a"});
        auto seen = box.look();
        QCOMPARE(seen.losses.size(), std::size_t{3});
        box.post(LossPoint{.step = 3});
        seen = box.look(seen.lossPosition, seen.linePosition);
        QCOMPARE(seen.losses.size(), std::size_t{1});
        QCOMPARE(seen.losses.front().step, 3);
        QVERIFY(seen.lines.empty());
        QVERIFY(box.look(1'000'000, 1'000'000).losses.empty());
    }

    void forgetsTheOldest() {
        Mailbox box;
        for (int i = 0; i < 20'500; ++i)
            box.post(LossPoint{.step = i});
        for (int i = 0; i < 1'200; ++i)
            box.post(LogLine{.text = std::to_string(i)});
        const auto all = box.look();
        QCOMPARE(all.losses.size(), std::size_t{20'000});
        QCOMPARE(all.losses.front().step, 500);
        QCOMPARE(all.lines.size(), std::size_t{1'000});
        QCOMPARE(all.lines.front().text, std::string("200"));
        QCOMPARE(box.look(100, 1'199).losses.size(), std::size_t{20'000}); // 100 is lost already
        QCOMPARE(box.look(100, 1'199).lines.size(), std::size_t{1});
    }
};

LEVI_TEST(TestMailbox)
#include "tst_mailbox.moc"
