// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/engine_client.h"

#include <QFrame>

#include <vector>

class QGridLayout;
class QLabel;

namespace levi {

// What the method on the picture costs: parameters, operations, whether its features are cached.
class CostPanel : public QFrame {
    Q_OBJECT

public:
    explicit CostPanel(QWidget* parent = nullptr);
    void showCost(const Answer<CostEstimate>& answer);

private:
    QLabel* addFigure(const QString& words, const QString& tip);
    void addHeading(const QString& words);

    QGridLayout* m_grid;
    QLabel *m_trainable, *m_adapters, *m_specialist, *m_frozen;
    QLabel *m_backboneFlops, *m_trainedFlops, *m_totalFlops;
    QLabel *m_cached, *m_remark;
};

} // namespace levi
