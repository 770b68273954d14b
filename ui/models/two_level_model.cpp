// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/two_level_model.h"

namespace levi {

// The internal id of a group is 0, that of an item its group's row + 1.
QModelIndex TwoLevelModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr{0});
}

QModelIndex TwoLevelModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == 0) return {};
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, quintptr{0});
}

int TwoLevelModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) return groupCount();
    const bool isGroup = parent.internalId() == 0 && parent.column() == 0;
    return isGroup ? itemCount(parent.row()) : 0;
}

int TwoLevelModel::columnCount(const QModelIndex&) const {
    return columns();
}

QVariant TwoLevelModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    if (index.internalId() == 0) return groupData(index.row(), index.column(), role);
    return itemData(static_cast<int>(index.internalId()) - 1, index.row(), index.column(), role);
}

QModelIndex TwoLevelModel::indexOfKey(const QString& key) const {
    for (int group = 0; group < groupCount(); ++group) {
        const QModelIndex found = index(group, 0);
        if (found.data(KeyRole).toString() == key) return found;
        for (int item = 0; item < itemCount(group); ++item) {
            const QModelIndex child = index(item, 0, found);
            if (child.data(KeyRole).toString() == key) return child;
        }
    }
    return {};
}

} // namespace levi
