// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/field_editor.h"

class QCheckBox;
class QComboBox;

namespace levi {

class BooleanEditor : public FieldEditor {
    Q_OBJECT

public:
    BooleanEditor();
    void showRow(const FieldRow& row, const QString* refused) override;

private:
    QCheckBox* m_check;
};

class ChoiceEditor : public FieldEditor {
    Q_OBJECT

public:
    ChoiceEditor();
    void showRow(const FieldRow& row, const QString* refused) override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override; // the wheel scrolls the form, not the choice

private:
    QComboBox* m_combo;
};

} // namespace levi
