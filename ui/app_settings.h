// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace levi {

enum class Lightness { System, Light, Dark };

// How the program looks and what it remembers between two starts; never what an experiment is. Reads and writes
// QSettings at once.
class AppSettings {
public:
    Lightness lightness() const;
    void setLightness(Lightness lightness);
    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray& geometry);
    QStringList recentSpecs() const; // newest first
    void addRecentSpec(const QString& file);
    QString lastFolder() const;
    void setLastFolder(const QString& folder);
};

} // namespace levi
