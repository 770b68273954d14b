// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>

namespace levi {

// Roles that every model of ours answers beside the usual ones.
enum ModelRole {
    SortRole = Qt::UserRole, // the raw value; display is text
    KeyRole,                 // identifies a row across resets
    RunRole,                 // qint64, id of the run in the store; invalid where there is none
    JobRole,                 // qint64, id of the job in the queue; invalid where there is none
    ShareRole,               // double, 0 to 1
    StateRole,               // int, RowState
    MethodRole,              // QString, kind of the method: colour and marker
    TiedRole,                // bool: not told apart from the best
};

// The dull half of a tree of groups and their items, two levels deep, of the same columns.
class TwoLevelModel : public QAbstractItemModel {
    Q_OBJECT

public:
    using QAbstractItemModel::QAbstractItemModel;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const final;
    QModelIndex parent(const QModelIndex& child) const final;
    int rowCount(const QModelIndex& parent = {}) const final;
    int columnCount(const QModelIndex& parent = {}) const final;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const final;

    QModelIndex indexOfKey(const QString& key) const; // of either level; invalid where there is none

protected:
    virtual int columns() const = 0;
    virtual int groupCount() const = 0;
    virtual int itemCount(int group) const = 0;
    virtual QVariant groupData(int group, int column, int role) const = 0;
    virtual QVariant itemData(int group, int item, int column, int role) const = 0;
};

} // namespace levi
