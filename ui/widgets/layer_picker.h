// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/layer_scene.h"

#include <QGraphicsView>

#include <set>

namespace levi {

// The picture of the method, in which layers are picked: click or Space taps one, Shift-click and Shift-arrow extend,
// arrows move. The picture always fits into the view.
class LayerPicker : public QGraphicsView {
    Q_OBJECT

public:
    explicit LayerPicker(QWidget* parent = nullptr);

    void showPicture(const MethodPicture& picture);
    const MethodPicture& picture() const { return m_picture; }
    int currentLayer() const;                 // of the keyboard; -1 where there is none
    QPoint positionOf(int layer) const;       // in the viewport; for tests
    void exportTo(const QString& file) const; // by its ending: svg, pdf, else a picture; on white. Throws Error.

Q_SIGNALS:
    void tapsPicked(const std::vector<int>& taps); // ascending, never empty
    void unfoldWanted(int firstLayer);
    void remarked(const QString& sentence); // why a click changes nothing

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();
    double scaleFor(const QRectF& rect) const; // by width
    void redraw();
    void moveTo(int index);
    void toggle(int index);
    void extendTo(int index);
    void pick(std::set<int> taps);
    void showFocus();
    int indexAt(const QPoint& at) const; // of the block; -1 where there is none

    LayerScene m_scene;
    MethodPicture m_picture;
    int m_current = 0; // index into the blocks
    int m_anchor = 0;  // where Shift extends from
    double m_stretch = 1;
};

} // namespace levi
