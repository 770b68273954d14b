// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

#include <string>

namespace levi {

enum class Marker { Circle, Square, Diamond, TriangleUp, TriangleDown, Cross, Plus, Star };

// How a method looks wherever it is drawn: colour (Okabe and Ito 2008), marker and dash, so that print and colour-blind
// readers lose nothing. Fixed per method.
struct MethodStyle {
    QColor onLight, onDark; // the same hue, lightened or darkened where it would vanish
    Marker marker = Marker::Circle;
    Qt::PenStyle dash = Qt::SolidLine;

    QColor color(bool dark) const { return dark ? onDark : onLight; }
};

// By kind of method. One that the table does not name gets a grey of its own marker, the same at each call.
const MethodStyle& methodStyle(const std::string& method);
QString methodLabel(const std::string& method); // of the kind registry; the key itself where it is unknown

// A small picture of the marker in its colour, for tables and legends.
QIcon methodIcon(const std::string& method);
void drawMarker(class QPainter& painter, Marker marker, const QPointF& centre, double radius);

} // namespace levi
