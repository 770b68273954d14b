// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"
#include "ui/widgets/method_picture.h"

#include <QGraphicsItem>

namespace levi {

// A hidden state of the backbone: filled where it is tapped, with its width and its share of the cost.
class BlockItem : public QGraphicsItem {
public:
    struct Look {
        ThemeColors colors;
        bool isTrained = false;  // the backbone is
        bool isTappable = false; // a hand for a cursor
    };

    BlockItem(PictureBlock block, const QRectF& rect, const Look& look);

    const PictureBlock& block() const { return m_block; }
    QRectF rect() const { return m_rect; }
    void setRing(bool on); // keyboard focus

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

protected:
    void hoverEnterEvent(QGraphicsSceneHoverEvent* event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent* event) override;

private:
    void paintWords(QPainter& painter) const;

    PictureBlock m_block;
    QRectF m_rect;
    Look m_look;
    bool m_hasRing = false, m_isHovered = false;
};

} // namespace levi
