// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/app_settings.h"

#include <QSettings>

namespace levi {
namespace {

constexpr int kMostRecent = 8;

QSettings settings() {
    return QSettings(QStringLiteral("levi"), QStringLiteral("workbench"));
}

} // namespace

Lightness AppSettings::lightness() const {
    const QString text = settings().value(QStringLiteral("lightness")).toString();
    if (text == QLatin1String("light")) return Lightness::Light;
    return text == QLatin1String("dark") ? Lightness::Dark : Lightness::System;
}

void AppSettings::setLightness(Lightness lightness) {
    const char* text = lightness == Lightness::Light ? "light" : lightness == Lightness::Dark ? "dark" : "system";
    settings().setValue(QStringLiteral("lightness"), QLatin1String(text));
}

QByteArray AppSettings::windowGeometry() const {
    return settings().value(QStringLiteral("window_geometry")).toByteArray();
}

void AppSettings::setWindowGeometry(const QByteArray& geometry) {
    settings().setValue(QStringLiteral("window_geometry"), geometry);
}

QStringList AppSettings::recentSpecs() const {
    return settings().value(QStringLiteral("recent_specs")).toStringList();
}

void AppSettings::addRecentSpec(const QString& file) {
    QStringList files = recentSpecs();
    files.removeAll(file);
    files.prepend(file);
    settings().setValue(QStringLiteral("recent_specs"), files.mid(0, kMostRecent));
}

QString AppSettings::lastFolder() const {
    return settings().value(QStringLiteral("last_folder")).toString();
}

void AppSettings::setLastFolder(const QString& folder) {
    settings().setValue(QStringLiteral("last_folder"), folder);
}

} // namespace levi
