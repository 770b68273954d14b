// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spec/layer_choice.h"
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/layer_picker.h"

#include <QFile>
#include <QImage>
#include <QLabel>
#include <QPushButton>

using namespace levi;

class TestLayerPicker : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_f = std::make_unique<test::WindowFixture>();
        m_f->window->draft().replace(test::pictureSpec());
        QVERIFY(m_f->awaitAnswer());
        m_f->window->showPage(PageKind::Layers);
        m_picker = m_f->find<LayerPicker>("layer_picker");
        QVERIFY(QTest::qWaitForWindowActive(m_f->window.get()));
        QTRY_VERIFY(m_picker->isVisible());
        QTest::qWait(50);
    }
    void cleanup() { m_f.reset(); }

    void clicksTap() {
        click(3);
        QCOMPARE(taps(), QStringLiteral("3,8-12"));
        click(10);
        QCOMPARE(taps(), QStringLiteral("3,8-9,11-12"));
        click(0);
        QCOMPARE(taps(), QStringLiteral("0,3,8-9,11-12"));
    }

    void shiftClickExtends() {
        click(2);
        click(5, Qt::ShiftModifier);
        QCOMPARE(taps(), QStringLiteral("2-5,8-12"));
        click(9); // untaps
        click(11, Qt::ShiftModifier);
        QCOMPARE(taps(), QStringLiteral("2-5,8,12"));
    }

    void keysTap() {
        m_picker->setFocus();
        QTest::keyClick(m_picker, Qt::Key_Home);
        QTest::keyClick(m_picker, Qt::Key_Right);
        QTest::keyClick(m_picker, Qt::Key_Right);
        QCOMPARE(m_picker->currentLayer(), 2);
        QTest::keyClick(m_picker, Qt::Key_Space);
        QCOMPARE(taps(), QStringLiteral("2,8-12"));
        QTest::keyClick(m_picker, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(m_picker, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(taps(), QStringLiteral("2-4,8-12"));
        QVERIFY(m_picker->accessibleDescription().contains(QStringLiteral("layer 4 of 12, tapped")));
    }

    void oneTapStays() {
        m_f->window->draft().setText("method.taps", QStringLiteral("12"));
        click(12);
        QCOMPARE(taps(), QStringLiteral("12"));
    }

    void presets_data() {
        QTest::addColumn<QString>("button");
        QTest::addColumn<QString>("layers");
        QTest::newRow("all") << "preset_all"
                             << "0-12";
        QTest::newRow("last") << "preset_last"
                              << "12";
        QTest::newRow("late half") << "preset_late_half"
                                   << "7-12";
        QTest::newRow("every second") << "preset_every_second"
                                      << "2,4,6,8,10,12";
    }
    void presets() {
        QFETCH(QString, button);
        QFETCH(QString, layers);
        QTest::mouseClick(m_f->find<QPushButton>(button.toUtf8().constData()), Qt::LeftButton);
        QCOMPARE(QString::fromStdString(layersText(m_picker->picture().taps())), layers);
    }

    void deepBackbonesFold() {
        m_f->window->draft().setText("backbone.path", QStringLiteral("/models/deep"));
        m_f->window->draft().setText("method.taps", QStringLiteral("20,48"));
        QVERIFY(m_f->awaitAnswer());
        const auto& blocks = m_picker->picture().blocks;
        QCOMPARE(blocks.size(), 4u); // emb … 19, 20, 21 … 47, 48
        QCOMPARE(blocks[0].name, QStringLiteral("emb … 19"));
        QVERIFY(blocks[2].isFolded());
        QTest::qWait(50);
        click(30); // unfolds
        QCOMPARE(m_picker->picture().blocks.size(), 30u);
        QTest::qWait(50);
        click(30);
        QCOMPARE(taps(), QStringLiteral("20,30,48"));
    }

    void eachMethodHasItsPicture_data() {
        QTest::addColumn<int>("readout");
        QTest::addColumn<bool>("specialist");
        QTest::addColumn<bool>("trained");
        const auto row = [](const char* name, Readout readout, bool specialist, bool trained) {
            QTest::newRow(name) << static_cast<int>(readout) << specialist << trained;
        };
        row("levi", Readout::Adapters, true, false);
        row("all_layer_probe", Readout::Adapters, false, false);
        row("concat_probe", Readout::Concatenation, false, false);
        row("linear_probe", Readout::LastState, false, false);
        row("mlp_probe", Readout::LastState, false, false);
        for (const char* name :
             {"full_fine_tuning", "layer_decay", "l2_sp", "lp_ft", "surgical", "norm_tuning", "bitfit", "lora"})
            row(name, Readout::LastState, false, true);
        row("specialist", Readout::None, true, false);
        row("output_ensemble", Readout::None, false, false);
    }
    void eachMethodHasItsPicture() {
        QFETCH(int, readout);
        QFETCH(bool, specialist);
        QFETCH(bool, trained);
        m_f->window->draft().setText("method.kind", QLatin1String(QTest::currentDataTag()));
        QVERIFY(m_f->awaitAnswer());
        const MethodPicture& picture = m_picker->picture();
        QCOMPARE(static_cast<int>(picture.readout), readout);
        QCOMPARE(picture.hasSpecialist, specialist);
        QCOMPARE(picture.trainsBackbone, trained);
        QCOMPARE(picture.blocks.empty(), picture.readout == Readout::None);
        if (qEnvironmentVariableIsSet("LEVI_SCREENSHOTS"))
            m_f->window->grab().save(
                QStringLiteral("%1/method-%2.png")
                    .arg(qEnvironmentVariable("LEVI_SCREENSHOTS"), QLatin1String(QTest::currentDataTag())));
    }

    void saysWhatEachReaderReads_data() {
        QTest::addColumn<QStringList>("settings");
        QTest::addColumn<QString>("backbone");
        QTest::addColumn<QString>("specialist");
        QTest::newRow("pictures") << QStringList{} << "pictures"
                                  << "pictures";
        QTest::newRow("texts") << QStringList{"data.kind=text_table"} << "texts"
                               << "texts";
        QTest::newRow("ratings") << QStringList{"data.kind=movielens", "specialist.kind=two_tower"} << "texts"
                                 << "columns";
    }
    void saysWhatEachReaderReads() {
        QFETCH(QStringList, settings);
        ExperimentSpec spec;
        for (const QString& setting : settings)
            setAssignment(spec, setting.toStdString());
        const MethodPicture picture = pictureOf({.spec = spec, .unfolded = {}});
        QTEST(picture.backboneReads, "backbone");
        QTEST(picture.specialistReads, "specialist");
    }

    void keysLeaveAPictureWithoutLayersAlone() {
        m_f->window->draft().setText("method.kind", QStringLiteral("specialist"));
        QVERIFY(m_f->awaitAnswer());
        QVERIFY(m_picker->picture().blocks.empty());
        m_picker->setFocus();
        for (const auto key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Home, Qt::Key_End, Qt::Key_Space})
            for (const auto modifier : {Qt::NoModifier, Qt::ShiftModifier})
                QTest::keyClick(m_picker, key, modifier);
        QCOMPARE(m_picker->currentLayer(), -1);
    }

    void exports_data() {
        QTest::addColumn<QByteArray>("magic");
        QTest::newRow("svg") << QByteArray("<?xml");
        QTest::newRow("pdf") << QByteArray("%PDF");
        QTest::newRow("png") << QByteArray("\x89PNG");
    }
    void exports() {
        QFETCH(QByteArray, magic);
        const QString name =
            m_f->folder.filePath(QStringLiteral("method.%1").arg(QLatin1String(QTest::currentDataTag())));
        m_picker->exportTo(name);
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.size() > 2000);
        QVERIFY(file.read(8).startsWith(magic));
        QVERIFY_EXCEPTION_THROWN(m_picker->exportTo(QStringLiteral("/nowhere/at/all.png")), std::runtime_error);
    }

    void withoutABackboneThereIsAWay() {
        m_f->window->draft().replace(ExperimentSpec{});
        QVERIFY(m_f->awaitAnswer());
        auto* button = m_f->find<QPushButton>("choose_backbone");
        QVERIFY(button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(m_f->window->currentPage(), PageKind::Setup);
        QTRY_VERIFY(m_f->find("backbone.path")->hasFocus());
    }

private:
    void click(int layer, Qt::KeyboardModifiers keys = {}) {
        QTest::mouseClick(m_picker->viewport(), Qt::LeftButton, keys, m_picker->positionOf(layer));
    }
    QString taps() const {
        return QString::fromStdString(fieldValue(m_f->window->draft().spec(), "method.taps").get<std::string>());
    }

    std::unique_ptr<test::WindowFixture> m_f;
    LayerPicker* m_picker = nullptr;
};

LEVI_TEST(TestLayerPicker)
#include "tst_layer_picker.moc"
