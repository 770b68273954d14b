// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"
#include "tests/ui/made_store.h"
#include "ui/models/results_model.h"
#include "ui/models/setting_variants.h"
#include "ui/pages/what_differs.h"
#include "ui/theme.h"
#include "ui/widgets/method_style.h"

#include <QImage>
#include <QPainter>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <set>
#include <tuple>

using namespace levi;
using namespace levi::test;

namespace {

RunSummary runOf(std::int64_t id, const char* cell, const char* method, RunState state = RunState::Done) {
    return {.id = id, .cell = cell, .method = method, .state = state};
}

// As large as a mean of the scatter.
QImage drawn(Marker marker, MarkerFill fill) {
    QImage image(16, 16, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(8, 8);
    painter.scale(5.5, 5.5);
    painter.fillPath(markerPath(marker, fill), Qt::black);
    return image;
}

// Pixels that an eye sees to differ.
int differing(const QImage& a, const QImage& b) {
    int count = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            count += std::abs(qGray(a.pixel(x, y)) - qGray(b.pixel(x, y))) > 100;
    return count;
}

// Relative luminance and contrast of WCAG 2.1.
double luminance(const QColor& color) {
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}
double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

} // namespace

class TestSettingStyle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void variantsFollowTheFirstRun() {
        const std::vector<RunSummary> runs = {runOf(5, "c", "levi"), runOf(2, "a", "levi"),
                                              runOf(3, "b", "linear_probe"), runOf(9, "a", "levi"),
                                              runOf(7, "d", "levi", RunState::Running)};
        const auto variants = settingVariants(runs);
        QCOMPARE(variants, (std::map<std::string, int>{{"a", 0}, {"b", 0}, {"c", 1}, {"d", 2}}));
    }

    void aWrongStartTakesNoVariant() {
        std::vector<RunSummary> runs = {runOf(1, "wrong", "levi", RunState::Failed), runOf(2, "right", "levi")};
        QCOMPARE(settingVariants(runs)["right"], 0);
        QCOMPARE(settingVariants(runs)["wrong"], 1);
        runs.push_back(runOf(3, "later", "levi"));
        QCOMPARE(settingVariants(runs)["right"], 0);
        QCOMPARE(settingVariants(runs)["later"], 1);
    }

    void everyMethodLooksLikeNoOther() {
        const QColor nameless = methodStyle("no such method").onLight;
        std::set<std::pair<QRgb, Marker>> onLight, onDark;
        for (const Kind& kind : methodKinds().all()) {
            const MethodStyle& style = methodStyle(kind.key);
            QVERIFY2(style.onLight != nameless, kind.key.c_str());
            QVERIFY2(onLight.emplace(style.onLight.rgb(), style.marker).second, kind.key.c_str());
            QVERIFY2(onDark.emplace(style.onDark.rgb(), style.marker).second, kind.key.c_str());
            QVERIFY(methodLabel(kind.key).toStdString() != kind.key);
        }
    }

    void aSecondSettingKeepsMarkerAndHue() {
        for (const Kind& kind : methodKinds().all()) {
            const QString method = QString::fromStdString(kind.key);
            for (const bool dark : {false, true}) {
                const SettingStyle first = settingStyle(method, 0, dark), second = settingStyle(method, 1, dark);
                QCOMPARE(second.marker, first.marker);
                QVERIFY(second.fill != first.fill && second.hatch != first.hatch);
                QVERIFY(second.color != first.color);
                const int apart = std::abs(second.color.hslHue() - first.color.hslHue());
                QVERIFY2(apart < 6 || apart > 354, kind.key.c_str());
                QCOMPARE(first.color, methodStyle(kind.key).color(dark));
            }
        }
    }

    void twelveSettingsOfAMethodDiffer() {
        for (const bool dark : {false, true}) {
            const QColor panel = dark ? darkTheme().panel : lightTheme().panel;
            for (const Kind& kind : methodKinds().all()) {
                std::set<std::tuple<QRgb, MarkerFill>> looks;
                for (int variant = 0; variant < 12; ++variant) {
                    const SettingStyle style = settingStyle(QString::fromStdString(kind.key), variant, dark);
                    looks.emplace(style.color.rgb(), style.fill);
                    QVERIFY2(contrast(style.color, panel) >= 3, kind.key.c_str());
                }
                QCOMPARE(looks.size(), std::size_t{12});
            }
        }
    }

    void fillsAreSeenAtTheSizeOfAMarker() {
        constexpr MarkerFill kFills[] = {MarkerFill::Solid, MarkerFill::Hollow, MarkerFill::Dot, MarkerFill::Half};
        for (int marker = 0; marker <= static_cast<int>(Marker::Star); ++marker)
            for (const MarkerFill a : kFills)
                for (const MarkerFill b : kFills)
                    if (a < b)
                        QVERIFY2(differing(drawn(static_cast<Marker>(marker), a),
                                           drawn(static_cast<Marker>(marker), b)) >= 4,
                                 qPrintable(QStringLiteral("marker %1, fills %2 and %3")
                                                .arg(marker)
                                                .arg(static_cast<int>(a))
                                                .arg(static_cast<int>(b))));
    }

    // Two sections have a width, and every one has a kind.
    void whatDiffersNamesTheSection() {
        ExperimentSpec spec;
        const CellView a{.title = "a", .specJson = toJson(spec).dump()};
        for (const char* assignment : {"name=other", "method.kind=mlp_probe", "train.epochs=7", "data.ood_val=photo"})
            setAssignment(spec, assignment);
        const CellView b{.title = "b", .specJson = toJson(spec).dump()};
        const QString said = whatDiffersHtml({&a, &b});
        for (const char* name :
             {"<b>Name</b>", "<b>Method: kind</b>", "<b>Training: epochs</b>", "<b>Data: OOD validation domains</b>"})
            QVERIFY2(said.contains(QLatin1String(name)), qPrintable(said));
    }

    void aWidthSaysWhoseItIs() {
        ExperimentSpec spec;
        const CellView a{.title = "a", .specJson = toJson(spec).dump()};
        setAssignment(spec, "specialist.width=16");
        const CellView b{.title = "b", .specJson = toJson(spec).dump()};
        QVERIFY(whatDiffersHtml({&a, &b}).contains(QStringLiteral("<b>Specialist: width</b>")));
    }

    void theTableShowsWhichSettingItIs() {
        const QTemporaryDir folder;
        const auto file = folder.filePath(QStringLiteral("store.sqlite")).toStdString();
        fillStore(file);
        ResultsModel model;
        model.setView(
            std::make_shared<const ResultsView>(makeResultsView(RunStore(file, RunStore::Access::Read).runs(), {})));
        QCOMPARE(model.view()->cells[0].variant, 0);
        QCOMPARE(model.view()->cells[5].method, model.view()->cells[0].method); // both LEVI
        QCOMPARE(model.view()->cells[5].variant, 1);
        const auto icon = [&](int row) {
            return model.index(row, 0).data(Qt::DecorationRole).value<QIcon>().pixmap(16).toImage();
        };
        QVERIFY(icon(0) != icon(5));
    }
};

LEVI_TEST(TestSettingStyle)
#include "tst_setting_style.moc"
