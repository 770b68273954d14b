// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/theme.h"
#include "ui/widgets/role_row.h"

#include <QApplication>
#include <QHelpEvent>
#include <QTest>
#include <QToolTip>

using namespace levi;

namespace {

RoleInfo texts() {
    RoleInfo role{.role = "ood_test/books", .rows = 2};
    role.samples = {{.row = "1", .text = "A fine <b>book</b>\nindeed"}, {.row = "2", .text = "Not for me"}};
    return role;
}

bool isBlank(const QImage& image) {
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixel(x, y) != image.pixel(0, 0)) return false;
    return true;
}

} // namespace

class TestRoleRow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Texts have no picture: they show how they begin, and the whole of it where the mouse rests.
    void showsHowTextsBegin() {
        applyTheme(*qApp, Lightness::Light);
        RoleRow row(texts(), {});
        row.resize(700, row.height());
        row.show();
        QVERIFY(QTest::qWaitForWindowExposed(&row));
        const QImage shot = row.grab().toImage();
        for (int line = 0; line < 3; ++line) // two texts, and nothing below them
            QCOMPARE(isBlank(shot.copy(264, line * row.height() / 3, 300, row.height() / 3)), line == 2);
        const QPoint first(300, row.height() / 6), second(300, row.height() / 2);
        for (const auto& [at, expected] : {std::pair(first, QStringLiteral("A fine &lt;b&gt;book&lt;/b&gt;")),
                                           std::pair(second, QStringLiteral("Not for me"))}) {
            QHelpEvent help(QEvent::ToolTip, at, row.mapToGlobal(at));
            QApplication::sendEvent(&row, &help);
            QVERIFY2(QToolTip::text().contains(expected), qPrintable(QToolTip::text()));
        }
    }
};

LEVI_TEST(TestRoleRow)
#include "tst_role_row.moc"
