// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/cost_panel.h"

#include "core/base/numbers.h"
#include "ui/theme.h"
#include "ui/words.h"

#include <QGridLayout>
#include <QLabel>

namespace levi {
namespace {

QString countOr(double value) {
    return value > 0 ? QString::fromStdString(countText(value)) : QStringLiteral("–");
}

QString flopsOr(double value) {
    return value > 0 ? QString::fromStdString(flopText(value)) : QStringLiteral("–");
}

QString cachedText(const CostEstimate& cost) {
    if (cost.featureKey.empty() || cost.rows == 0) return QStringLiteral("–");
    if (cost.cachedRows >= cost.rows) return CostPanel::tr("all %1 rows").arg(grouped(cost.rows));
    return CostPanel::tr("%1 of %2 rows").arg(grouped(cost.cachedRows), grouped(cost.rows));
}

} // namespace

CostPanel::CostPanel(QWidget* parent) : QFrame(parent), m_grid(new QGridLayout(this)) {
    setProperty("role", "card");
    setFixedWidth(256);
    m_grid->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    m_grid->setVerticalSpacing(kGrid);
    m_grid->setColumnStretch(0, 1);
    addHeading(tr("Parameters"));
    m_trainable = addFigure(tr("trainable"), tr("All that training changes"));
    m_adapters = addFigure(tr("– adapters"), tr("Adapting layers and heads"));
    m_specialist = addFigure(tr("– specialist"), tr("The small network that is trained from scratch"));
    m_frozen = addFigure(tr("frozen"), tr("Of the backbone, as published"));
    addHeading(tr("Operations a row"));
    m_backboneFlops = addFigure(tr("backbone"), tr("One forward pass; a multiply-add counts as two"));
    m_trainedFlops = addFigure(tr("what is trained"), tr("One forward pass of all that training changes"));
    m_totalFlops =
        addFigure(tr("prediction"), tr("One prediction, all together; of a text as long as is read at most"));
    addHeading(tr("Features"));
    m_cached = addFigure(tr("cached"), tr("Rows whose hidden states need no pass of the backbone any more"));
    m_remark = new QLabel;
    m_remark->setWordWrap(true);
    m_remark->setProperty("role", "muted");
    m_grid->addWidget(m_remark, m_grid->rowCount(), 0, 1, 2);
    m_grid->setRowStretch(m_grid->rowCount(), 1);
    showCost({});
}

void CostPanel::addHeading(const QString& words) {
    auto* heading = new QLabel(words);
    heading->setProperty("role", "heading");
    const int row = m_grid->rowCount();
    if (row > 1) m_grid->setRowMinimumHeight(row, 2 * kGrid);
    m_grid->addWidget(heading, row + 1, 0, 1, 2);
}

QLabel* CostPanel::addFigure(const QString& words, const QString& tip) {
    auto* label = new QLabel(words);
    auto* figure = new QLabel;
    label->setProperty("role", "muted");
    label->setToolTip(tip);
    figure->setToolTip(tip);
    figure->setAlignment(Qt::AlignRight);
    figure->setAccessibleName(words);
    figure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const int row = m_grid->rowCount();
    m_grid->addWidget(label, row, 0);
    m_grid->addWidget(figure, row, 1);
    return figure;
}

void CostPanel::showCost(const Answer<CostEstimate>& answer) {
    const CostEstimate cost = answer.value ? *answer.value : CostEstimate{};
    m_trainable->setText(countOr(static_cast<double>(cost.trainableParameters)));
    m_adapters->setText(countOr(static_cast<double>(cost.adapterParameters)));
    m_specialist->setText(countOr(static_cast<double>(cost.specialistParameters)));
    m_frozen->setText(countOr(static_cast<double>(cost.frozenParameters)));
    m_backboneFlops->setText(flopsOr(cost.backboneFlopsPerSample));
    m_trainedFlops->setText(flopsOr(cost.trainedFlopsPerSample));
    m_totalFlops->setText(flopsOr(cost.inferenceFlopsPerSample));
    m_cached->setText(cachedText(cost));
    m_remark->setText(answer.value               ? QString()
                      : answer.message.isEmpty() ? tr("Known once the data are named.")
                                                 : answer.message);
    m_remark->setVisible(!answer.value);
}

} // namespace levi
