// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export_file.h"

#include "ui/app_settings.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>

namespace levi {

QString chooseExportFile(QWidget* parent, AppSettings& settings, const QString& what, const QString& suffix) {
    const QDir folder(settings.lastFolder());
    const QString title = QCoreApplication::translate("levi::ExportFile", "Export %1").arg(what);
    QString file = QFileDialog::getSaveFileName(
        parent, title, folder.filePath(QStringLiteral("%1.%2").arg(what, suffix)), QStringLiteral("*.%1").arg(suffix));
    if (file.isEmpty()) return {};
    settings.setLastFolder(QFileInfo(file).absolutePath());
    if (!file.endsWith(QLatin1Char('.') + suffix)) file += QLatin1Char('.') + suffix;
    return file;
}

} // namespace levi
