// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/results_view.h"
#include "ui/models/two_level_model.h"

#include <QSortFilterProxyModel>

#include <memory>

namespace levi {

// The table of the paper as a tree: settings, and the seeds behind them. Columns are those of the table.
class ResultsModel : public TwoLevelModel {
    Q_OBJECT

public:
    using TwoLevelModel::TwoLevelModel;

    void setView(std::shared_ptr<const ResultsView> view);
    const ResultsView* view() const { return m_view.get(); }

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    int columns() const override;
    int groupCount() const override;
    int itemCount(int group) const override;
    QVariant groupData(int group, int column, int role) const override;
    QVariant itemData(int group, int item, int column, int role) const override;

private:
    std::optional<double> seedValue(int group, int item, int column) const;
    QString seedText(int group, int item, int column) const;

    std::shared_ptr<const ResultsView> m_view;
};

// Settings whose names contain a text, with all their seeds. Missing values stand last, whichever way it is sorted.
class ResultsFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit ResultsFilter(QObject* parent = nullptr);
    void setText(const QString& text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    QString m_text;
};

} // namespace levi
