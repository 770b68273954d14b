// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/problem_list.h"

#include "ui/icons.h"
#include "ui/theme.h"

#include <QEvent>

#include <algorithm>

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

void ProblemList::showProblems(const std::vector<Problem>& problems, const std::vector<Problem>& notes) {
    if (count() > 0 && problems == m_problems && notes == m_notes) return;
    m_problems = problems;
    m_notes = notes;
    fill();
}

// Few lines are in sight: what blocks a run comes before what is worth knowing.
void ProblemList::fill() {
    const auto leads = [](const Problem& note) { return !note.path.empty(); };
    const bool hasWays = !m_problems.empty() || std::ranges::any_of(m_notes, leads);
    setFocusPolicy(hasWays ? Qt::StrongFocus : Qt::ClickFocus); // nothing to choose: no stop for Tab
    clear();
    for (const Problem& problem : m_problems)
        add(problem, QStringLiteral("error"), true)->setForeground(themeColors().error);
    for (const Problem& note : m_notes)
        add(note, QStringLiteral("warning"), leads(note))->setForeground(themeColors().warning);
    if (count() > 0) return;
    auto* item = new QListWidgetItem(icon(QStringLiteral("check")), tr("No problems."), this);
    item->setForeground(themeColors().ok);
    item->setFlags(Qt::ItemIsEnabled);
}

QListWidgetItem* ProblemList::add(const Problem& problem, const QString& iconName, bool leadsToAField) {
    const QString sentence = sentenceOf(problem);
    auto* item = new QListWidgetItem(icon(iconName), sentence, this);
    item->setToolTip(leadsToAField ? tr("%1\nClick to go there.").arg(sentence) : sentence);
    if (leadsToAField) item->setData(kPath, QString::fromStdString(problem.path));
    return item;
}

void ProblemList::changeEvent(QEvent* event) {
    QListWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) fill();
}

QSize ProblemList::sizeHint() const {
    return {QListWidget::sizeHint().width(), kLines * (fontMetrics().height() + 6) + 2 * frameWidth() + 4};
}

} // namespace levi
