// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"
#include "ui/widgets/method_picture.h"

#include <QGraphicsScene>

#include <vector>

namespace levi {

class BlockItem;

// The method as a drawing: backbone on top, adapters under the taps, the specialist with its bus below, the combination
// at the right. Drawn anew from values whenever they change; the picker adds what is clicked.
class LayerScene : public QGraphicsScene {
    Q_OBJECT

public:
    explicit LayerScene(QObject* parent = nullptr) : QGraphicsScene(parent) {}

    // `stretch`: the distances between the lanes, times this.
    void draw(const MethodPicture& picture, const ThemeColors& colors, double stretch = 1);
    const std::vector<BlockItem*>& blocks() const { return m_blocks; }

private:
    // Heights of the lanes, from the top.
    struct Lanes {
        explicit Lanes(double stretch);
        double blockBottom, adapterTop, adapterBottom;
        double answers; // the y_l, on their way to the combination
        double bus;     // s
    };
    struct Box {
        QRectF rect;
        QString heading, detail;
        QColor line, fill, ink;
    };

    double drawBackbone(const MethodPicture& picture); // right edge of the lane
    void drawAdapters(const MethodPicture& picture, double right);
    void drawConcatenation(const MethodPicture& picture, double right);
    void drawHead(const MethodPicture& picture, double right);
    void drawSpecialist(const MethodPicture& picture);
    void drawSpecialistAlone(const MethodPicture& picture);
    void drawParents(const MethodPicture& picture);
    void drawPrediction(const QPointF& from);
    void drawCombination(const QPointF& at, const QString& text);

    void addBox(const Box& box);
    void addWords(const QString& words, const QPointF& at, Qt::Alignment alignment, const QColor& color);
    void addArrow(const QPointF& from, const QPointF& to, const QColor& color);
    void addWire(const std::vector<QPointF>& points, const QColor& color, bool over = false);

    Lanes m_lanes{1};
    ThemeColors m_colors;
    QColor m_specialistColor;
    std::vector<BlockItem*> m_blocks;
};

} // namespace levi
