// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/image/preprocess.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <limits>

using namespace levi;

class TestPreprocess : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsTheShortestSide_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<QSize>("expected");
        QTest::newRow("wide, rounded down") << QSize(200, 150) << QSize(85, 64);
        QTest::newRow("high, rounded down") << QSize(37, 211) << QSize(64, 364);
        QTest::newRow("square") << QSize(75, 75) << QSize(64, 64);
    }

    void findsTheShortestSide() {
        QFETCH(QSize, size);
        QFETCH(QSize, expected);
        const PictureSize found = shortestSideSize({.height = size.height(), .width = size.width()}, 64);
        QCOMPARE(QSize(int(found.width), int(found.height)), expected);
    }

    void cropsAnOddMargin_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<bool>("down");
        QTest::addColumn<int>("first"); // the input row that the crop of 4 begins with; -1: a black one
        QTest::newRow("margin 1, to even") << 5 << false << 0;
        QTest::newRow("margin 3, to even") << 7 << false << 2;
        QTest::newRow("margin 5, to even") << 9 << false << 2;
        QTest::newRow("margin 3, down") << 7 << true << 1;
        QTest::newRow("margin 4") << 8 << false << 2;
        QTest::newRow("too small by 1, less before") << 3 << false << 0;
        QTest::newRow("too small by 1, more before") << 3 << true << -1;
    }

    void cropsAnOddMargin() {
        QFETCH(int, length);
        QFETCH(bool, down);
        QFETCH(int, first);
        Picture column(length, 1);
        for (int y = 0; y < length; ++y)
            column.pixel(y, 0)[0] = static_cast<std::uint8_t>(y + 1);
        const auto rounding = down ? CropRounding::Down : CropRounding::HalfToEven;
        const Picture cropped = centreCropped(column, {.height = 4, .width = 1}, rounding);
        QCOMPARE(int(cropped.pixel(0, 0)[0]), first + 1);
    }

    void refusesAbsurdSizes() {
        const Picture sliver(1, 3000);
        PreprocessRecipe recipe;
        recipe.resize = PreprocessRecipe::Resize::ShortestSide;
        recipe.resizeHeight = recipe.resizeWidth = 200000;
        QVERIFY_EXCEPTION_THROWN(prepared(sliver, recipe), Error);
        QVERIFY_EXCEPTION_THROWN(resized(sliver, {.height = 0, .width = 4}, Interpolation::Bicubic), Error);
        QVERIFY_EXCEPTION_THROWN(centreCropped(sliver, {.height = 1000000, .width = 1000000}, CropRounding::Down),
                                 Error);
        QVERIFY_EXCEPTION_THROWN(Normalisation({0, 0, 0}, {1, 0, 1}), Error);
        QVERIFY_EXCEPTION_THROWN(Normalisation({0, std::numeric_limits<double>::quiet_NaN(), 0}, {1, 1, 1}), Error);
    }

    void normalisesChannelsFirst() {
        Picture picture(1, 2);
        picture.rgb = {0, 51, 102, 153, 204, 255};
        std::vector<float> values(6);
        Normalisation({0, 0, 0.5}, {1, 1, 0.5}).apply(picture, values.data());
        QCOMPARE(values, (std::vector<float>{0.0F, 0.6F, 0.2F, 0.8F, (102 / 255.0F - 0.5F) / 0.5F, 1.0F}));
    }

    void namesWhatMatters() {
        PreprocessRecipe recipe;
        PreprocessRecipe other = recipe;
        other.fromCheckpoint = true;
        QCOMPARE(recipeText(recipe), recipeText(other));
        other.std[2] = 0.25;
        QVERIFY(recipeText(recipe) != recipeText(other));
    }
};

LEVI_TEST(TestPreprocess)
#include "tst_preprocess.moc"
