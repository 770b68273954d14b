// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/theme.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QTest>
#include <QVBoxLayout>
#include <QWidget>

Q_DECLARE_METATYPE(QColor levi::ThemeColors::*)

using namespace levi;

namespace {

struct Changes : QObject {
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::ApplicationPaletteChange;
        return false;
    }
    int count = 0;
};

// What a desktop's plugin does when its user chooses another theme.
void desktopTakes(const QColor& window) {
    QApplication::setPalette(QPalette(window, window));
}

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        applyTheme(*qApp, Lightness::Light);
        followSystem(*qApp);
    }
    void cleanup() { applyTheme(*qApp, Lightness::Light); }

    void followsTheSystem() {
        applyTheme(*qApp, Lightness::System);
        QVERIFY(!themeColors().isDark); // this platform has no theme: Qt's own palette is light
        desktopTakes(QColor(30, 30, 30));
        QTRY_VERIFY(themeColors().isDark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), darkTheme().window);
        desktopTakes(QColor(240, 240, 240));
        QTRY_VERIFY(!themeColors().isDark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), lightTheme().window);
    }

    void looksAgainWhenTheThemeChanges() {
        applyTheme(*qApp, Lightness::System);
        desktopTakes(QColor(30, 30, 30));
        QTRY_VERIFY(themeColors().isDark);
        QWidget window;
        QEvent event(QEvent::ThemeChange);
        QApplication::sendEvent(&window, &event); // and the palette below ours is light
        QTRY_VERIFY(!themeColors().isDark);
    }

    void aChoiceStays() {
        applyTheme(*qApp, Lightness::Light);
        desktopTakes(QColor(30, 30, 30));
        QTRY_COMPARE(QApplication::palette().color(QPalette::Window), lightTheme().window);
        QVERIFY(!themeColors().isDark);
    }

    // No style sheet: with one every widget would be styled anew at each change of theme.
    void rolesFollowTheTheme_data() {
        QTest::addColumn<QByteArray>("role");
        QTest::addColumn<QColor ThemeColors::*>("color");
        QTest::newRow("muted") << QByteArray("muted") << &ThemeColors::muted;
        QTest::newRow("error") << QByteArray("error") << &ThemeColors::error;
        QTest::newRow("warning") << QByteArray("warning") << &ThemeColors::warning;
        QTest::newRow("ok") << QByteArray("ok") << &ThemeColors::ok;
        QTest::newRow("heading") << QByteArray("heading") << &ThemeColors::text;
    }
    void rolesFollowTheTheme() {
        QFETCH(QByteArray, role);
        QFETCH(QColor ThemeColors::*, color);
        QVERIFY(qApp->styleSheet().isEmpty());
        QLabel label(QStringLiteral("words"));
        label.setProperty("role", role);
        label.show();
        QCOMPARE(label.palette().color(QPalette::WindowText), lightTheme().*color);
        QCOMPARE(label.font().weight(), role == "heading" ? QFont::DemiBold : QFont::Normal);
        applyTheme(*qApp, Lightness::Dark);
        QCOMPARE(label.palette().color(QPalette::WindowText), darkTheme().*color);
    }

    // What is typed into tells by its border that it has the keyboard, or a problem.
    void fieldsTellWhatTheyAre() {
        QWidget window;
        QVBoxLayout layout(&window);
        QLineEdit first, second;
        layout.addWidget(&first);
        layout.addWidget(&second);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        second.setFocus();
        const auto border = [](QLineEdit& edit) { return edit.grab().toImage().pixelColor(edit.width() / 2, 0); };
        QCOMPARE(border(first), themeColors().border);
        QCOMPARE(border(second), themeColors().accent);
        first.setProperty("problem", true);
        QCOMPARE(border(first), themeColors().error);
    }

    void doesNotAnswerItself() {
        applyTheme(*qApp, Lightness::System);
        QTest::qWait(50);
        Changes changes;
        qApp->installEventFilter(&changes);
        desktopTakes(QColor(30, 30, 30));
        QTRY_VERIFY(themeColors().isDark);
        QTest::qWait(100);
        const int settled = changes.count;
        QTest::qWait(200);
        QCOMPARE(changes.count, settled);
        QVERIFY2(settled <= 4, qPrintable(QString::number(settled)));
    }
};

LEVI_TEST(TestTheme)
#include "tst_theme.moc"
