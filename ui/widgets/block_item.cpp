// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/block_item.h"

#include <QApplication>
#include <QCursor>
#include <QPainter>

namespace levi {
namespace {

constexpr double kRing = 4, kCostHeight = 4, kInset = 6;

}

BlockItem::BlockItem(PictureBlock block, const QRectF& rect, const Look& look)
    : m_block(std::move(block)), m_rect(rect), m_look(look) {
    setToolTip(m_block.tip);
    setAcceptHoverEvents(true);
    if (m_look.isTappable) setCursor(Qt::PointingHandCursor);
}

void BlockItem::setRing(bool on) {
    m_hasRing = on;
    update();
}

QRectF BlockItem::boundingRect() const {
    return m_rect.adjusted(-kRing - 2, -kRing - 2, kRing + 2, kRing + 2);
}

void BlockItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const ThemeColors& colors = m_look.colors;
    painter->setRenderHint(QPainter::Antialiasing);
    if (m_hasRing) {
        painter->setPen(QPen(colors.text, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(m_rect.adjusted(-kRing, -kRing, kRing, kRing), 6, 6);
    }
    const bool isLit = m_isHovered && m_look.isTappable;
    const QColor line = m_block.isTapped || m_look.isTrained || isLit ? colors.accent : colors.muted;
    painter->setPen(QPen(line, m_look.isTrained ? 2 : 1, m_block.isFolded() ? Qt::DashLine : Qt::SolidLine));
    painter->setBrush(m_block.isTapped ? colors.accent : m_look.isTrained || isLit ? colors.soft : colors.panel);
    painter->drawRoundedRect(m_rect, 4, 4);
    paintWords(*painter);
}

void BlockItem::paintWords(QPainter& painter) const {
    const ThemeColors& colors = m_look.colors;
    const QColor ink = m_block.isTapped ? colors.onAccent : colors.text;
    QFont bold = QApplication::font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(ink);
    painter.drawText(m_rect.adjusted(0, 0, 0, -m_rect.height() / 3), Qt::AlignCenter, m_block.name);
    if (m_block.isFolded()) return;
    QFont small = QApplication::font();
    small.setPointSizeF(small.pointSizeF() * 0.8);
    painter.setFont(small);
    painter.setPen(m_block.isTapped ? colors.onAccent : colors.muted);
    painter.drawText(m_rect.adjusted(0, m_rect.height() / 3, 0, -10), Qt::AlignCenter, m_block.widthText);
    const QRectF track(m_rect.left() + kInset, m_rect.bottom() - kInset - kCostHeight, m_rect.width() - 2 * kInset,
                       kCostHeight);
    painter.setPen(Qt::NoPen);
    QColor faint = ink;
    faint.setAlphaF(0.18F);
    painter.setBrush(faint);
    painter.drawRect(track);
    painter.setBrush(m_block.isTapped ? colors.onAccent : colors.muted);
    painter.drawRect(QRectF(track.topLeft(), QSizeF(track.width() * m_block.cost, kCostHeight)));
}

void BlockItem::hoverEnterEvent(QGraphicsSceneHoverEvent*) {
    m_isHovered = true;
    update();
}

void BlockItem::hoverLeaveEvent(QGraphicsSceneHoverEvent*) {
    m_isHovered = false;
    update();
}

} // namespace levi
