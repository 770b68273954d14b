// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/text_editors.h"

#include "ui/app_settings.h"
#include "ui/icons.h"
#include "ui/widgets/field_text.h"

#include <QCompleter>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>

namespace levi {
namespace {

constexpr int kNumberWidth = 120;

QString placeholderOf(const FieldRow& row) {
    if (row.info.required) return TextEditor::tr("required");
    const QString text = fieldText(row.whereNobodySays());
    return text.isEmpty() ? TextEditor::tr("none") : text;
}

bool meansTheSame(const QString& typed, const FieldRow& row) {
    if (typed.isEmpty()) return row.isDefault;
    if (!row.value.is_number()) return typed == fieldText(row.value);
    bool isNumber = false;
    const double number = typed.toDouble(&isNumber);
    return isNumber && number == row.value.get<double>();
}

QToolButton* menuButton(const QString& text, QMenu* menu) {
    auto* button = new QToolButton;
    button->setText(text);
    button->setProperty("role", "box");
    button->setPopupMode(QToolButton::InstantPopup);
    button->setMenu(menu);
    return button;
}

} // namespace

TextEditor::TextEditor(FieldType type) : m_row(new QHBoxLayout(this)), m_line(new QLineEdit) {
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(4);
    m_row->addWidget(m_line);
    if (type == FieldType::Integer || type == FieldType::Number) m_line->setFixedWidth(kNumberWidth);
    setTarget(m_line);
    connect(m_line, &QLineEdit::textEdited, this, [this](const QString& text) {
        if (text.trimmed().isEmpty())
            Q_EMIT cleared();
        else
            Q_EMIT entered(text.trimmed());
    });
}

void TextEditor::showRow(const FieldRow& row, const QString* refused) {
    m_line->setPlaceholderText(placeholderOf(row));
    const QString text = refused ? *refused : row.isDefault ? QString() : fieldText(row.value);
    if (m_line->text() == text) return;
    // What is being typed stays as typed while it means the same: "1e-3" does not turn into "0.001" under the cursor.
    if (!refused && m_line->hasFocus() && meansTheSame(m_line->text().trimmed(), row)) return;
    m_line->setText(text);
    if (!m_line->hasFocus()) m_line->setCursorPosition(0); // the beginning is in sight
}

void TextEditor::setSuggestions(const QStringList& texts) {
    auto* completer = new QCompleter(texts, m_line);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_line->setCompleter(completer);
}

PathEditor::PathEditor() : TextEditor(FieldType::Path) {
    auto* menu = new QMenu(this);
    menu->addAction(tr("Folder…"), this, [this] { browse(true); });
    menu->addAction(tr("File…"), this, [this] { browse(false); });
    QToolButton* button = menuButton(QStringLiteral("…"), menu);
    button->setAccessibleName(tr("Browse"));
    button->setToolTip(tr("Choose a folder or a file"));
    row()->addWidget(button);
}

void PathEditor::browse(bool folder) {
    AppSettings settings;
    auto* dialog =
        new QFileDialog(window(), folder ? tr("Choose a folder") : tr("Choose a file"), settings.lastFolder());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        AppSettings().setLastFolder(QFileInfo(path).absolutePath());
        Q_EMIT entered(path);
    });
    dialog->open();
}

LayersEditor::LayersEditor() : TextEditor(FieldType::Layers) {
    auto* menu = new QMenu(this);
    for (const char* preset : {"all", "last", "late_half", "every_second"}) {
        const QString text = QString::fromLatin1(preset);
        menu->addAction(QString(text).replace(QLatin1Char('_'), QLatin1Char(' ')), this,
                        [this, text] { Q_EMIT entered(text); });
    }
    QToolButton* button = menuButton(tr("usual"), menu);
    button->setToolTip(tr("The usual choices of layers"));
    row()->addWidget(button);
}

} // namespace levi
