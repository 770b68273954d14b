// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/views.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

std::vector<float> written(const PictureView& view, const Picture& decoded, std::optional<std::uint64_t> seed = {}) {
    std::vector<float> values(static_cast<std::size_t>(view.valueCount()));
    view.write(view.base(decoded), seed, values.data());
    return values;
}

Picture flat(std::int64_t height, std::int64_t width, std::array<std::uint8_t, 3> colour) {
    Picture picture(height, width);
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
        picture.rgb[i] = colour[i % 3];
    return picture;
}

PictureView specialist(std::int64_t resolution, Colour colour, const AugmentOptions& augment = {}) {
    SpecialistPictureOptions options;
    static_cast<AugmentOptions&>(options) = augment;
    options.resolution = resolution;
    options.colour = colour;
    return PictureView::ofSpecialist(options);
}

} // namespace

class TestViews : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsTheBackboneItsRecipe() {
        PreprocessRecipe recipe;
        recipe.resize = PreprocessRecipe::Resize::ShortestSide;
        recipe.resizeWidth = recipe.resizeHeight = 20;
        recipe.cropWidth = recipe.cropHeight = 16;
        const PictureView view = PictureView::ofBackbone(recipe, {});
        QCOMPARE(view.shape(), (std::array<std::int64_t, 3>{3, 16, 16}));
        const Picture picture = test::gradient(40, 60);
        QCOMPARE(written(view, picture), pixelValues(picture, recipe).values);
        QVERIFY(view.deterministic());
    }

    void takesTheMiddleWhereTheSizeWouldVary() {
        PreprocessRecipe recipe;
        recipe.resize = PreprocessRecipe::Resize::ShortestSide;
        recipe.resizeWidth = recipe.resizeHeight = 20;
        const PictureView view = PictureView::ofBackbone(recipe, {});
        QCOMPARE(view.shape(), (std::array<std::int64_t, 3>{3, 20, 20}));
        QCOMPARE(written(view, test::gradient(40, 90)).size(), std::size_t{3 * 20 * 20});
    }

    void standardisesForTheSpecialist() {
        const Picture picture = flat(30, 20, {255, 0, 51});
        const auto rgb = written(specialist(8, Colour::Rgb), picture);
        QCOMPARE(rgb.size(), std::size_t{3 * 64});
        QCOMPARE(rgb[0], 2.0F);
        QCOMPARE(rgb[64], -2.0F);
        QCOMPARE(rgb[128], (0.2F - 0.5F) / 0.25F);
        const auto grey = written(specialist(8, Colour::Grey), picture);
        QCOMPARE(grey.size(), std::size_t{64});
        QCOMPARE(grey[5], (82 / 255.0F - 0.5F) / 0.25F); // .299 * 255 + .114 * 51
    }

    void keepsWhatItNeeds_data() {
        QTest::addColumn<double>("cropShare");
        QTest::addColumn<QSize>("decoded");
        QTest::addColumn<QSize>("base");
        QTest::newRow("no crop: the reader's size") << 1.0 << QSize(90, 60) << QSize(16, 16);
        QTest::newRow("crops: twice the size") << 0.5 << QSize(90, 60) << QSize(48, 32);
        QTest::newRow("crops of a small picture: as it is") << 0.5 << QSize(20, 12) << QSize(20, 12);
    }

    void keepsWhatItNeeds() {
        QFETCH(double, cropShare);
        QFETCH(QSize, decoded);
        QFETCH(QSize, base);
        const PictureView view = specialist(16, Colour::Rgb, {.cropShare = cropShare});
        const Picture picture = test::gradient(decoded.height(), decoded.width());
        QCOMPARE(QSize(int(view.base(picture).width), int(view.base(picture).height)), base);
        QCOMPARE(written(view, picture, 7).size(), std::size_t{3 * 16 * 16});
        QCOMPARE(written(view, picture).size(), std::size_t{3 * 16 * 16}); // evaluation
        QCOMPARE(view.deterministic(), cropShare == 1.0);
    }

    void namesWhatTheValuesDependOn() {
        const std::string text = specialist(16, Colour::Rgb).text();
        QVERIFY(text != specialist(17, Colour::Rgb).text());
        QVERIFY(text != specialist(16, Colour::Grey).text());
        QCOMPARE(text, specialist(16, Colour::Rgb, {.flip = true}).text());
    }

    void refusesAForeignBase() {
        const PictureView view = specialist(16, Colour::Rgb);
        std::vector<float> values(static_cast<std::size_t>(view.valueCount()));
        QVERIFY_EXCEPTION_THROWN(view.write(test::gradient(9, 9), {}, values.data()), Error);
    }
};

LEVI_TEST(TestViews)
#include "tst_views.moc"
