// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/theme.h"

#include <QApplication>
#include <QTest>
#include <QWidget>

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
