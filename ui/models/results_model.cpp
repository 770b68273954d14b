// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/results_model.h"

#include "ui/models/queue_rows.h"
#include "ui/widgets/method_style.h"

#include <QFont>

namespace levi {
namespace {

QVariant alignmentOf(const Column& column) {
    const auto side = column.align == Align::Right ? Qt::AlignRight : Qt::AlignLeft;
    return QVariant(side | Qt::AlignVCenter);
}

QVariant fontOf(const Cell& cell) {
    if (!cell.bold && !cell.tied) return {};
    QFont font;
    font.setBold(cell.bold);
    font.setUnderline(cell.tied);
    return font;
}

QString cellToolTip(const Cell& cell, Statistic statistic) {
    const bool isMean = statistic == Statistic::Mean;
    if (cell.bold)
        return isMean ? ResultsModel::tr("The best mean of this column")
                      : ResultsModel::tr("The best interquartile mean of this column");
    if (cell.sealed) return ResultsModel::tr("Hidden until its study is unsealed");
    if (cell.tied)
        return isMean ? ResultsModel::tr("Not told apart from the best mean by the paired test")
                      : ResultsModel::tr("Not told apart from the best interquartile mean by the paired test, which is "
                                         "one of mean differences");
    return cleanText(cell.text).toHtmlEscaped();
}

} // namespace

void ResultsModel::setView(std::shared_ptr<const ResultsView> view) {
    beginResetModel();
    m_view = std::move(view);
    endResetModel();
}

int ResultsModel::columns() const {
    return m_view ? static_cast<int>(m_view->table.table.columns.size()) : 0;
}

int ResultsModel::groupCount() const {
    return m_view ? static_cast<int>(m_view->cells.size()) : 0;
}

int ResultsModel::itemCount(int group) const {
    return static_cast<int>(m_view->cells[group].seeds.size());
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columns()) return {};
    const Column& column = m_view->table.table.columns[section];
    if (role == Qt::DisplayRole) return cleanText(headText(column));
    if (role == Qt::TextAlignmentRole) return alignmentOf(column);
    if (role != Qt::ToolTipRole) return {};
    const int last = m_view->firstValueColumn + m_view->valueColumns;
    if (section == last) return tr("Number of seeds");
    if (section > last) return tr("What it cost; lower is better. The notes below the table say how it is measured");
    if (section < m_view->firstValueColumn) return section == 1 ? tr("Layers that the method reads") : QString();
    const QString title = QString::fromStdString(m_view->style.title);
    const bool isMean = m_view->question.statistic == Statistic::Mean;
    const QString quantity = isMean ? title : tr("%1, interquartile mean over the seeds").arg(title);
    return column.lowerIsBetter ? tr("%1; lower is better").arg(quantity) : quantity;
}

QVariant ResultsModel::groupData(int group, int column, int role) const {
    const Cell& cell = m_view->table.table.rows[group][column];
    const CellView& shown = m_view->cells[group];
    switch (role) {
    case Qt::DisplayRole:
        return cleanText(cell.text);
    case Qt::FontRole:
        return fontOf(cell);
    case Qt::TextAlignmentRole:
        return alignmentOf(m_view->table.table.columns[column]);
    case Qt::ToolTipRole:
        return column == 0 ? shown.title.toHtmlEscaped() : cellToolTip(cell, m_view->question.statistic);
    case Qt::DecorationRole:
        return column == 0 ? QVariant(settingIcon(shown.method, shown.variant)) : QVariant();
    case SortRole:
        if (cell.numeric) return cell.value ? QVariant(*cell.value) : QVariant();
        return cleanText(cell.text);
    case KeyRole:
        return QString::fromStdString(shown.cell);
    case MethodRole:
        return shown.method;
    case TiedRole:
        return cell.tied;
    default:
        return {};
    }
}

std::optional<double> ResultsModel::seedValue(int group, int item, int column) const {
    const auto& values = m_view->cells[group].seeds[item].values;
    const int value = column - m_view->firstValueColumn;
    if (value < 0 || value >= static_cast<int>(values.size())) return std::nullopt;
    return values[value];
}

QString ResultsModel::seedText(int group, int item, int column) const {
    if (column == 0) return tr("seed %1").arg(m_view->cells[group].seeds[item].seed);
    const int value = column - m_view->firstValueColumn;
    if (value < 0 || value >= m_view->valueColumns) return {};
    if (const auto number = seedValue(group, item, column))
        return QString::fromStdString(metricText(*number, m_view->style));
    return QString::fromStdString(std::string(m_view->cells[group].seeds[item].sealed ? kSealed : kMissing));
}

QVariant ResultsModel::itemData(int group, int item, int column, int role) const {
    const SeedValues& seed = m_view->cells[group].seeds[item];
    switch (role) {
    case Qt::DisplayRole:
        return seedText(group, item, column);
    case Qt::TextAlignmentRole:
        return alignmentOf(m_view->table.table.columns[column]);
    case Qt::ToolTipRole:
        return seed.keepsWeights
                   ? tr("Run %1; double click to see its curves and log").arg(seed.run)
                   : tr("Run %1; the weights of the epoch that the rule picks are not kept").arg(seed.run);
    case SortRole: {
        if (column == 0) return static_cast<qulonglong>(seed.seed);
        const auto value = seedValue(group, item, column);
        return value ? QVariant(*value) : QVariant();
    }
    case KeyRole:
        return QStringLiteral("run/%1").arg(seed.run);
    case RunRole:
        return static_cast<qint64>(seed.run);
    case MethodRole:
        return m_view->cells[group].method;
    default:
        return {};
    }
}

ResultsFilter::ResultsFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
}

void ResultsFilter::setText(const QString& text) {
    m_text = text;
    invalidateFilter();
}

bool ResultsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (parent.isValid() || m_text.isEmpty()) return true;
    for (int column = 0; column < sourceModel()->columnCount(); ++column) {
        const QModelIndex cell = sourceModel()->index(row, column);
        if (cell.data(SortRole).typeId() == QMetaType::QString &&
            cell.data().toString().contains(m_text, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

bool ResultsFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(SortRole), b = right.data(SortRole);
    if (a.isValid() && b.isValid()) return QSortFilterProxyModel::lessThan(left, right);
    if (!a.isValid() && !b.isValid()) return left.row() < right.row();
    return a.isValid() == (sortOrder() == Qt::AscendingOrder); // the missing one goes last
}

} // namespace levi
