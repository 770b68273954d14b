// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/queue_model.h"

#include "core/base/numbers.h"
#include "ui/widgets/method_style.h"

#include <algorithm>
#include <array>

namespace levi {
namespace {

QString durationOf(double seconds) {
    return QString::fromStdString(durationText(seconds));
}

// Text and raw value of a column, for a group and for an item.
struct QueueColumn {
    const char* title;
    const char* toolTip;
    QString (*groupText)(const QueueGroup&);
    QVariant (*groupValue)(const QueueGroup&);
    QString (*itemText)(const QueueItem&);
    QVariant (*itemValue)(const QueueItem&);
};

QString groupStateText(const QueueGroup& group) {
    const int ended = group.endedCount();
    const int all = static_cast<int>(group.items.size());
    const RowState state = group.state();
    if (isActive(state)) return QueueModel::tr("%1 of %2").arg(ended).arg(all);
    const auto count = std::ranges::count(group.items, state, &QueueItem::state);
    return state == RowState::Done ? stateText(state) : QueueModel::tr("%1 %2").arg(count).arg(stateText(state));
}

QString itemProgressText(const QueueItem& item) {
    if (item.state == RowState::Queued) return {};
    if (isActive(item.state)) return item.phase;
    return item.state == RowState::Done ? QString() : item.message;
}

QString groupTimeText(const QueueGroup& group) {
    const auto left = group.secondsLeft();
    return left ? QueueModel::tr("%1 left").arg(durationOf(*left)) : QString();
}

QString itemTimeText(const QueueItem& item) {
    if (item.secondsLeft) return QueueModel::tr("%1 left").arg(durationOf(*item.secondsLeft));
    return item.seconds && *item.seconds > 0 ? durationOf(*item.seconds) : QString();
}

const std::array<QueueColumn, QueueModel::ColumnCount> kColumns = {{
    {QT_TRANSLATE_NOOP("levi::QueueModel", "run"),
     QT_TRANSLATE_NOOP("levi::QueueModel", "Runs launched together, or the seeds of one setting"),
     [](const QueueGroup& group) { return group.title; }, [](const QueueGroup& group) { return QVariant(group.title); },
     [](const QueueItem& item) { return item.title; }, [](const QueueItem& item) { return QVariant(item.title); }},
    {QT_TRANSLATE_NOOP("levi::QueueModel", "state"),
     QT_TRANSLATE_NOOP("levi::QueueModel", "How far it is; of a group, how many of its runs have ended"),
     groupStateText, [](const QueueGroup& group) { return QVariant(static_cast<int>(group.state())); },
     [](const QueueItem& item) { return stateText(item.state); },
     [](const QueueItem& item) { return QVariant(static_cast<int>(item.state)); }},
    {QT_TRANSLATE_NOOP("levi::QueueModel", "progress"),
     QT_TRANSLATE_NOOP("levi::QueueModel", "Share of the whole run, features and evaluation included"),
     [](const QueueGroup&) { return QString(); }, [](const QueueGroup& group) { return QVariant(group.share()); },
     itemProgressText, [](const QueueItem& item) { return QVariant(item.share); }},
    {QT_TRANSLATE_NOOP("levi::QueueModel", "time"),
     QT_TRANSLATE_NOOP("levi::QueueModel", "Time left while it runs, time taken when it has ended"), groupTimeText,
     [](const QueueGroup& group) { return QVariant(group.secondsLeft().value_or(0)); }, itemTimeText,
     [](const QueueItem& item) { return QVariant(item.secondsLeft.value_or(item.seconds.value_or(0))); }},
}};

// Known once one of its runs is in the store.
QVariant groupIcon(const QueueGroup& group) {
    for (const QueueItem& item : group.items)
        if (!item.method.isEmpty()) return settingIcon(item.method, item.variant);
    return {};
}

QVariant alignmentOf(int column) {
    return column == QueueModel::Time ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
}

} // namespace

bool QueueModel::hasSameRows(const std::vector<QueueGroup>& groups) const {
    return std::ranges::equal(m_groups, groups, [](const QueueGroup& a, const QueueGroup& b) {
        return a.key == b.key && std::ranges::equal(a.items, b.items, {}, &QueueItem::key, &QueueItem::key);
    });
}

void QueueModel::setGroups(std::vector<QueueGroup> groups) {
    if (!hasSameRows(groups)) {
        beginResetModel();
        m_groups = std::move(groups);
        endResetModel();
        return;
    }
    m_groups = std::move(groups);
    if (m_groups.empty()) return;
    Q_EMIT dataChanged(index(0, 0), index(groupCount() - 1, ColumnCount - 1));
    for (int row = 0; row < groupCount(); ++row) {
        const QModelIndex parent = index(row, 0);
        if (itemCount(row) > 0)
            Q_EMIT dataChanged(index(0, 0, parent), index(itemCount(row) - 1, ColumnCount - 1, parent));
    }
}

const QueueItem* QueueModel::item(const QModelIndex& index) const {
    if (!index.isValid() || !index.parent().isValid()) return nullptr;
    return &m_groups[index.parent().row()].items[index.row()];
}

const QueueGroup* QueueModel::group(const QModelIndex& index) const {
    if (!index.isValid()) return nullptr;
    return &m_groups[index.parent().isValid() ? index.parent().row() : index.row()];
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::DisplayRole) return tr(kColumns[section].title);
    if (role == Qt::ToolTipRole) return tr(kColumns[section].toolTip);
    return role == Qt::TextAlignmentRole ? alignmentOf(section) : QVariant();
}

QVariant QueueModel::groupData(int group, int column, int role) const {
    const QueueGroup& shown = m_groups[group];
    switch (role) {
    case Qt::DisplayRole:
        return kColumns[column].groupText(shown);
    case Qt::ToolTipRole:
        return shown.title.toHtmlEscaped();
    case Qt::DecorationRole:
        return column == Name ? groupIcon(shown) : QVariant();
    case Qt::TextAlignmentRole:
        return alignmentOf(column);
    case SortRole:
        return kColumns[column].groupValue(shown);
    case KeyRole:
        return shown.key;
    case ShareRole:
        return shown.share();
    case StateRole:
        return static_cast<int>(shown.state());
    default:
        return {};
    }
}

QVariant QueueModel::itemData(int group, int item, int column, int role) const {
    const QueueItem& shown = m_groups[group].items[item];
    switch (role) {
    case Qt::DisplayRole:
        return kColumns[column].itemText(shown);
    case Qt::ToolTipRole:
        return (shown.message.isEmpty() ? shown.title : shown.message).toHtmlEscaped();
    case Qt::TextAlignmentRole:
        return alignmentOf(column);
    case SortRole:
        return kColumns[column].itemValue(shown);
    case KeyRole:
        return shown.key;
    case RunRole:
        return shown.run ? QVariant(static_cast<qint64>(*shown.run)) : QVariant();
    case JobRole:
        return shown.job ? QVariant(static_cast<qint64>(*shown.job)) : QVariant();
    case ShareRole:
        return shown.share;
    case StateRole:
        return static_cast<int>(shown.state);
    case MethodRole:
        return shown.method;
    default:
        return {};
    }
}

} // namespace levi
