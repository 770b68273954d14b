// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/progress_delegate.h"

#include "ui/models/queue_model.h"
#include "ui/models/two_level_model.h"
#include "ui/theme.h"

#include <QPainter>

namespace levi {
namespace {

constexpr int kBarHeight = 3;
constexpr int kRoom = 8; // of a row, beyond its text

} // namespace

void ProgressDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem row = option;
    row.state &= ~QStyle::State_HasFocus; // the whole row shows it
    QStyledItemDelegate::paint(painter, row, index);
    const auto state = static_cast<RowState>(index.data(StateRole).toInt());
    const double share = index.data(ShareRole).toDouble();
    if (index.column() != QueueModel::Progress || !isActive(state) || (state == RowState::Queued && share <= 0)) return;
    const ThemeColors& colors = themeColors();
    QRect track = option.rect.adjusted(4, 0, -4, -1);
    track.setTop(track.bottom() - kBarHeight + 1);
    painter->fillRect(track, colors.border);
    track.setWidth(qRound(track.width() * share));
    painter->fillRect(track, colors.accent);
}

QSize ProgressDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QSize text = QStyledItemDelegate::sizeHint(option, index);
    return {text.width(), option.fontMetrics.height() + kRoom};
}

} // namespace levi
