// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/field_editor.h"

class QComboBox;
class QHBoxLayout;
class QLineEdit;

namespace levi {

// Numbers and texts: one line, live.
class TextEditor : public FieldEditor {
    Q_OBJECT

public:
    explicit TextEditor(FieldType type);
    void showRow(const FieldRow& row, const QString* refused) override;
    void setSuggestions(const QStringList& texts) override;

protected:
    QLineEdit* line() const { return m_line; }
    QHBoxLayout* row() const { return m_row; }

private:
    QHBoxLayout* m_row;
    QLineEdit* m_line;
};

// A folder or file, typed, chosen or dropped.
class PathEditor : public TextEditor {
    Q_OBJECT

public:
    PathEditor();

private:
    void browse(bool folder);
};

// Layers, as text or one of the usual choices; the picture of the method is the better place.
class LayersEditor : public TextEditor {
    Q_OBJECT

public:
    LayersEditor();
};

} // namespace levi
