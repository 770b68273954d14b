// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/layer_picker.h"

#include "core/base/error.h"
#include "ui/widgets/block_item.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>

namespace levi {
namespace {

constexpr double kLargestScale = 1.8, kLargestStretch = 1.7;
constexpr double kExportScale = 3; // of pictures made of pixels

} // namespace

LayerPicker::LayerPicker(QWidget* parent) : QGraphicsView(parent) {
    setScene(&m_scene);
    setObjectName(QStringLiteral("layer_picker"));
    setAccessibleName(tr("Layers of the backbone"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setMinimumHeight(280);
}

void LayerPicker::showPicture(const MethodPicture& picture) {
    const int layer = currentLayer();
    m_picture = picture;
    redraw();
    const auto& blocks = m_picture.blocks;
    const auto found =
        std::ranges::find_if(blocks, [&](const PictureBlock& b) { return b.first <= layer && layer <= b.last; });
    m_current = found == blocks.end() ? 0 : static_cast<int>(found - blocks.begin());
    m_anchor = std::min(m_anchor, std::max(0, static_cast<int>(blocks.size()) - 1));
    showFocus();
}

// As wide as the view; what height is left goes between the lanes.
void LayerPicker::redraw() {
    m_stretch = 1;
    m_scene.draw(m_picture, themeColors());
    const QRectF natural = m_scene.sceneRect();
    const double room = viewport()->height() / scaleFor(natural);
    if (!m_picture.blocks.empty() && room > natural.height()) {
        m_stretch = std::clamp(1 + (room - natural.height()) / natural.height(), 1.0, kLargestStretch);
        m_scene.draw(m_picture, themeColors(), m_stretch);
    }
    fit();
    showFocus();
}

double LayerPicker::scaleFor(const QRectF& rect) const {
    return std::min(kLargestScale, viewport()->width() / std::max(1.0, rect.width()));
}

void LayerPicker::fit() {
    const QRectF rect = m_scene.sceneRect();
    if (rect.isEmpty()) return;
    const double scale = std::min(scaleFor(rect), viewport()->height() / rect.height());
    setTransform(QTransform::fromScale(scale, scale));
}

int LayerPicker::currentLayer() const {
    if (m_current < 0 || m_current >= static_cast<int>(m_picture.blocks.size())) return -1;
    return m_picture.blocks[static_cast<std::size_t>(m_current)].first;
}

QPoint LayerPicker::positionOf(int layer) const {
    for (const BlockItem* item : m_scene.blocks())
        if (item->block().first <= layer && layer <= item->block().last) return mapFromScene(item->rect().center());
    return {-1, -1};
}

int LayerPicker::indexAt(const QPoint& at) const {
    const QPointF point = mapToScene(at);
    const auto& items = m_scene.blocks();
    const auto found = std::ranges::find_if(items, [&](const BlockItem* item) { return item->rect().contains(point); });
    return found == items.end() ? -1 : static_cast<int>(found - items.begin());
}

void LayerPicker::mousePressEvent(QMouseEvent* event) {
    const int index = event->button() == Qt::LeftButton ? indexAt(event->pos()) : -1;
    if (index < 0) return QGraphicsView::mousePressEvent(event);
    if (event->modifiers() & Qt::ShiftModifier) return extendTo(index);
    m_anchor = index;
    m_current = index;
    toggle(index);
}

void LayerPicker::keyPressEvent(QKeyEvent* event) {
    const bool extends = event->modifiers() & Qt::ShiftModifier;
    const int last = static_cast<int>(m_picture.blocks.size()) - 1;
    if (last < 0) return QGraphicsView::keyPressEvent(event);
    const auto go = [&](int index) { extends ? extendTo(std::clamp(index, 0, last)) : moveTo(index); };
    switch (event->key()) {
    case Qt::Key_Left:
        return go(m_current - 1);
    case Qt::Key_Right:
        return go(m_current + 1);
    case Qt::Key_Home:
        return go(0);
    case Qt::Key_End:
        return go(last);
    case Qt::Key_Space:
    case Qt::Key_Return:
        m_anchor = m_current;
        return toggle(m_current);
    default:
        return QGraphicsView::keyPressEvent(event);
    }
}

void LayerPicker::moveTo(int index) {
    if (m_picture.blocks.empty()) return;
    m_current = std::clamp(index, 0, static_cast<int>(m_picture.blocks.size()) - 1);
    m_anchor = m_current;
    showFocus();
}

void LayerPicker::toggle(int index) {
    if (index < 0 || index >= static_cast<int>(m_picture.blocks.size())) return;
    const PictureBlock& block = m_picture.blocks[static_cast<std::size_t>(index)];
    showFocus();
    if (block.isFolded()) return Q_EMIT unfoldWanted(block.first);
    if (!m_picture.isTappable) return Q_EMIT remarked(tr("This method reads the last hidden state only."));
    const std::vector<int> before = m_picture.taps();
    std::set<int> taps(before.begin(), before.end());
    if (!taps.erase(block.first)) taps.insert(block.first);
    pick(std::move(taps));
}

// From the anchor to here: all of them as the anchor is.
void LayerPicker::extendTo(int index) {
    if (!m_picture.isTappable || m_picture.blocks.empty()) return;
    const bool taps = m_picture.blocks[static_cast<std::size_t>(m_anchor)].isTapped;
    const std::vector<int> before = m_picture.taps();
    std::set<int> all(before.begin(), before.end());
    const auto [low, high] = std::minmax(m_anchor, index);
    const int first = m_picture.blocks[static_cast<std::size_t>(low)].first;
    const int last = m_picture.blocks[static_cast<std::size_t>(high)].last;
    for (int layer = first; layer <= last; ++layer)
        taps ? void(all.insert(layer)) : void(all.erase(layer));
    const int anchorLayer = m_picture.blocks[static_cast<std::size_t>(m_anchor)].first;
    m_current = index;
    pick(std::move(all));
    const auto& blocks = m_picture.blocks; // drawn anew by now: folds may have moved
    for (std::size_t i = 0; i < blocks.size(); ++i)
        if (blocks[i].first <= anchorLayer && anchorLayer <= blocks[i].last) m_anchor = static_cast<int>(i);
}

void LayerPicker::pick(std::set<int> taps) {
    if (taps.empty()) return Q_EMIT remarked(tr("At least one layer stays tapped: tap another one first."));
    Q_EMIT tapsPicked({taps.begin(), taps.end()});
}

void LayerPicker::showFocus() {
    const auto& items = m_scene.blocks();
    for (std::size_t i = 0; i < items.size(); ++i)
        items[i]->setRing(hasFocus() && static_cast<int>(i) == m_current);
    if (currentLayer() < 0) return;
    const PictureBlock& block = m_picture.blocks[static_cast<std::size_t>(m_current)];
    const QString state = block.isTapped ? tr("tapped") : tr("not tapped");
    setAccessibleDescription(tr("layer %1 of %2, %3").arg(block.name).arg(m_picture.depth()).arg(state));
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void LayerPicker::resizeEvent(QResizeEvent* event) {
    QGraphicsView::resizeEvent(event);
    redraw();
}

void LayerPicker::focusInEvent(QFocusEvent* event) {
    QGraphicsView::focusInEvent(event);
    showFocus();
}

void LayerPicker::focusOutEvent(QFocusEvent* event) {
    QGraphicsView::focusOutEvent(event);
    showFocus();
}

void LayerPicker::changeEvent(QEvent* event) {
    QGraphicsView::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
    redraw();
}

void LayerPicker::exportTo(const QString& file) const {
    LayerScene scene;
    scene.draw(m_picture, lightTheme(), m_stretch);
    scene.setBackgroundBrush(Qt::white);
    const QSizeF size = scene.sceneRect().size();
    bool written = false;
    if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setFileName(file);
        svg.setSize(size.toSize());
        svg.setViewBox(QRectF(QPointF(0, 0), size));
        svg.setTitle(tr("Method"));
        QPainter painter;
        written = painter.begin(&svg);
        if (written) scene.render(&painter);
    } else if (file.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) {
        QPdfWriter pdf(file);
        pdf.setResolution(72);
        pdf.setPageSize(QPageSize(size, QPageSize::Point));
        pdf.setPageMargins(QMarginsF());
        QPainter painter;
        written = painter.begin(&pdf);
        if (written) scene.render(&painter);
    } else {
        QImage image((size * kExportScale).toSize(), QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        scene.render(&painter);
        painter.end();
        written = image.save(file);
    }
    if (!written) throw Error("{}: cannot be written; choose another folder", file.toStdString());
}

} // namespace levi
