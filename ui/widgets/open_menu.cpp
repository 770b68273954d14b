// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/open_menu.h"

#include "ui/app_settings.h"

#include <QFileInfo>

#include <algorithm>

namespace levi {

OpenMenu::OpenMenu(const AppSettings& settings, QWidget* parent) : QMenu(parent), m_settings(settings) {
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &OpenMenu::fill);
}

void OpenMenu::fill() {
    for (auto* before : findChildren<QMenu*>(Qt::FindDirectChildrenOnly))
        before->deleteLater(); // clear() leaves them
    clear();
    addAction(tr("Demo world"), this, &OpenMenu::demoWanted);
    if (const QStringList recent = m_settings.recentSpecs(); !recent.isEmpty()) {
        addSection(tr("Recent"));
        addFiles(*this, recent);
    }
    QStringList specs = m_examples;
    const auto sweeps = std::ranges::stable_partition(
        specs, [](const QString& file) { return !file.endsWith(QLatin1String(".sweep.json")); });
    if (!m_examples.isEmpty()) addSection(tr("Examples"));
    const auto first = static_cast<qsizetype>(sweeps.begin() - specs.begin());
    if (first > 0) addFiles(*addMenu(tr("Specs")), specs.first(first));
    if (first < specs.size()) addFiles(*addMenu(tr("Sweeps")), specs.sliced(first));
}

void OpenMenu::addFiles(QMenu& menu, const QStringList& files) {
    menu.setToolTipsVisible(true);
    for (const QString& file : files) {
        QAction* action = menu.addAction(QFileInfo(file).fileName());
        action->setToolTip(file);
        connect(action, &QAction::triggered, this, [this, file] { Q_EMIT fileWanted(file); });
    }
}

} // namespace levi
