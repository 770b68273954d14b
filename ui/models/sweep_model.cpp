// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/sweep_model.h"

#include "core/base/numbers.h"
#include "ui/models/queue_rows.h"

#include <array>

namespace levi {
namespace {

constexpr std::array kTitles = {
    QT_TRANSLATE_NOOP("levi::SweepModel", "setting"),     QT_TRANSLATE_NOOP("levi::SweepModel", "method"),
    QT_TRANSLATE_NOOP("levi::SweepModel", "done"),        QT_TRANSLATE_NOOP("levi::SweepModel", "parameters"),
    QT_TRANSLATE_NOOP("levi::SweepModel", "a run takes"), QT_TRANSLATE_NOOP("levi::SweepModel", "left"),
};

QString durationOrDash(double seconds) {
    return seconds > 0 ? QString::fromStdString(durationText(seconds)) : QStringLiteral("–");
}

} // namespace

void SweepModel::show(const SweepPreview& preview) {
    beginResetModel();
    m_rows = preview.rows;
    endResetModel();
}

int SweepModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SweepModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SweepModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const SweepPreview::Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole && index.column() > Method) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && index.column() == Setting) return cleanText(row.setting).toHtmlEscaped();
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
    case Setting:
        return cleanText(row.setting);
    case Method:
        return QString::fromStdString(row.method);
    case Done:
        return tr("%1 of %2").arg(row.done).arg(row.seeds.size());
    case Parameters:
        return row.parameters > 0 ? QString::fromStdString(countText(row.parameters)) : QStringLiteral("–");
    case RunTakes:
        return durationOrDash(row.runSeconds);
    default:
        return durationOrDash(row.leftSeconds);
    }
}

QVariant SweepModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::TextAlignmentRole)
        return int((section > Method ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    return tr(kTitles[static_cast<std::size_t>(section)]);
}

} // namespace levi
