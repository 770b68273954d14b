// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPainterPath>
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

enum class MarkerFill { Solid, Hollow, Dot, Half };
enum class Hatch { None, Rising, Level, Crossed };

// How a setting looks: as its method, and told apart from the method's other settings. variant: which of them, from 0
// (models/setting_variants.h). Twelve differ; fill and hatch repeat after 4, tints after 3.
struct SettingStyle {
    QColor color;
    Marker marker = Marker::Circle;
    MarkerFill fill = MarkerFill::Solid; // of markers
    Hatch hatch = Hatch::None;           // of bars
};
SettingStyle settingStyle(const QString& method, int variant, bool dark);

// A small picture of the marker in its colour, for tables and legends.
QIcon settingIcon(const QString& method, int variant);

// Shapes of radius 1 around the origin, to be filled without a pen: so they are the same on screen and on paper.
const QPainterPath& markerPath(Marker marker, MarkerFill fill);

} // namespace levi
