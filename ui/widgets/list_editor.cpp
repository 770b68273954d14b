// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/list_editor.h"

#include "ui/widgets/field_text.h"
#include "ui/widgets/flow_layout.h"

#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr qsizetype kMostChips = 24;

QStringList itemsOf(const QString& text) {
    QStringList items;
    for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts))
        if (!part.trimmed().isEmpty()) items << part.trimmed();
    return items;
}

} // namespace

ListEditor::ListEditor() : m_line(new QLineEdit), m_chips(new QWidget) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_line);
    layout->addWidget(m_chips);
    new FlowLayout(m_chips);
    m_chips->layout()->setContentsMargins(0, 0, 0, 0);
    m_chips->hide();
    setTarget(m_line);
    connect(m_line, &QLineEdit::textEdited, this, [this](const QString& text) { Q_EMIT listEntered(itemsOf(text)); });
}

void ListEditor::showRow(const FieldRow& row, const QString*) {
    m_items.clear();
    for (const Json& item : row.value)
        if (item.is_string()) m_items << QString::fromStdString(item.get<std::string>());
    m_line->setPlaceholderText(row.info.required ? tr("required") : tr("several are separated by commas"));
    const bool sameWords = m_line->hasFocus() && itemsOf(m_line->text()) == m_items;
    if (!sameWords) m_line->setText(m_items.join(QLatin1String(", ")));
    showChips();
}

void ListEditor::setSuggestions(const QStringList& texts) {
    const QStringList shown = texts.mid(0, kMostChips);
    if (shown == m_suggestions) return;
    m_suggestions = shown;
    qDeleteAll(m_chips->findChildren<QToolButton*>(QString(), Qt::FindDirectChildrenOnly));
    for (const QString& text : m_suggestions) {
        auto* chip = new QToolButton;
        chip->setText(text);
        chip->setCheckable(true);
        chip->setProperty("role", "chip");
        chip->setFocusPolicy(Qt::StrongFocus);
        connect(chip, &QToolButton::clicked, this, [this, text](bool on) { toggle(text, on); });
        m_chips->layout()->addWidget(chip);
    }
    m_chips->setVisible(!m_suggestions.isEmpty());
    showChips();
}

void ListEditor::toggle(const QString& text, bool on) {
    QStringList items = m_items;
    items.removeAll(text);
    if (on) items << text;
    Q_EMIT listEntered(items);
}

void ListEditor::showChips() {
    for (auto* chip : m_chips->findChildren<QToolButton*>(QString(), Qt::FindDirectChildrenOnly))
        chip->setChecked(m_items.contains(chip->text()));
}

} // namespace levi
