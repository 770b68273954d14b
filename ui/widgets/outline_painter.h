// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPaintDevice>
#include <QPaintEngine>
#include <QSize>

#include <memory>

namespace levi {

// A paint device that hands everything on to another painter, text as outlines: a figure then looks the same wherever
// it is opened, whatever fonts are there. `target` must be active for as long as this is painted on.
class OutlineDevice : public QPaintDevice {
public:
    OutlineDevice(QPainter& target, QSize sizePixels);
    ~OutlineDevice() override;
    QPaintEngine* paintEngine() const override { return m_engine.get(); }

protected:
    int metric(PaintDeviceMetric metric) const override;

private:
    QSize m_size;
    std::unique_ptr<QPaintEngine> m_engine;
};

} // namespace levi
