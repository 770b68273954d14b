// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/problem_list.h"

#include "ui/icons.h"
#include "ui/theme.h"

#include <QEvent>

namespace levi {
namespace {

constexpr int kPath = Qt::UserRole;
constexpr int kLines = 3;

QString sentenceOf(const Problem& problem) {
    const QString message = QString::fromStdString(problem.message);
    return problem.path.empty() ? message : QStringLiteral("%1  %2").arg(QString::fromStdString(problem.path), message);
}

} // namespace

ProblemList::ProblemList(QWidget* parent) : QListWidget(parent) {
    setAccessibleName(tr("Problems"));
    setObjectName(QStringLiteral("problems"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTextElideMode(Qt::ElideRight);
    setUniformItemSizes(true);
    setIconSize(QSize(16, 16));
    const auto choose = [this](const QListWidgetItem* item) {
        if (item->data(kPath).isValid()) Q_EMIT problemChosen(item->data(kPath).toString().toStdString());
    };
    connect(this, &QListWidget::itemClicked, this, choose);
    connect(this, &QListWidget::itemActivated, this, choose);
}

void ProblemList::showProblems(const std::vector<Problem>& problems, const QStringList& notes) {
    if (count() > 0 && problems == m_problems && notes == m_notes) return;
    m_problems = problems;
    m_notes = notes;
    fill();
}

void ProblemList::fill() {
    setFocusPolicy(m_problems.empty() ? Qt::ClickFocus : Qt::StrongFocus); // nothing to choose: no stop for Tab
    clear();
    for (const QString& note : m_notes) {
        auto* item = new QListWidgetItem(icon(QStringLiteral("warning")), note, this);
        item->setToolTip(note);
        item->setForeground(themeColors().warning);
    }
    for (const Problem& problem : m_problems) {
        auto* item = new QListWidgetItem(icon(QStringLiteral("error")), sentenceOf(problem), this);
        item->setForeground(themeColors().error);
        item->setToolTip(tr("%1\nClick to go there.").arg(sentenceOf(problem)));
        item->setData(kPath, QString::fromStdString(problem.path));
    }
    if (count() > 0) return;
    auto* item = new QListWidgetItem(icon(QStringLiteral("check")), tr("No problems."), this);
    item->setForeground(themeColors().ok);
    item->setFlags(Qt::ItemIsEnabled);
}

void ProblemList::changeEvent(QEvent* event) {
    QListWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) fill();
}

QSize ProblemList::sizeHint() const {
    return {QListWidget::sizeHint().width(), kLines * (fontMetrics().height() + 6) + 2 * frameWidth() + 4};
}

} // namespace levi
