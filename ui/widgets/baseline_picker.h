// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

#include <map>
#include <string>

class QCheckBox;
class QFrame;
class QVBoxLayout;

namespace levi {

class SpecDraft;

// The baseline pack by one button: opens a list of all methods, which fills the spec's `baselines`. Space ticks, arrows
// and Tab move, Escape closes.
class BaselinePicker : public QToolButton {
    Q_OBJECT

public:
    explicit BaselinePicker(SpecDraft& draft, QWidget* parent = nullptr);

private:
    void makeList();
    void addGroup(QVBoxLayout* layout, const QString& heading, int group);
    void openList();
    void showDraft();
    void toggle(const std::string& method, bool on);

    SpecDraft& m_draft;
    QFrame* m_list;
    std::map<std::string, QCheckBox*> m_boxes; // by kind
};

} // namespace levi
