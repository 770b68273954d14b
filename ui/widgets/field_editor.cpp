// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/field_editor.h"

#include "ui/widgets/choice_editors.h"
#include "ui/widgets/list_editor.h"
#include "ui/widgets/text_editors.h"

#include <QStyle>
#include <QVariant>

namespace levi {
namespace {

// A property that the style reads.
void setStyled(QWidget* widget, const char* property, bool on) {
    if (widget->property(property).toBool() == on) return;
    widget->setProperty(property, on);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

} // namespace

FieldEditor* FieldEditor::make(const FieldRow& row) {
    switch (row.info.type) {
    case FieldType::Boolean:
        return new BooleanEditor;
    case FieldType::Choice:
        return new ChoiceEditor;
    case FieldType::Path:
        return new PathEditor;
    case FieldType::TextList:
        return new ListEditor;
    case FieldType::Layers:
        return new LayersEditor;
    default:
        return new TextEditor(row.info.type);
    }
}

void FieldEditor::mark(bool isChanged, bool hasProblem) {
    setStyled(m_target, "changed", isChanged);
    setStyled(m_target, "problem", hasProblem);
}

void FieldEditor::setTarget(QWidget* target) {
    m_target = target;
    setFocusProxy(target);
}

} // namespace levi
