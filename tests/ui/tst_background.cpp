// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/background.h"

#include <QTest>
#include <QThread>

#include <atomic>
#include <memory>

using namespace levi;

class TestBackground : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void handsOverOnThisThread() {
        QObject context;
        int sum = 0;
        const QThread* worker = nullptr;
        const auto work = [&worker] {
            worker = QThread::currentThread();
            return 7;
        };
        inBackground(&context, work, [&](int value) {
            QCOMPARE(QThread::currentThread(), context.thread());
            sum += value;
        });
        QCOMPARE(sum, 0); // never at once
        QTRY_COMPARE(sum, 7);
        QVERIFY(worker != context.thread());
    }

    void manyAtOnceAreHandedOverOnceEach() {
        constexpr int kJobs = 3000;
        QObject context;
        QVector<int> taken(kJobs, 0);
        for (int i = 0; i < kJobs; ++i) {
            inBackground(
                &context, [i] { return i; }, [&taken](int value) { ++taken[value]; });
            if (i % 7 == 0) QCoreApplication::processEvents();
        }
        QTRY_VERIFY(!taken.contains(0));
        QCOMPARE(taken.count(1), kJobs);
    }

    void nothingReachesWhoIsGone() {
        std::atomic<int> done = 0;
        int taken = 0;
        for (int i = 0; i < 200; ++i) {
            auto context = std::make_unique<QObject>();
            inBackground(
                context.get(), [&done] { return ++done; }, [&taken](int) { ++taken; });
        }
        QTRY_COMPARE(done.load(), 200);
        QTest::qWait(20);
        QCOMPARE(taken, 0);
    }
};

LEVI_TEST(TestBackground)
#include "tst_background.moc"
