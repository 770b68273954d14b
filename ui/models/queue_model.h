// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/queue_rows.h"
#include "ui/models/two_level_model.h"

#include <vector>

namespace levi {

// The queue as a tree: what was launched together, and its seeds.
class QueueModel : public TwoLevelModel {
    Q_OBJECT

public:
    enum Column { Name, State, Progress, Time, ColumnCount };

    using TwoLevelModel::TwoLevelModel;

    // Rows that stay keep their indexes; another set of rows resets the model.
    void setGroups(std::vector<QueueGroup> groups);
    const std::vector<QueueGroup>& groups() const { return m_groups; }
    const QueueItem* item(const QModelIndex& index) const; // null for a group
    const QueueGroup* group(const QModelIndex& index) const;

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

protected:
    int columns() const override { return ColumnCount; }
    int groupCount() const override { return static_cast<int>(m_groups.size()); }
    int itemCount(int group) const override { return static_cast<int>(m_groups[group].items.size()); }
    QVariant groupData(int group, int column, int role) const override;
    QVariant itemData(int group, int item, int column, int role) const override;

private:
    bool hasSameRows(const std::vector<QueueGroup>& groups) const;

    std::vector<QueueGroup> m_groups;
};

} // namespace levi
