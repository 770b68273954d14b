// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace levi {

class AppSettings;

// Asks where something is to be written, beginning where a file was last opened or written. Empty: not at all.
// `what`: "results", the name that is offered; `suffix`: "csv", added where it is left out.
QString chooseExportFile(QWidget* parent, AppSettings& settings, const QString& what, const QString& suffix);

} // namespace levi
