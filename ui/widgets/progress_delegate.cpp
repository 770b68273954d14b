// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/progress_delegate.h"

#include "ui/models/queue_rows.h"
#include "ui/models/two_level_model.h"
#include "ui/theme.h"

#include <QPainter>

namespace levi {
namespace {

constexpr int kBarHeight = 4;

} // namespace

void ProgressDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const auto state = static_cast<RowState>(index.data(StateRole).toInt());
    const double share = index.data(ShareRole).toDouble();
    if (!isActive(state) || (state == RowState::Queued && share <= 0)) return;
    const bool isSelected = option.state & QStyle::State_Selected;
    const ThemeColors& colors = themeColors();
    QRect track = option.rect.adjusted(4, 0, -4, -3);
    track.setTop(track.bottom() - kBarHeight + 1);
    painter->fillRect(track, isSelected ? colors.accent.darker(130) : colors.border);
    track.setWidth(qRound(track.width() * share));
    painter->fillRect(track, isSelected ? colors.onAccent : colors.accent);
}

} // namespace levi
