// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <vector>

namespace levi {

// Finds places for names beside points, so that none covers another name or what was taken before and, where there is
// room, none what is to be avoided. In pixels.
class LabelPlacer {
public:
    explicit LabelPlacer(const QRectF& frame) : m_frame(frame) {}

    void take(const QRectF& box) { m_taken.push_back(box); }
    void avoid(const QRectF& box) { m_avoided.push_back(box); } // is covered only where there is no other room

    // A name of this size near `at`, whose whisker reaches from `top` to `bottom`. Nothing where there is no room.
    struct Anchor {
        QPointF at;
        double top = 0, bottom = 0;
    };
    std::optional<QRectF> place(const Anchor& anchor, const QSizeF& size);

private:
    QRectF m_frame;
    std::vector<QRectF> m_taken, m_avoided;
};

} // namespace levi
