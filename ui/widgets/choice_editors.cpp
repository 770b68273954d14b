// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/choice_editors.h"

#include "ui/widgets/field_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>

namespace levi {

BooleanEditor::BooleanEditor() : m_check(new QCheckBox) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_check);
    layout->addStretch(1);
    setTarget(m_check);
    connect(m_check, &QCheckBox::clicked, this,
            [this](bool on) { Q_EMIT entered(on ? QStringLiteral("true") : QStringLiteral("false")); });
}

void BooleanEditor::showRow(const FieldRow& row, const QString*) {
    const bool on = row.value.is_boolean() && row.value.get<bool>();
    m_check->setChecked(on);
    m_check->setText(on ? tr("on") : tr("off"));
}

ChoiceEditor::ChoiceEditor() : m_combo(new QComboBox) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_combo);
    layout->addStretch(1);
    m_combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_combo->setFocusPolicy(Qt::StrongFocus);
    m_combo->installEventFilter(this);
    setTarget(m_combo);
    connect(m_combo, &QComboBox::activated, this,
            [this](int index) { Q_EMIT entered(m_combo->itemData(index).toString()); });
}

void ChoiceEditor::showRow(const FieldRow& row, const QString*) {
    const auto& choices = row.info.choices;
    if (m_combo->count() != static_cast<int>(choices.size())) {
        m_combo->clear();
        for (const std::string& choice : choices)
            m_combo->addItem(spokenChoice(row.path, choice), QString::fromStdString(choice));
    }
    m_combo->setCurrentIndex(m_combo->findData(fieldText(row.value)));
}

bool ChoiceEditor::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel && !m_combo->hasFocus()) {
        event->ignore();
        return true;
    }
    return FieldEditor::eventFilter(watched, event);
}

} // namespace levi
