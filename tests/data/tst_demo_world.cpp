// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/demo_world.h"
#include "core/engine/data/load.h"
#include "core/engine/data/loaded_rows.h"
#include "core/engine/data/shapes.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

// How often a property speaks for the class among `count` pictures.
struct Shares {
    double cue = 0, style = 0;
};

Shares agreement(const WorldOptions& world, const WorldSet& set, std::int64_t count = 600) {
    Shares shares;
    for (std::int64_t i = 0; i < count; ++i) {
        const DemoPicture demo = demoPicture(world, set, i);
        shares.cue += demo.cue == demo.label;
        shares.style += demo.style == demo.label;
    }
    return {shares.cue / static_cast<double>(count), shares.style / static_cast<double>(count)};
}

} // namespace

class TestDemoWorld : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isAFunctionOfSeedSetAndIndex() {
        WorldOptions world;
        const WorldSet set{.name = "train", .cue = Tie::ToClass};
        const Picture picture = demoPicture(world, set, 5).picture;
        QCOMPARE(picture.height, 32);
        QVERIFY(demoPicture(world, set, 5).picture == picture);
        QVERIFY(!(demoPicture(world, set, 11).picture == picture));
        QVERIFY(!(demoPicture(world, {.name = "id_val", .cue = Tie::ToClass}, 5).picture == picture));
        world.seed = 1;
        QVERIFY(!(demoPicture(world, set, 5).picture == picture));
    }

    void tiesCueAndStyle_data() {
        QTest::addColumn<int>("cue");
        QTest::addColumn<int>("style");
        QTest::addColumn<double>("cueShare"); // 6 classes: what chance gives is 1/6
        QTest::addColumn<double>("styleShare");
        const double tied = 0.9 + 0.1 / 6;
        const double chance = 1.0 / 6;
        QTest::newRow("in distribution") << int(Tie::ToClass) << int(Tie::Random) << tied << chance;
        QTest::newRow("cue random") << int(Tie::Random) << int(Tie::Random) << chance << chance;
        QTest::newRow("cue reversed") << int(Tie::Reversed) << int(Tie::Random) << 0.1 / 6 << chance;
        QTest::newRow("pretraining") << int(Tie::Random) << int(Tie::ToClass) << chance << tied;
    }

    void tiesCueAndStyle() {
        QFETCH(int, cue);
        QFETCH(int, style);
        QFETCH(double, cueShare);
        QFETCH(double, styleShare);
        const Shares found = agreement({}, {.name = "set", .cue = Tie(cue), .style = Tie(style)});
        QVERIFY2(std::abs(found.cue - cueShare) < 0.05, qPrintable(QString::number(found.cue)));
        QVERIFY2(std::abs(found.style - styleShare) < 0.05, qPrintable(QString::number(found.style)));
    }

    void drawsEveryShapeAndPattern() {
        WorldOptions world;
        world.classes = kShapeCount;
        world.noise = 0;
        for (std::int64_t shape = 0; shape < kShapeCount; ++shape) {
            QVERIFY2(shapeDistance(shape, {3, 3}) > 0.5, demoClasses()[std::size_t(shape)].c_str());
            int inside = 0;
            for (int y = -20; y <= 20; ++y)
                for (int x = -20; x <= 20; ++x)
                    inside += shapeDistance(shape, {x / 20.0, y / 20.0}) < 0;
            QVERIFY2(inside > 300 && inside < 1450, qPrintable(QString::number(inside)));
            for (const double at : {-0.7, 0.1, 0.9})
                QVERIFY(std::abs(patternValue(shape, {at, 0.3})) <= 1.0);
        }
    }

    void makesTheRolesOfTheSpec() {
        Options data(dataKinds().at("demo_world"));
        data.as<DemoWorldOptions>()->trainRows = 60;
        data.as<DemoWorldOptions>()->evalRows = 66;
        const DataInfo info = dataInfo(data);
        QVERIFY(info.usable());
        const std::vector<std::pair<std::string, std::int64_t>> expected = {
            {"train", 60}, {"id_val", 66}, {"id_test", 66}, {"ood_test/cue_random", 66}, {"ood_test/cue_reversed", 66}};
        for (std::size_t r = 0; r < expected.size(); ++r) {
            QCOMPARE(info.roles[r].role, expected[r].first);
            QCOMPARE(info.roles[r].rows, expected[r].second);
            QCOMPARE(info.roles[r].rowsPerClass[5], expected[r].second / 6);
        }
        const std::string fingerprint = info.fingerprint;
        data.as<DemoWorldOptions>()->pictureNoise = 0.1;
        QVERIFY(dataInfo(data).fingerprint != fingerprint);
    }

    void knowsTheContentOfEachPicture() {
        const Dataset world = demoWorld({}, {.train = 30, .eval = 12});
        const Dataset longer = demoWorld({}, {.train = 60, .eval = 12});
        const RowSet& train = world.training.train;
        QVERIFY(train.content(0) != train.content(6));
        QCOMPARE(train.content(7), longer.training.train.content(7)); // does not hang on how many there are
        QVERIFY(train.picture(7) == longer.training.train.picture(7));
        QVERIFY(train.content(0) != world.training.idVal.content(0));
        const Dataset pretraining = pretrainingWorld({}, {.train = 30, .eval = 12});
        QVERIFY(pretraining.training.train.content(0) != train.content(0));
        QCOMPARE(pretraining.evaluation.roles.size(), std::size_t{2});
    }

    void lumpsClassesIntoKinds() {
        const WorldSizes sizes{.train = 30, .eval = 12};
        const Dataset fine = pretrainingWorld({}, sizes);
        const Dataset coarse = pretrainingWorld({.kinds = 3}, sizes);
        QCOMPARE(fine.classes.size(), std::size_t{6});
        QCOMPARE(coarse.classes, (std::vector<std::string>{"disc or star", "square or cross", "triangle or ring"}));
        for (std::int64_t i = 0; i < 30; ++i) {
            QCOMPARE(coarse.training.train.label(i), fine.training.train.label(i) % 3);
            QVERIFY(coarse.training.train.picture(i) == fine.training.train.picture(i));
        }
        QVERIFY_EXCEPTION_THROWN(pretrainingWorld({.kinds = 7}, sizes), Error);
        QVERIFY_EXCEPTION_THROWN(pretrainingWorld({.kinds = -1}, sizes), Error);
    }

    void refusesAbsurdWorlds() {
        QVERIFY_EXCEPTION_THROWN(demoWorld({.classes = 9}, {}), Error);
        QVERIFY_EXCEPTION_THROWN(demoWorld({.side = 4}, {}), Error);
        QVERIFY_EXCEPTION_THROWN(demoWorld({}, {.train = 0}), Error);
    }
};

LEVI_TEST(TestDemoWorld)
#include "tst_demo_world.moc"
