// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/study_line.h"

#include "core/report/study_facts.h"
#include "ui/icons.h"
#include "ui/models/queue_rows.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <utility>

namespace levi {
namespace {

constexpr int kIconSize = 16;

QString factsToolTip(const StudyRecord& study) {
    QString html = QStringLiteral("<table>");
    for (const NamedFact& fact : studyFacts(study).facts)
        html += QStringLiteral("<tr><td>%1&nbsp;</td><td>%2</td></tr>")
                    .arg(cleanText(fact.name).toHtmlEscaped(), cleanText(fact.value).toHtmlEscaped());
    return html + QStringLiteral("</table>");
}

} // namespace

StudyLine::StudyLine(QWidget* parent)
    : QWidget(parent), m_lock(new QLabel), m_text(new QLabel), m_open(new QPushButton(tr("&Unseal…"))) {
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setObjectName(QStringLiteral("study_text"));
    m_open->setObjectName(QStringLiteral("unseal"));
    m_open->setToolTip(tr("Shows its test figures. Done once, written down with time and reason, printed in reports."));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid);
    layout->addWidget(m_lock);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_open);
    makeQuestion();
    layout->addWidget(m_question);
    connect(m_open, &QPushButton::clicked, this, [this] { ask(true); });
    hide();
}

void StudyLine::makeQuestion() {
    m_question = new QWidget;
    m_question->hide();
    m_reason = new QLineEdit;
    m_reason->setObjectName(QStringLiteral("unseal_reason"));
    m_reason->setPlaceholderText(tr("why its test figures are opened now"));
    m_reason->setMinimumWidth(260);
    m_yes = new QPushButton(tr("Unseal it"));
    m_yes->setObjectName(QStringLiteral("unseal_yes"));
    m_yes->setEnabled(false);
    auto* keep = new QPushButton(tr("Keep it sealed"));
    keep->setObjectName(QStringLiteral("unseal_no"));
    auto* row = new QHBoxLayout(m_question);
    row->setContentsMargins({});
    row->setSpacing(kGrid);
    for (QWidget* widget : {static_cast<QWidget*>(m_reason), static_cast<QWidget*>(m_yes), static_cast<QWidget*>(keep)})
        row->addWidget(widget);
    connect(m_reason, &QLineEdit::textChanged, this,
            [this](const QString& text) { m_yes->setEnabled(!text.trimmed().isEmpty()); });
    connect(m_reason, &QLineEdit::returnPressed, this, &StudyLine::unseal);
    connect(m_yes, &QPushButton::clicked, this, &StudyLine::unseal);
    connect(keep, &QPushButton::clicked, this, [this] { ask(false); });
}

void StudyLine::showStudy(const StudyRecord* study) {
    const std::string before = std::exchange(m_name, study ? study->plan.name : "");
    setVisible(study != nullptr);
    if (!study) return;
    QString text = cleanText(study->plan.question.empty() ? study->plan.name : study->plan.question);
    if (study->unsealedUnixSeconds) text += tr("  (unsealed: %1)").arg(cleanText(study->unsealedReason));
    m_text->setText(text);
    m_text->setToolTip(factsToolTip(*study));
    showLock();
    m_lock->setVisible(study->sealed);
    if (m_name != before || !study->sealed) ask(false);
    m_open->setVisible(study->sealed && m_question->isHidden());
}

void StudyLine::showLock() {
    m_lock->setPixmap(icon(QStringLiteral("lock")).pixmap(kIconSize, kIconSize));
}

bool StudyLine::event(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) showLock();
    const bool isOurs = event->type() == QEvent::ShortcutOverride && m_question->isVisible() &&
                        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape;
    if (!isOurs) return QWidget::event(event);
    event->accept();
    return true;
}

void StudyLine::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Escape || m_question->isHidden()) return QWidget::keyPressEvent(event);
    ask(false);
}

void StudyLine::showSentence(const QString& sentence) {
    m_text->setText(sentence);
}

void StudyLine::ask(bool open) {
    const bool hadKeyboard = m_question->isAncestorOf(focusWidget());
    m_question->setVisible(open);
    m_open->setVisible(!open);
    m_reason->clear();
    if (open)
        m_reason->setFocus(Qt::OtherFocusReason);
    else if (hadKeyboard)
        m_open->setFocus(Qt::OtherFocusReason);
}

void StudyLine::unseal() {
    const QString reason = m_reason->text().trimmed();
    if (!reason.isEmpty()) Q_EMIT unsealWanted(m_name, reason);
}

} // namespace levi
