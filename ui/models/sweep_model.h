// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/sweep_preview.h"

#include <QAbstractTableModel>

namespace levi {

// The settings of a list before they run: what is done, and what the rest costs.
class SweepModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Setting, Method, Done, Parameters, RunTakes, Left, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void show(const SweepPreview& preview);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<SweepPreview::Row> m_rows;
};

} // namespace levi
