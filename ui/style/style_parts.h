// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRect>

class QPainter;
class QStyleOption;
class QStyleOptionProgressBar;
class QStyleOptionSlider;
class QStyleOptionToolButton;
class QWidget;

namespace levi {

// What a widget is besides its class: its dynamic property "role". Widgets say it, the style draws it.
enum class WidgetRole { None, Card, Line, Muted, Error, Warning, Ok, Heading, Main, Rail, Link, Box, Chip };
WidgetRole roleOf(const QWidget* widget);

// A filled box with a border of a pixel.
struct BoxLook {
    QColor fill, border; // an invalid one is not drawn
    double radius = 3;
    double width = 1; // of the border
};
void drawBox(QPainter& painter, const QRect& rect, const BoxLook& look);
void drawChevron(QPainter& painter, const QRect& rect, const QColor& color); // downwards, in the middle

// Boxes to type in and to choose from: the border tells focus and problems.
void drawField(QPainter& painter, const QStyleOption& option, const QWidget* widget, const QColor& fill);
void drawCheckIndicator(QPainter& painter, const QStyleOption& option);
void drawPushButton(QPainter& painter, const QStyleOption& option, const QWidget* widget);
void drawToolButton(QPainter& painter, const QStyleOptionToolButton& option, const QWidget* widget);
QColor toolButtonText(const QStyleOption& option, const QWidget* widget);
void drawScrollHandle(QPainter& painter, const QStyleOptionSlider& option, const QRect& handle);
void drawProgress(QPainter& painter, const QStyleOptionProgressBar& option);
void drawHeaderSection(QPainter& painter, const QRect& rect);

} // namespace levi
