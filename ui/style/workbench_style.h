// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

class QStyleOptionToolButton;

namespace levi {

// Fusion in the colours of themeColors(), with what a palette cannot say: roles, fields, chips, thin scroll bars. A
// style sheet would say it in fewer lines, but has every widget styled anew when the theme changes: 0.7 s for a form of
// a thousand of them, where this takes 0.02 s.
class WorkbenchStyle : public QProxyStyle {
    Q_OBJECT

public:
    WorkbenchStyle();

    // Colours that stand in widgets' own palettes, because their role or class wants others than the application's.
    // Called for each widget when it is polished, for all of them when the theme changes.
    static void dress(QWidget& widget);
    static void dressAll();

    using QProxyStyle::polish;
    void polish(QWidget* widget) override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returned) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void drawLabel(ControlElement element, const QStyleOption& option, QPainter& painter, const QWidget* widget) const;
    void drawTool(const QStyleOptionToolButton& option, QPainter& painter, const QWidget* widget) const;
    void drawCombo(const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const;
};

} // namespace levi
