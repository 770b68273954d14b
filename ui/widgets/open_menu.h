// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>
#include <QStringList>

namespace levi {

class AppSettings;

// What can be opened without looking for it: the demo world, recent files, and examples, specs and sweeps apart.
class OpenMenu : public QMenu {
    Q_OBJECT

public:
    explicit OpenMenu(const AppSettings& settings, QWidget* parent = nullptr);

    void setExamples(const QStringList& files) { m_examples = files; }

Q_SIGNALS:
    void demoWanted();
    void fileWanted(const QString& file);

private:
    void fill();
    void addFiles(QMenu& menu, const QStringList& files);

    const AppSettings& m_settings;
    QStringList m_examples;
};

} // namespace levi
