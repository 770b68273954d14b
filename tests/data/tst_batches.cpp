// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/augment.h"
#include "core/engine/data/batches.h"
#include "core/engine/data/demo_world.h"
#include "core/engine/data/load.h"
#include "core/engine/data/views.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <ATen/ops/equal.h>

#include <QTest>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>

using namespace levi;

namespace {

PreprocessRecipe recipeOf(std::int64_t side) {
    PreprocessRecipe recipe;
    recipe.resizeWidth = recipe.resizeHeight = side;
    return recipe;
}

Reader backboneReader(const AugmentOptions& augment = {}) {
    return {.view = std::make_shared<PictureView>(PictureView::ofBackbone(recipeOf(24), augment)), .cache = nullptr};
}

Reader specialistReader(const AugmentOptions& augment = {}, Colour colour = Colour::Rgb) {
    SpecialistPictureOptions options;
    static_cast<AugmentOptions&>(options) = augment;
    options.resolution = 16;
    options.colour = colour;
    return {.view = std::make_shared<PictureView>(PictureView::ofSpecialist(options)),
            .cache = std::make_shared<PictureCache>()};
}

constexpr AugmentOptions kAll{.flip = true, .cropShare = 0.5, .jitter = 0.3};

std::vector<Batch> allBatches(const RowSet& rows, BatchOptions options) {
    BatchLoader loader(rows, std::move(options));
    std::vector<Batch> batches;
    while (auto batch = loader.next())
        batches.push_back(std::move(*batch));
    return batches;
}

bool same(const std::vector<Batch>& a, const std::vector<Batch>& b) {
    return std::ranges::equal(a, b, [](const Batch& x, const Batch& y) {
        return x.positions == y.positions && at::equal(x.backbone.pixels, y.backbone.pixels) &&
               at::equal(x.specialist.pixels, y.specialist.pixels) && at::equal(x.targets, y.targets);
    });
}

// One column of pixels, far longer than any picture that can be made of it: only reading it goes well.
class ThreadSource : public SampleSource {
public:
    Picture picture(std::int64_t) const override { return Picture(4'300'000, 1); }
    std::string content(std::int64_t) const override { return {}; }
};

// Rows that fail or wait at will.
class StubbornSource : public SampleSource {
public:
    explicit StubbornSource(std::int64_t failing, std::chrono::milliseconds delay = {})
        : m_failing(failing), m_delay(delay) {}
    Picture picture(std::int64_t row) const override {
        std::this_thread::sleep_for(m_delay);
        ++m_asked;
        if (row == m_failing) throw Error("row {} is broken", row);
        return Picture(24, 24);
    }
    std::string content(std::int64_t) const override { return {}; }
    int asked() const { return m_asked; }

private:
    std::int64_t m_failing;
    std::chrono::milliseconds m_delay;
    mutable std::atomic<int> m_asked = 0;
};

RowSet rowsFrom(std::shared_ptr<const SampleSource> source, std::int64_t count) {
    auto table = std::make_shared<RowTable>();
    table->classes = {"only"};
    table->domains = {"all"};
    for (std::int64_t i = 0; i < count; ++i)
        table->rows.push_back({.id = std::to_string(i)});
    table->source = std::move(source);
    std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    return RowSet("train", table, rows);
}

} // namespace

class TestBatches : public QObject {
    Q_OBJECT

    const Dataset m_world = demoWorld({}, {.train = 50, .eval = 30});

private Q_SLOTS:
    void coversEveryRowInOrder() {
        BatchOptions options{.backbone = backboneReader(), .specialist = specialistReader(), .batchSize = 16};
        const auto batches = allBatches(m_world.training.train, options);
        QCOMPARE(batches.size(), std::size_t{4});
        QCOMPARE(batches[0].backbone.pixels.sizes(), (at::IntArrayRef{16, 3, 24, 24}));
        QCOMPARE(batches[3].specialist.pixels.sizes(), (at::IntArrayRef{2, 3, 16, 16}));
        QCOMPARE(batches[1].positions.front(), 16);
        QCOMPARE(batches[1].targets.data_ptr<std::int64_t>()[0], 16 % 6);
        options.dropLast = true;
        QCOMPARE(allBatches(m_world.training.train, options).size(), std::size_t{3});
    }

    void makesNothingThatNobodyReads() {
        const auto batches = allBatches(m_world.training.train, {.specialist = specialistReader({}, Colour::Grey)});
        QVERIFY(!batches[0].backbone.pixels.defined());
        QCOMPARE(batches[0].specialist.pixels.size(1), 1);
    }

    void isTheSameForAnyNumberOfThreads_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 5})
            QTest::addRow("%d", threads) << threads;
    }

    void isTheSameForAnyNumberOfThreads() {
        QFETCH(int, threads);
        BatchOptions options{.backbone = backboneReader(kAll),
                             .specialist = specialistReader(kAll),
                             .batchSize = 7,
                             .augment = true,
                             .seed = 3,
                             .epoch = 2,
                             .threads = 0};
        options.order = shuffledOrder(50, 3, 2);
        const auto alone = allBatches(m_world.training.train, options);
        options.threads = threads;
        QVERIFY(same(allBatches(m_world.training.train, options), alone));
        options.specialist.cache = nullptr;
        QVERIFY(same(allBatches(m_world.training.train, options), alone));
    }

    void augmentsByEpochRowAndReader() {
        BatchOptions options{
            .backbone = backboneReader(kAll), .specialist = specialistReader(kAll), .batchSize = 50, .augment = true};
        const auto first = allBatches(m_world.training.train, options);
        options.order = shuffledOrder(50, 1, 1);
        const auto shuffled = allBatches(m_world.training.train, options);
        const std::int64_t moved = options.order[0];
        QVERIFY(at::equal(shuffled[0].specialist.pixels[0],
                          first[0].specialist.pixels[moved])); // the same wherever the row stands
        options.order = {};
        options.epoch = 1;
        const auto later = allBatches(m_world.training.train, options);
        QVERIFY(!at::equal(later[0].specialist.pixels, first[0].specialist.pixels));
        QVERIFY(!at::equal(later[0].backbone.pixels, first[0].backbone.pixels));
        const View& plainView = *options.specialist.view;
        QVERIFY(augmentSeed({1, 0}, *options.backbone.view, "row") != augmentSeed({1, 0}, plainView, "row"));
        QVERIFY(augmentSeed({1, 0}, plainView, "row") != augmentSeed({1, 0}, plainView, "other"));
    }

    void leavesEvaluationAlone() {
        BatchOptions augmented{.backbone = backboneReader({.flip = true, .jitter = 0.4}),
                               .specialist = specialistReader({.flip = true, .jitter = 0.4})};
        BatchOptions plain{.backbone = backboneReader(), .specialist = specialistReader()};
        QVERIFY(same(allBatches(m_world.training.idVal, augmented), allBatches(m_world.training.idVal, plain)));
    }

    // Random crops need the whole picture, made smaller; what evaluation reads must not be cut from that.
    void cropsLeaveEvaluationAlone() {
        const auto reader = [](double cropShare) {
            SpecialistPictureOptions options;
            options.resolution = 8; // of pictures of 32
            options.cropShare = cropShare;
            return Reader{.view = std::make_shared<PictureView>(PictureView::ofSpecialist(options)),
                          .cache = std::make_shared<PictureCache>()};
        };
        BatchOptions crops{.backbone = reader(0.5), .specialist = reader(0.5)};
        const auto plain = allBatches(m_world.training.idVal, {.backbone = reader(1), .specialist = reader(1)});
        QVERIFY(same(allBatches(m_world.training.idVal, crops), plain));
        crops.augment = true;
        allBatches(m_world.training.idVal, crops);
        crops.augment = false; // with the same cache
        QVERIFY(same(allBatches(m_world.training.idVal, crops), plain));
    }

    void decodesOnce() {
        const auto source = std::make_shared<StubbornSource>(-1);
        const RowSet rows = rowsFrom(source, 20);
        const BatchOptions options{.specialist = specialistReader()};
        for (int epoch = 0; epoch < 3; ++epoch)
            allBatches(rows, options);
        QCOMPARE(source->asked(), 20);
    }

    void boundsTheCache() {
        PictureCache cache(2 * (16 * 16 * 3 + sizeof(Picture)));
        int made = 0;
        for (int round = 0; round < 2; ++round)
            for (std::int64_t row = 0; row < 5; ++row)
                cache.get({.tableRow = row}, [&] { return ++made, Picture(16, 16); });
        QCOMPARE(made, 5 + 3);
        QCOMPARE(cache.sizeBytes(), 2 * (16 * 16 * 3 + sizeof(Picture)));
    }

    void handsOnErrors() {
        for (const int threads : {0, 3}) {
            BatchLoader loader(rowsFrom(std::make_shared<StubbornSource>(9), 20),
                               {.specialist = specialistReader(), .batchSize = 4, .threads = threads});
            QVERIFY(loader.next());
            QVERIFY(loader.next());
            QCOMPARE(test::errorOf([&] { loader.next(); }), std::string("row 9 is broken"));
        }
    }

    void namesPicturesThatCannotBeResized() {
        BatchLoader loader(rowsFrom(std::make_shared<ThreadSource>(), 3), {.backbone = backboneReader()});
        const std::string said = test::errorOf([&] { loader.next(); });
        QVERIFY2(said.starts_with("0: Cannot resize 1 x 4300000 pixels"), said.c_str());
    }

    void stopsSoon_data() {
        QTest::addColumn<int>("threads");
        QTest::newRow("alone") << 0;
        QTest::newRow("two threads") << 2;
    }

    void stopsSoon() {
        QFETCH(int, threads);
        std::stop_source source;
        const RowSet rows = rowsFrom(std::make_shared<StubbornSource>(-1, std::chrono::milliseconds(20)), 1000);
        BatchLoader loader(
            rows, {.specialist = specialistReader(), .batchSize = 500, .threads = threads, .stop = source.get_token()});
        const std::jthread stopper([&source] {
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
            source.request_stop();
        });
        const auto start = std::chrono::steady_clock::now();
        QVERIFY_EXCEPTION_THROWN(loader.next(), Stopped);
        QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
    }

    void endsEarlyWithoutBeingRead() {
        const auto source = std::make_shared<StubbornSource>(-1, std::chrono::milliseconds(1));
        { BatchLoader loader(rowsFrom(source, 400), {.specialist = specialistReader(), .batchSize = 4, .threads = 2}); }
        QVERIFY(source->asked() < 400);
    }

    void shufflesByEpoch() {
        const auto order = shuffledOrder(100, 7, 0);
        auto sorted = order;
        std::ranges::sort(sorted);
        QCOMPARE(sorted.back(), 99);
        QCOMPARE(std::ranges::adjacent_find(sorted), sorted.end());
        QCOMPARE(order, shuffledOrder(100, 7, 0));
        QVERIFY(order != shuffledOrder(100, 7, 1));
        QVERIFY(order != shuffledOrder(100, 8, 0));
    }

    void flipsHalfOfThePictures() {
        Picture picture(2, 2);
        picture.rgb = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
        int flipped = 0;
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            Random random(seed);
            const Picture result = augmented(picture, {.options = {.flip = true}, .size = {2, 2}}, random);
            flipped += result.rgb[0] == 2;
            QCOMPARE(int(result.rgb[0]) + result.rgb[3], 3);
        }
        QVERIFY(flipped > 160 && flipped < 240);
    }

    void jittersWithinBounds() {
        const Picture grey = [] {
            Picture picture(4, 4);
            std::ranges::fill(picture.rgb, std::uint8_t{100});
            return picture;
        }();
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            Random random(seed);
            const Picture result = augmented(grey, {.options = {.jitter = 0.2}, .size = {4, 4}}, random);
            QVERIFY(result.rgb[0] >= 79 && result.rgb[0] <= 121);
            QCOMPARE(result.rgb[0], result.rgb[1]); // grey stays grey
        }
    }

    void cropsToTheReadersSize() {
        const Picture picture = test::gradient(30, 90);
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            Random random(seed);
            const Picture result = augmented(picture, {.options = {.cropShare = 0.05}, .size = {16, 16}}, random);
            QCOMPARE(result.height, 16);
            QCOMPARE(result.width, 16);
        }
    }
};

LEVI_TEST(TestBatches)
#include "tst_batches.moc"
