// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/table_model.h"

#include "ui/models/queue_rows.h"
#include "ui/models/two_level_model.h"
#include "ui/theme.h"

#include <QFont>

#include <utility>

namespace levi {
namespace {

QVariant alignmentOf(const Column& column) {
    return QVariant((column.align == Align::Right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

QVariant fontOf(const Cell& cell) {
    if (!cell.bold && !cell.tied) return {};
    QFont font;
    font.setBold(cell.bold);
    font.setUnderline(cell.tied);
    return font;
}

QString toolTipOf(const Cell& cell) {
    if (cell.sealed) return TableModel::tr("Hidden until its study is unsealed");
    if (cell.bold) return TableModel::tr("The best of this column");
    if (cell.tied) return TableModel::tr("Not told apart from the best");
    return cleanText(cell.text).toHtmlEscaped();
}

QVariant sortValueOf(const Cell& cell) {
    if (cell.numeric) return cell.value ? QVariant(*cell.value) : QVariant();
    return cleanText(cell.text);
}

} // namespace

void TableModel::setTable(std::shared_ptr<const Table> table) {
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int TableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_table ? 0 : static_cast<int>(m_table->rows.size());
}

int TableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_table ? 0 : static_cast<int>(m_table->columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto column = static_cast<std::size_t>(index.column());
    const Cell& cell = m_table->rows[static_cast<std::size_t>(index.row())][column];
    switch (role) {
    case Qt::DisplayRole:
        return cleanText(cell.text);
    case Qt::FontRole:
        return fontOf(cell);
    case Qt::ForegroundRole:
        return cell.muted ? QVariant(themeColors().muted) : QVariant();
    case Qt::TextAlignmentRole:
        return alignmentOf(m_table->columns[column]);
    case Qt::ToolTipRole:
        return toolTipOf(cell);
    case SortRole:
        return sortValueOf(cell);
    case TiedRole:
        return cell.tied;
    default:
        return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const Column& column = m_table->columns[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole:
        return cleanText(headText(column));
    case Qt::TextAlignmentRole:
        return alignmentOf(column);
    case Qt::ToolTipRole: {
        const QString title = cleanText(column.title).toHtmlEscaped();
        return column.lowerIsBetter ? tr("%1; lower is better").arg(title) : title;
    }
    default:
        return {};
    }
}

} // namespace levi
