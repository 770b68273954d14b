// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/kept_data.h"
#include "core/spec/data/picture_data.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <chrono>
#include <thread>

using namespace levi;

namespace {

struct Folder : test::TemporaryFolder {
    Options data{dataKinds().at("image_folder")};
    KeptData kept;

    Folder() {
        test::writePictureFolder(path(), {"photo", "art"}, {"dog", "cat"}, 6);
        options().path = path();
    }
    ImageFolderOptions& options() { return *data.as<ImageFolderOptions>(); }
    auto read() { return kept.read(data, {}); }
};

} // namespace

class TestKeptData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsOnceWhatStandsAsItDid() {
        Folder f;
        const auto first = f.read();
        QVERIFY(first->dataset);
        QCOMPARE(f.read(), first);
        QCOMPARE(f.kept.readings(), std::int64_t{1});
    }

    void readsAgainWhatChanged_data() {
        QTest::addColumn<int>("change");
        for (const auto& [name, change] : {std::pair{"a field", 0},
                                           {"a new picture", 1},
                                           {"other bytes", 2},
                                           {"a later time", 3},
                                           {"one picture less", 4}})
            QTest::newRow(name) << change;
    }
    void readsAgainWhatChanged() {
        QFETCH(int, change);
        Folder f;
        const auto first = f.read();
        const auto picture = f / "art/cat/0.png";
        switch (change) {
        case 0:
            f.options().splitSeed = 9;
            break;
        case 1:
            f.write("art/cat/new.png", readFile(picture));
            break;
        case 2:
            f.write("art/cat/0.png", readFile(f / "art/dog/1.png") + "x");
            break;
        case 3:
            std::filesystem::last_write_time(picture,
                                             std::filesystem::last_write_time(picture) + std::chrono::seconds(1));
            break;
        default:
            std::filesystem::remove(picture);
        }
        QVERIFY(f.read() != first);
        QCOMPARE(f.kept.readings(), std::int64_t{2});
    }

    void keepsOneDataSet() {
        Folder f;
        const std::weak_ptr<const ReadData> first = f.read();
        QVERIFY(!first.expired());
        f.options().splitSeed = 1;
        f.read();
        QVERIFY(first.expired());
        f.options().splitSeed = 0;
        f.read();
        QCOMPARE(f.kept.readings(), std::int64_t{3});
    }

    void keepsNoFailure() {
        Folder f;
        f.options().path = f / "absent";
        QVERIFY(!f.read()->problems.empty());
        QVERIFY(!f.read()->problems.empty());
        QCOMPARE(f.kept.readings(), std::int64_t{2});
    }

    void keepsNothingOfAStoppedReading() {
        Folder f;
        std::stop_source source;
        source.request_stop();
        QVERIFY_EXCEPTION_THROWN(f.kept.read(f.data, {.stop = source.get_token()}), Stopped);
        QVERIFY(f.read()->dataset);
    }

    void answersManyThreads() {
        Folder f;
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&f, i] {
                Options data = f.data;
                data.as<ImageFolderOptions>()->splitSeed = static_cast<std::uint64_t>(i % 2);
                for (int round = 0; round < 5; ++round)
                    if (f.kept.read(data, {})->dataset->training.train.size() == 0) std::abort();
            });
    }
};

LEVI_TEST(TestKeptData)
#include "tst_kept_data.moc"
