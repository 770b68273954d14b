// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/field_editor.h"

class QLineEdit;

namespace levi {

// A list of texts, by comma; where the values to pick from are known, one chip for each as well.
class ListEditor : public FieldEditor {
    Q_OBJECT

public:
    ListEditor();
    void showRow(const FieldRow& row, const QString* refused) override;
    void setSuggestions(const QStringList& texts) override;

private:
    void toggle(const QString& text, bool on);
    void showChips();

    QLineEdit* m_line;
    QWidget* m_chips;
    QStringList m_items, m_suggestions;
};

} // namespace levi
