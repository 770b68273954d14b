// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/engine/data/load.h"
#include "core/engine/data/views.h"
#include "core/engine/features/feature_cache.h"
#include "tests/support/test_main.h"
#include "tests/support/tiny_vit.h"

#include <ATen/ops/from_blob.h>

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <numeric>
#include <thread>

using namespace levi;

namespace {

// A tiny backbone, a small world and a cache of their own.
struct Fixture {
    QTemporaryDir dir;
    std::filesystem::path root = dir.path().toStdString();
    std::unique_ptr<Backbone> backbone = openBackbone(test::writeTinyVit(root / "vit"));
    PictureView view = PictureView::ofBackbone(backbone->info().preprocess, {});
    Dataset data = test::tinyWorld();
    FeatureOptions options{.cacheFolder = root / "cache"};
    std::vector<std::string> warnings;

    Fixture() {
        options.warn = [this](const std::string& text) { warnings.push_back(text); };
    }

    Features run(const std::vector<RowSet>& roles) const { return features(*backbone, view, roles, options); }
    Features run() const { return run(data.evaluation.roles); }

    std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> found;
        if (!std::filesystem::exists(options.cacheFolder)) return found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(options.cacheFolder))
            if (entry.is_regular_file()) found.push_back(entry.path());
        return found;
    }

    at::Tensor all(const Features& made, const RowSet& role) const {
        std::vector<std::int64_t> positions(std::size_t(role.size()));
        std::iota(positions.begin(), positions.end(), 0);
        const std::vector<int> slots = {0, 1, 2, 3};
        return made.table.gather(role, positions, slots);
    }

    bool same(const Features& a, const Features& b) const {
        for (const RowSet& role : data.evaluation.roles)
            if (!all(a, role).equal(all(b, role))) return false;
        return true;
    }
};

std::int64_t rowsOf(const std::vector<RowSet>& roles) {
    std::int64_t count = 0;
    for (const RowSet& role : roles)
        count += role.size();
    return count;
}

} // namespace

class TestFeatureCache : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void computesOnceAndReadsAfterwards() {
        const Fixture f;
        const auto first = f.run();
        QCOMPARE(first.computedRows, rowsOf(f.data.evaluation.roles));
        QVERIFY(!f.files().empty());
        const auto second = f.run();
        QCOMPARE(second.computedRows, std::int64_t{0});
        QVERIFY(f.same(first, second));
        QVERIFY(f.warnings.empty());
    }

    void equalsTheBackboneItself() {
        const Fixture f;
        const RowSet& role = f.data.training.idVal;
        const auto made = f.run({role});
        std::vector<float> pixels(std::size_t(f.view.valueCount()));
        f.view.write(f.view.base(role.picture(5)), std::nullopt, pixels.data());
        auto values = at::from_blob(pixels.data(), {1, 3, 16, 16}, at::kFloat);
        const auto expected = f.backbone->pooledFeatures({.values = values})[0];
        QVERIFY(f.all(made, role).select(1, 5).allclose(expected, 1e-5, 1e-5));
    }

    void addsOnlyNewRows() {
        const Fixture f;
        const auto& roles = f.data.evaluation.roles;
        f.run({roles[0], roles[1]});
        const auto more = f.run();
        QCOMPARE(more.computedRows, rowsOf(roles) - roles[0].size() - roles[1].size());
        Fixture fresh;
        QVERIFY(f.same(more, fresh.run())); // whichever rows were missing
    }

    void computesOnceWhereTwoAskAtOnce() {
        const Fixture f;
        std::array<std::int64_t, 2> computed{};
        {
            std::array<std::jthread, 2> threads;
            for (std::size_t i = 0; i < 2; ++i)
                threads[i] = std::jthread([&f, &computed, i] { computed[i] = f.run().computedRows; });
        }
        QCOMPARE(computed[0] + computed[1], rowsOf(f.data.evaluation.roles));
        QVERIFY(computed[0] == 0 || computed[1] == 0);
    }

    void withoutCacheWritesNothing() {
        Fixture f;
        f.options.useCache = false;
        const auto plain = f.run();
        QCOMPARE(plain.computedRows, rowsOf(f.data.evaluation.roles));
        QVERIFY(f.files().empty());
        f.options.useCache = true;
        QVERIFY(f.same(plain, f.run()));
        f.options.useCache = false;
        QCOMPARE(f.run().computedRows, plain.computedRows); // nor does it read
    }

    void rebuildsDamagedFiles_data() {
        QTest::addColumn<bool>("cut");
        QTest::newRow("a flipped bit") << false;
        QTest::newRow("cut off") << true;
    }

    void rebuildsDamagedFiles() {
        QFETCH(bool, cut);
        const Fixture f;
        const auto first = f.run();
        const auto file = f.files().front();
        std::string bytes = readFile(file);
        if (cut)
            bytes.resize(bytes.size() / 2);
        else
            bytes[bytes.size() - 200] ^= 1;
        writeFileAtomically(file, bytes);
        const auto again = f.run();
        QCOMPARE(f.warnings.size(), std::size_t{1});
        QVERIFY(again.computedRows > 0);
        QVERIFY(f.same(first, again));
        QCOMPARE(f.run().computedRows, std::int64_t{0});
    }

    void keysTellBackbonesAndViewsApart() {
        const Fixture f;
        const auto other = openBackbone(test::writeTinyVit(f.root / "other", 2));
        QVERIFY(featureKey(*f.backbone, f.view) != featureKey(*other, f.view));
        PreprocessRecipe recipe = f.backbone->info().preprocess;
        recipe.mean[0] = 0.4;
        QVERIFY(featureKey(*f.backbone, f.view) != featureKey(*f.backbone, PictureView::ofBackbone(recipe, {})));
        f.backbone->setKernels(Kernels::Plain);
        const auto plain = featureKey(*f.backbone, f.view);
        f.backbone->setKernels(Kernels::Packed);
        QCOMPARE(plain != featureKey(*f.backbone, f.view), f.backbone->kernelsInUse() == Kernels::Packed);
    }

    // A key that changes makes all features of the CPU anew.
    void keysTellDevicesApart() {
        const Fixture f;
        f.backbone->setKernels(Kernels::Plain);
        const auto key = featureKey(*f.backbone, f.view);
        QVERIFY2(key.find("\nkernels plain\ndevice cpu\ncpu ") != key.npos, key.c_str());
        const auto one = featureKey(*f.backbone, f.view, "cuda NVIDIA H200 12.8");
        QVERIFY2(one.find("\nkernels plain\ndevice cuda NVIDIA H200 12.8\n") != one.npos, one.c_str());
        for (const char* other : {"cuda NVIDIA A100 12.8", "cuda NVIDIA H200 13.0", "cuda"})
            QVERIFY(featureKey(*f.backbone, f.view, other) != one);
        f.backbone->setKernels(Kernels::Packed);
        QCOMPARE(featureKey(*f.backbone, f.view, "cuda NVIDIA H200 12.8"), one); // packed kernels are the CPU's
    }

    void featuresOfAnotherDeviceAreNotTaken() {
        Fixture f;
        f.run();
        f.options.computedOn = "cuda NVIDIA H200 12.8";
        QCOMPARE(cachedRows(*f.backbone, f.view, f.data.evaluation.roles, f.options).cached, std::int64_t{0});
        QVERIFY(f.run().computedRows > 0);
        QCOMPARE(f.run().computedRows, std::int64_t{0});
    }

    void countsCachedRows() {
        Fixture f;
        const auto& roles = f.data.evaluation.roles;
        f.run({roles[0]});
        const auto counted = cachedRows(*f.backbone, f.view, roles, f.options);
        QCOMPARE(counted.rows, rowsOf(roles));
        QCOMPARE(counted.cached, roles[0].size());
        f.options.useCache = false;
        QCOMPARE(cachedRows(*f.backbone, f.view, roles, f.options).cached, std::int64_t{0});
    }

    // Gigabytes of features are not read before anybody looks whether a stop was asked for.
    void stopsBeforeItChecksFiles() {
        Fixture f;
        f.run();
        for (const auto& file : f.files()) {
            std::string bytes = readFile(file);
            bytes[bytes.size() - 40] ^= 1;
            writeFileAtomically(file, bytes);
        }
        std::stop_source stop;
        stop.request_stop();
        f.options.stop = stop.get_token();
        QVERIFY_THROWS_EXCEPTION(Stopped, f.run());
        QVERIFY_THROWS_EXCEPTION(Stopped, cachedRows(*f.backbone, f.view, f.data.evaluation.roles, f.options));
        QVERIFY(f.warnings.empty() && !f.files().empty()); // nobody has found the damage
    }

    void evictsWhatWasUsedLongestAgo() {
        Fixture f;
        const auto& roles = f.data.evaluation.roles;
        f.run({roles[0]});
        const auto old = f.files().front();
        const auto hour = std::chrono::hours(1);
        std::filesystem::last_write_time(old, std::filesystem::file_time_type::clock::now() - hour);
        f.options.limitBytes = std::filesystem::file_size(old);
        f.run({roles[1]});
        QVERIFY(!std::filesystem::exists(old));
        QCOMPARE(f.files().size(), std::size_t{1});
    }

    void readingKeepsAFileYoung() {
        const Fixture f;
        f.run();
        const auto file = f.files().front();
        const auto past = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
        std::filesystem::last_write_time(file, past);
        f.run();
        QVERIFY(std::filesystem::last_write_time(file) > past);
    }

    void stopsAndKeepsWhatIsComplete() {
        Fixture f;
        std::stop_source stop;
        f.options.stop = stop.get_token();
        f.options.progress = [&stop](auto done, auto) {
            if (done > 0) stop.request_stop();
        };
        QVERIFY_THROWS_EXCEPTION(Stopped, f.run());
        f.options.stop = {};
        f.options.progress = [](auto, auto) {};
        QVERIFY(f.run().computedRows < rowsOf(f.data.evaluation.roles));
    }

    void goesOnWhereTheCacheCannotBeWritten() {
        Fixture f;
        writeFileAtomically(f.root / "file", "no folder");
        f.options.cacheFolder = f.root / "file";
        const auto made = f.run();
        QCOMPARE(made.computedRows, rowsOf(f.data.evaluation.roles));
        QCOMPARE(f.warnings.size(), std::size_t{1});
    }

    void twoAtOnceAgree() {
        const Fixture f;
        const Features alone = f.run();
        std::filesystem::remove_all(f.options.cacheFolder);
        std::optional<Features> a, b;
        std::thread other([&] { b = f.run(); });
        a = f.run();
        other.join();
        QVERIFY(f.same(*a, alone));
        QVERIFY(f.same(*b, alone));
        QCOMPARE(f.run().computedRows, std::int64_t{0});
    }

    void standardisesByTrainingRows() {
        FeatureTable table(1, 2);
        const std::vector<float> values = {1, 5, 0, 0, 3, 5, 0, 0}; // 2 rows of (1, 2, 2); the rest does not vary
        const auto data = test::tinyWorld(12, 12);
        std::vector<float> many;
        for (std::int64_t i = 0; i < data.training.train.size(); ++i)
            many.insert(many.end(), values.begin() + i % 2 * 4, values.begin() + i % 2 * 4 + 4);
        for (std::int64_t i = 0; i < data.training.train.size(); ++i)
            table.set(data.training.train.tableRow(i), many.data() + i * 4);
        const std::vector<int> slots = {0};
        const auto found = standardisation(table, data.training.train, slots);
        const auto mean = found.mean.flatten(), scale = found.scale.flatten();
        QCOMPARE(mean[0].item<float>(), 2.0F);
        QCOMPARE(scale[0].item<float>(), 1.0F);
        QCOMPARE(mean[1].item<float>(), 5.0F);
        QCOMPARE(scale[1].item<float>(), 0.0F); // constant
        QCOMPARE(scale[2].item<float>(), 0.0F);
    }
};

LEVI_TEST(TestFeatureCache)
#include "tst_feature_cache.moc"
