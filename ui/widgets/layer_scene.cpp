// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/layer_scene.h"

#include "ui/widgets/block_item.h"
#include "ui/widgets/method_style.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QGraphicsPathItem>
#include <QGraphicsSimpleTextItem>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

// Scene units are pixels at scale 1.
constexpr double kBlockTop = 40, kBlockHeight = 76, kBlockGap = 10, kAdapterHeight = 36;
constexpr double kSourceWidth = 76, kSourceHeight = 36;
constexpr double kLeft = kSourceWidth + 28; // where the lanes begin
constexpr double kBoxWidth = 108;
constexpr int kManyBlocks = 18;

double widthOf(const PictureBlock& block, std::size_t blocks) {
    if (block.isFolded()) return 64;
    return blocks > kManyBlocks ? 30 : 50;
}

} // namespace

LayerScene::Lanes::Lanes(double stretch)
    : blockBottom(kBlockTop + kBlockHeight),
      adapterTop(blockBottom + 76 * stretch),
      adapterBottom(adapterTop + kAdapterHeight),
      answers(adapterBottom + 22 * stretch),
      bus(answers + 44 * stretch) {}

void LayerScene::draw(const MethodPicture& picture, const ThemeColors& colors, double stretch) {
    clear();
    m_lanes = Lanes(stretch);
    m_blocks.clear();
    m_colors = colors;
    m_specialistColor = methodStyle("specialist").color(colors.isDark);
    setBackgroundBrush(colors.panel);
    if (picture.isDerived)
        drawParents(picture);
    else if (picture.readout == Readout::None)
        drawSpecialistAlone(picture);
    else {
        const double right = drawBackbone(picture);
        if (picture.readout == Readout::Adapters) drawAdapters(picture, right);
        if (picture.readout == Readout::Concatenation) drawConcatenation(picture, right);
        if (picture.readout == Readout::LastState) drawHead(picture, right);
    }
    setSceneRect(itemsBoundingRect().adjusted(-8, -8, 8, 8));
}

double LayerScene::drawBackbone(const MethodPicture& picture) {
    const double middle = kBlockTop + kBlockHeight / 2;
    addBox({.rect = QRectF(0, middle - kSourceHeight / 2, kSourceWidth, kSourceHeight),
            .heading = picture.backboneReads,
            .line = m_colors.muted,
            .fill = m_colors.window,
            .ink = m_colors.text});
    addWords(picture.backboneText, QPointF(kLeft, kBlockTop - 20), Qt::AlignLeft | Qt::AlignBottom,
             picture.trainsBackbone ? m_colors.accent : m_colors.muted);
    double x = kLeft;
    for (const PictureBlock& block : picture.blocks) {
        const double width = widthOf(block, picture.blocks.size());
        if (m_blocks.empty())
            addArrow(QPointF(kSourceWidth, middle), QPointF(x, middle), m_colors.muted);
        else
            addWire({QPointF(x - kBlockGap, middle), QPointF(x, middle)}, m_colors.muted);
        auto* item = new BlockItem(block, QRectF(x, kBlockTop, width, kBlockHeight),
                                   {.colors = m_colors,
                                    .isTrained = picture.trainsBackbone,
                                    .isTappable = picture.isTappable || block.isFolded()});
        addItem(item);
        m_blocks.push_back(item);
        x += width + kBlockGap;
    }
    return x - kBlockGap;
}

void LayerScene::drawAdapters(const MethodPicture& picture, double right) {
    const double combineX = right + 46;
    double firstX = combineX, firstAnswer = combineX;
    for (const BlockItem* block : m_blocks) {
        if (!block->block().isTapped) continue;
        const double x = block->rect().center().x();
        firstX = std::min(firstX, x);
        addArrow(QPointF(x, m_lanes.blockBottom), QPointF(x, m_lanes.adapterTop), m_colors.accent);
        const double half = std::min(22.0, block->rect().width() / 2);
        addBox({.rect = QRectF(x - half, m_lanes.adapterTop, 2 * half, kAdapterHeight),
                .heading = half > 16 ? QStringLiteral("A%1").arg(block->block().first) : QStringLiteral("A"),
                .line = m_colors.accent,
                .fill = m_colors.panel,
                .ink = m_colors.text});
        const double answer = x + half / 2;
        firstAnswer = std::min(firstAnswer, answer);
        addWire({QPointF(answer, m_lanes.adapterBottom), QPointF(answer, m_lanes.answers)}, m_colors.accent);
    }
    if (firstX < combineX) {
        addWire({QPointF(firstAnswer, m_lanes.answers), QPointF(combineX - 14, m_lanes.answers)}, m_colors.accent);
        addWords(picture.pinText, QPointF(firstX - 12, (m_lanes.blockBottom + m_lanes.adapterTop) / 2), Qt::AlignRight,
                 m_colors.muted);
        addWords(picture.adapterText, QPointF(firstX - 34, m_lanes.adapterTop + kAdapterHeight / 2), Qt::AlignRight,
                 m_colors.muted);
    }
    drawCombination(QPointF(combineX, m_lanes.answers), picture.combineText);
    drawPrediction(QPointF(combineX + 14, m_lanes.answers));
    if (picture.hasSpecialist) drawSpecialist(picture);
}

void LayerScene::drawSpecialist(const MethodPicture& picture) {
    constexpr double kHeight = 52;
    const QRectF box(kLeft, m_lanes.bus - kHeight / 2, kBoxWidth, kHeight);
    addBox({.rect = QRectF(0, m_lanes.bus - kSourceHeight / 2, kSourceWidth, kSourceHeight),
            .heading = picture.specialistReads,
            .line = m_colors.muted,
            .fill = m_colors.window,
            .ink = m_colors.text});
    addArrow(QPointF(kSourceWidth, m_lanes.bus), QPointF(box.left(), m_lanes.bus), m_colors.muted);
    addBox({.rect = box,
            .heading = picture.specialistText,
            .detail = picture.specialistDetail,
            .line = m_specialistColor,
            .fill = m_colors.panel,
            .ink = m_colors.text});
    double end = box.right() + 24;
    for (const BlockItem* block : m_blocks) {
        if (!block->block().isTapped) continue;
        const double x = block->rect().center().x() - std::min(22.0, block->rect().width() / 2) / 2;
        const bool isAboveBox = x < box.right() + 8; // then s goes up from the specialist itself
        addWire({QPointF(x, isAboveBox ? box.top() : m_lanes.bus), QPointF(x, m_lanes.adapterBottom)},
                m_specialistColor, true);
        end = std::max(end, x);
    }
    addWire({QPointF(box.right(), m_lanes.bus), QPointF(end, m_lanes.bus)}, m_specialistColor);
    addWords(tr("s"), QPointF(box.right() + 14, m_lanes.bus + 14), Qt::AlignLeft, m_specialistColor);
    addWords(tr("specialist, trained from scratch"), QPointF(kLeft, box.bottom() + 16), Qt::AlignLeft, m_colors.muted);
}

void LayerScene::drawConcatenation(const MethodPicture& picture, double right) {
    const double join = m_lanes.adapterTop;
    double firstX = right;
    for (const BlockItem* block : m_blocks) {
        if (!block->block().isTapped) continue;
        const double x = block->rect().center().x();
        firstX = std::min(firstX, x);
        addWire({QPointF(x, m_lanes.blockBottom), QPointF(x, join)}, m_colors.accent);
    }
    const QRectF box(right + 32, join - kSourceHeight / 2, kBoxWidth, kSourceHeight);
    addArrow(QPointF(firstX, join), QPointF(box.left(), join), m_colors.accent);
    addWords(picture.pinText, QPointF(firstX - 12, (m_lanes.blockBottom + join) / 2), Qt::AlignRight, m_colors.muted);
    addWords(tr("all side by side"), QPointF(firstX, join + 16), Qt::AlignLeft, m_colors.muted);
    addBox({.rect = box,
            .heading = picture.headText,
            .line = m_colors.accent,
            .fill = m_colors.panel,
            .ink = m_colors.text});
    drawPrediction(QPointF(box.right(), join));
}

void LayerScene::drawHead(const MethodPicture& picture, double right) {
    const double middle = kBlockTop + kBlockHeight / 2;
    const QRectF box(right + 32, middle - kSourceHeight / 2, kBoxWidth, kSourceHeight);
    addArrow(QPointF(right, middle), QPointF(box.left(), middle), m_colors.accent);
    addWords(picture.pinText, QPointF(box.left(), box.bottom() + 16), Qt::AlignLeft, m_colors.muted);
    addBox({.rect = box,
            .heading = picture.headText,
            .line = m_colors.accent,
            .fill = m_colors.panel,
            .ink = m_colors.text});
    drawPrediction(QPointF(box.right(), middle));
}

void LayerScene::drawSpecialistAlone(const MethodPicture& picture) {
    addBox({.rect = QRectF(0, 8, kSourceWidth, kSourceHeight),
            .heading = picture.specialistReads,
            .line = m_colors.muted,
            .fill = m_colors.window,
            .ink = m_colors.text});
    addArrow(QPointF(kSourceWidth, 26), QPointF(kLeft, 26), m_colors.muted);
    const QRectF box(kLeft, 0, kBoxWidth, 52);
    addBox({.rect = box,
            .heading = picture.specialistText,
            .detail = picture.specialistDetail,
            .line = m_specialistColor,
            .fill = m_colors.panel,
            .ink = m_colors.text});
    const QRectF head(box.right() + 32, 8, kBoxWidth, kSourceHeight);
    addArrow(QPointF(box.right(), 26), QPointF(head.left(), 26), m_specialistColor);
    addBox({.rect = head,
            .heading = picture.headText,
            .line = m_colors.accent,
            .fill = m_colors.panel,
            .ink = m_colors.text});
    drawPrediction(QPointF(head.right(), 26));
}

void LayerScene::drawParents(const MethodPicture& picture) {
    QStringList names = picture.parents;
    if (names.isEmpty()) names << tr("a finished run") << tr("another one");
    constexpr double kStep = 52, kWidth = 200;
    const double middle = kStep * static_cast<double>(names.size()) / 2 - 8;
    const QPointF combination(kWidth + 120, middle);
    for (int i = 0; i < names.size(); ++i) {
        const QRectF box(0, kStep * i, kWidth, kSourceHeight);
        addBox({.rect = box,
                .heading = names[i],
                .line = m_colors.muted,
                .fill = picture.parents.isEmpty() ? m_colors.window : m_colors.panel,
                .ink = picture.parents.isEmpty() ? m_colors.muted : m_colors.text});
        addWire({QPointF(box.right(), box.center().y()), QPointF(box.right() + 32, box.center().y()),
                 QPointF(box.right() + 32, middle), QPointF(combination.x() - 14, middle)},
                m_colors.accent);
    }
    drawCombination(combination, picture.combineText);
    drawPrediction(QPointF(combination.x() + 14, middle));
}

void LayerScene::drawCombination(const QPointF& at, const QString& words) {
    constexpr double kRadius = 14, kArm = 7;
    addEllipse(QRectF(at.x() - kRadius, at.y() - kRadius, 2 * kRadius, 2 * kRadius), QPen(m_colors.accent, 1.5),
               m_colors.panel);
    QPainterPath plus(QPointF(at.x() - kArm, at.y()));
    plus.lineTo(at.x() + kArm, at.y());
    plus.moveTo(at.x(), at.y() - kArm);
    plus.lineTo(at.x(), at.y() + kArm);
    addPath(plus, QPen(m_colors.accent, 1.5));
    addWords(words, QPointF(at.x(), at.y() - kRadius - 12), Qt::AlignHCenter, m_colors.muted);
}

void LayerScene::drawPrediction(const QPointF& from) {
    const QRectF box(from.x() + 28, from.y() - kSourceHeight / 2, kSourceWidth + 8, kSourceHeight);
    addArrow(from, QPointF(box.left(), from.y()), m_colors.accent);
    addBox({.rect = box,
            .heading = tr("prediction"),
            .line = m_colors.muted,
            .fill = m_colors.window,
            .ink = m_colors.text});
}

void LayerScene::addBox(const Box& box) {
    QPainterPath path;
    path.addRoundedRect(box.rect, 4, 4);
    addPath(path, QPen(box.line, 1.5), box.fill);
    const QPointF centre = box.rect.center();
    const double lift = box.detail.isEmpty() ? 0 : 9;
    const QFontMetricsF metrics(QApplication::font());
    addWords(metrics.elidedText(box.heading, Qt::ElideRight, box.rect.width() - 8),
             QPointF(centre.x(), centre.y() - lift), Qt::AlignHCenter, box.ink);
    if (lift > 0) addWords(box.detail, QPointF(centre.x(), centre.y() + lift), Qt::AlignHCenter, m_colors.muted);
}

// `at`: the middle of the line of text, at its left, centre or right.
void LayerScene::addWords(const QString& words, const QPointF& at, Qt::Alignment alignment, const QColor& color) {
    if (words.isEmpty()) return;
    QGraphicsSimpleTextItem* item = addSimpleText(words, QApplication::font());
    item->setBrush(color);
    const QRectF size = item->boundingRect();
    double x = at.x();
    if (alignment & Qt::AlignHCenter) x -= size.width() / 2;
    if (alignment & Qt::AlignRight) x -= size.width();
    item->setPos(x, at.y() - size.height() / 2);
    item->setZValue(2);
}

void LayerScene::addArrow(const QPointF& from, const QPointF& to, const QColor& color) {
    addWire({from, to}, color);
    const double angle = std::atan2(to.y() - from.y(), to.x() - from.x());
    QPolygonF head;
    for (const double turn : {0.0, 2.6, -2.6})
        head << to + QPointF(std::cos(angle + turn), std::sin(angle + turn)) * 6 -
                    QPointF(std::cos(angle), std::sin(angle)) * 6;
    addPolygon(head, QPen(Qt::NoPen), color);
}

// `over`: crosses other wires visibly, by a gap around it.
void LayerScene::addWire(const std::vector<QPointF>& points, const QColor& color, bool over) {
    QPainterPath path(points.front());
    for (const QPointF& point : points)
        path.lineTo(point);
    if (over) addPath(path, QPen(m_colors.panel, 5, Qt::SolidLine, Qt::FlatCap))->setZValue(-0.5);
    addPath(path, QPen(color, 1.5))->setZValue(over ? -0.4 : -1);
}

} // namespace levi
