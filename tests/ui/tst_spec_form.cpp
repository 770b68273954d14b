// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/ui/window_fixture.h"
#include "ui/spec_draft.h"
#include "ui/theme.h"
#include "ui/widgets/field_editor.h"
#include "ui/widgets/spec_form.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollBar>
#include <QTest>
#include <QToolButton>

using namespace levi;
using levi::test::WindowFixture;

namespace {

QString specFile(const WindowFixture& f) {
    return f.folder.filePath(QStringLiteral("spec.json"));
}

void openFile(const WindowFixture& f, const QByteArray& spec) {
    QFile file(specFile(f));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(spec) == spec.size());
    file.close();
    f.window->open(file.fileName().toStdString());
    QTRY_VERIFY(!f.window->draft().file().empty());
}

QListWidgetItem* problem(const WindowFixture& f, const char* path) { // null: none
    const auto found = f.find<QListWidget>("problems")->findItems(QLatin1String(path), Qt::MatchStartsWith);
    return found.isEmpty() ? nullptr : found.first();
}

bool clickProblem(const WindowFixture& f, const char* path) {
    auto* list = f.find<QListWidget>("problems");
    QListWidgetItem* item = problem(f, path);
    if (!item) return false;
    list->scrollToItem(item);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualItemRect(item).center());
    return true;
}

} // namespace

class TestSpecForm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        applyTheme(*qApp, Lightness::Light);
        m_draft = std::make_unique<SpecDraft>();
        m_form = std::make_unique<SpecForm>(*m_draft);
        m_form->resize(560, 700);
        m_form->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_form.get()));
    }
    void cleanup() {
        m_form.reset();
        m_draft.reset();
    }

    // Whatever stands in the field table has a box, a tool tip and a name: nothing of it is known to the form.
    void everyFieldHasABox() {
        for (const FieldRow& row : fieldRows(m_draft->spec())) {
            auto* box = m_form->findChild<QWidget*>(QString::fromStdString(row.path));
            QVERIFY2(box, row.path.c_str());
            QVERIFY2(!box->accessibleName().isEmpty(), row.path.c_str());
            QVERIFY2(box->toolTip().contains(QString::fromStdString(row.info.help).toHtmlEscaped()), row.path.c_str());
        }
    }

    void everyFieldOfEveryKindHasABox() {
        for (const Section& section : sections()) {
            if (!section.kinds) continue;
            for (const Kind& kind : section.kinds->all()) {
                m_draft->setText(section.key + ".kind", QString::fromStdString(kind.key));
                for (const FieldRow& row : fieldRows(m_draft->spec(), section))
                    QVERIFY2(m_form->findChild<QWidget*>(QString::fromStdString(row.path)),
                             qPrintable(QString::fromStdString(kind.key + ": " + row.path)));
            }
        }
    }

    void typingSetsTheSpec() {
        type("train.epochs", "25");
        QCOMPARE(m_draft->spec().train.epochs, 25);
        QVERIFY(box<QLineEdit>("train.epochs")->property("changed").toBool());
        QTest::mouseClick(m_form->findChild<QToolButton*>(QStringLiteral("reset_train.epochs")), Qt::LeftButton);
        QCOMPARE(m_draft->spec().train.epochs, TrainOptions{}.epochs);
        QVERIFY(box<QLineEdit>("train.epochs")->text().isEmpty());
    }

    void anotherWayToTrainTheBackboneTakesItsUsualRate() {
        const char* path = "backbone.learning_rate";
        const auto rate = [&] { return fieldValue(m_draft->spec(), path).get<double>(); };
        auto* mode = box<QComboBox>("backbone.mode");
        QVERIFY(mode);
        QTest::keyClicks(mode, "lora");
        QCOMPARE(fieldValue(m_draft->spec(), "backbone.mode").get<std::string>(), std::string("lora"));
        QCOMPARE(rate(), 1e-3);
        QCOMPARE(box<QLineEdit>(path)->text(), QStringLiteral("0.001"));
        QVERIFY(!box<QLineEdit>(path)->property("changed").toBool());
        m_draft->set(path, 0.5);
        m_draft->reset(path);
        QCOMPARE(rate(), 1e-3);
        m_draft->undo();
        m_draft->undo();
        m_draft->undo(); // one step
        QCOMPARE(rate(), 3e-5);
        m_draft->setText("method.kind", "norm_tuning");
        QCOMPARE(rate(), 3e-3);
        m_draft->setText("method.kind", "levi"); // frozen again
        QCOMPARE(rate(), 3e-5);
        type(path, "0.0002");
        m_draft->setText("backbone.mode", "biases");
        QCOMPARE(rate(), 2e-4); // what somebody typed stays
    }

    void whatAFieldDoesNotTakeStaysInItsBox_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::newRow("no number") << "train.epochs"
                                   << "many";
        QTest::newRow("out of range") << "train.label_smoothing"
                                      << "0.9";
        QTest::newRow("not a multiple") << "specialist.width"
                                        << "30";
        QTest::newRow("overflow") << "train.epochs"
                                  << "99999999999999999999999";
        QTest::newRow("not a layer") << "method.taps"
                                     << "eight";
    }
    void whatAFieldDoesNotTakeStaysInItsBox() {
        QFETCH(QString, path);
        QFETCH(QString, text);
        const Json before = fieldValue(m_draft->spec(), path.toStdString());
        m_form->focusField(path.toStdString());
        box<QLineEdit>(path.toUtf8().constData())->selectAll();
        box<QLineEdit>(path.toUtf8().constData())->insert(text); // at once, as from the clipboard
        QVERIFY(fieldValue(m_draft->spec(), path.toStdString()) == before);
        QCOMPARE(box<QLineEdit>(path.toUtf8().constData())->text(), text);
        const auto problems = m_draft->problems();
        QVERIFY(std::ranges::any_of(problems, [&](const Problem& p) { return p.path == path.toStdString(); }));
        m_form->showProblems(problems);
        QVERIFY(box<QLineEdit>(path.toUtf8().constData())->property("problem").toBool());
    }

    void numbersStayAsTyped() {
        type("train.learning_rate", "2e-4");
        QCOMPARE(m_draft->spec().train.learningRate, 2e-4);
        QCOMPARE(box<QLineEdit>("train.learning_rate")->text(), QStringLiteral("2e-4"));
    }

    void fieldsThatDoNotApplyAreHidden() {
        QVERIFY(box<QWidget>("method.adapter_width")->isVisibleTo(m_form.get()));
        m_draft->setText("method.adapter", QStringLiteral("linear"));
        QVERIFY(!box<QWidget>("method.adapter_width")->isVisibleTo(m_form.get()));
        m_draft->setText("method.kind", QStringLiteral("linear_probe"));
        QVERIFY(!m_form->findChild<QWidget*>(QStringLiteral("section_specialist"))->isVisibleTo(m_form.get()));
    }

    // The box that changes the kind outlives the change, and keeps the keyboard.
    void aKindIsChangedByKeys() {
        auto* combo = box<QComboBox>("method.kind");
        m_form->focusField("method.kind");
        QTRY_VERIFY(combo->hasFocus());
        for (const Kind& kind : methodKinds().all()) {
            combo->setCurrentIndex(-1);
            QTest::keyClicks(combo, QString::fromStdString(kind.label).section(QLatin1Char(' '), 0, 0)); // Space opens
            QCOMPARE(m_draft->spec().method.kind().key, kind.key);
            QCOMPARE(box<QComboBox>("method.kind"), combo);
            QVERIFY2(combo->hasFocus(), kind.key.c_str());
            QTest::qWait(QApplication::keyboardInputInterval() + 50); // ends the word
        }
    }

    void aChipMovesADomain() {
        m_form->setDomains({QStringLiteral("photo"), QStringLiteral("sketch")});
        chip("data.id", "sketch")->click();
        QVERIFY(fieldValue(m_draft->spec(), "data.id") == Json::parse(R"(["sketch"])"));
        chip("data.ood", "sketch")->click();
        QVERIFY(fieldValue(m_draft->spec(), "data.ood") == Json::parse(R"(["sketch"])"));
        QVERIFY(fieldValue(m_draft->spec(), "data.id") == Json::array());
        chip("data.ood", "sketch")->click();
        QVERIFY(fieldValue(m_draft->spec(), "data.ood") == Json::array());
    }

    // A column may be a domain and something that a specialist reads; and no domain is a column.
    void listsOfColumnsAreNoListsOfDomains() {
        m_draft->setText("data.kind", QStringLiteral("text_table"));
        m_draft->setText("data.categorical", QStringLiteral("user,item"));
        m_form->setDomains({QStringLiteral("A"), QStringLiteral("B")});
        for (const char* path : {"data.domain", "data.numeric", "data.categorical"}) {
            m_form->focusField(path);
            for (const auto* chip : box<QWidget>(path)->parentWidget()->findChildren<QToolButton*>())
                QVERIFY2(chip->text() != QStringLiteral("A"), path);
        }
        type("data.domain", "dom,user");
        QVERIFY(fieldValue(m_draft->spec(), "data.domain") == Json::parse(R"(["dom", "user"])"));
        QVERIFY(fieldValue(m_draft->spec(), "data.categorical") == Json::parse(R"(["user", "item"])"));
    }

    void aProblemLeadsToItsField() {
        m_form->focusField("train.momentum"); // of a closed section, under "more"
        QVERIFY(box<QWidget>("train.momentum") != nullptr);
        m_form->focusField("train.patience");
        QTRY_VERIFY(box<QWidget>("train.patience")->hasFocus());
        QVERIFY(!box<QWidget>("train.patience")->visibleRegion().isEmpty());
    }

    void undoTakesBackOneField() {
        type("train.epochs", "7");
        type("train.batch_size", "32");
        m_draft->undo();
        QCOMPARE(m_draft->spec().train.batchSize, TrainOptions{}.batchSize);
        QCOMPARE(m_draft->spec().train.epochs, 7);
        m_draft->undo();
        QCOMPARE(m_draft->spec().train.epochs, TrainOptions{}.epochs);
        m_draft->redo();
        QCOMPARE(m_draft->spec().train.epochs, 7);
    }

private:
    template<typename T>
    T* box(const char* path) {
        return m_form->findChild<T*>(QLatin1String(path));
    }
    void type(const char* path, const QString& text) {
        m_form->focusField(path);
        auto* line = box<QLineEdit>(path);
        QVERIFY(line);
        line->selectAll();
        QTest::keyClicks(line, text);
    }
    QToolButton* chip(const char* path, const char* text) {
        for (auto* chip : box<QWidget>(path)->parentWidget()->findChildren<QToolButton*>())
            if (chip->text() == QLatin1String(text)) return chip;
        qFatal("no chip %s at %s", text, path);
    }

    std::unique_ptr<SpecDraft> m_draft;
    std::unique_ptr<SpecForm> m_form;
};

// The list of problems below the form, in the window.
class TestProblemsOfASpec : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Of a section that is closed and, once it is open, lies below what is seen.
    void aProblemOfAClosedSectionIsAWayToItsField() {
        WindowFixture f;
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        openFile(f,
                 R"({"data": {"kind": "image_folder", "path": "pic", "ood": ["cartoon"]}, "backbone": {"path": "vit"},
                    "method": {"kind": "levi"}, "compute": {"device": "cuda:3"}})");
        auto* device = f.find("compute.device");
        QVERIFY(!device->isVisible());
        QVERIFY(f.awaitAnswer());
        QTRY_VERIFY(problem(f, "compute.device"));
        QVERIFY(clickProblem(f, "compute.device"));
        QTRY_VERIFY(device->hasFocus());
        QTest::qWait(100); // the section has its height
        QCOMPARE(device->visibleRegion().boundingRect(), device->rect());
    }

    // Values that no spec can have are left out: lines that lead to the fields, and neither the file's command nor a
    // draft that is the file's.
    void valuesLeftOutAreWaysToTheirFields() {
        WindowFixture f;
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        openFile(f, R"({"data": {"path": "/pic"}, "backbone": {"path": "/vit"}, "method": {"kind": "levi"},
                    "specialist": {"width": -3}, "train": {"clip_norm": -4, "label_smoothing": 9, "epohcs": 2}})");
        QVERIFY(f.awaitAnswer());
        for (const char* path : {"specialist.width", "train.clip_norm", "train.label_smoothing"}) {
            QVERIFY2(clickProblem(f, path), path);
            QTRY_VERIFY2(f.find(path)->hasFocus(), path);
            QTest::qWait(50);
            QVERIFY2(!f.find(path)->visibleRegion().isEmpty(), path);
        }
        QVERIFY(clickProblem(f, "train.epohcs")); // no field at all
        const auto command = [&] { return f.find<QLineEdit>("command")->text(); };
        QVERIFY2(command().startsWith(QStringLiteral("levi run /dev/stdin")), qPrintable(command()));
        QVERIFY(f.window->draft().isModified());
        const auto isMarked = [&] {
            const auto labels = f.window->findChildren<QLabel*>();
            return std::ranges::any_of(labels, [](const QLabel* label) { return label->text() == u"spec.json •"; });
        };
        QVERIFY(isMarked());
        QTest::keyClick(f.window.get(), Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(!f.window->draft().isModified());
        QVERIFY2(command().startsWith(QStringLiteral("levi run ") + specFile(f)), qPrintable(command()));
        QVERIFY(!isMarked());
    }

    // Three lines are in sight, and a fourth one that blocks the run would not be.
    void errorsComeBeforeNotes() {
        WindowFixture f;
        openFile(f, R"({"specialist": {"width": -3}, "train": {"clip_norm": -4, "label_smoothing": 9, "epochs": -1}})");
        QVERIFY(f.awaitAnswer());
        auto* problems = f.find<QListWidget>("problems");
        QVERIFY(problems->item(0)->text().startsWith(QStringLiteral("data.path")));
        QVERIFY(problems->item(1)->text().startsWith(QStringLiteral("backbone.path")));
        QVERIFY(problems->item(2)->text().contains(QStringLiteral("left out: ")));
        QCOMPARE(problems->verticalScrollBar()->value(), 0);
    }
};

LEVI_TEST(TestSpecForm)
LEVI_TEST(TestProblemsOfASpec)
#include "tst_spec_form.moc"
