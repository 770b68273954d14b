// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/run_events.h"
#include "ui/widgets/plot_frame.h"

#include <vector>

namespace levi {

struct LossValues {
    QString runTitle;
    std::vector<LossPoint> steps; // live; may be empty after a restart of the program
    struct Epoch {
        double epoch = 0, loss = 0; // mean over the epoch
    };
    std::vector<Epoch> epochs;
};

// Training loss over epochs: every step, the mean of each epoch as a point, and over many steps, then faint, a running
// mean; of epochs too short for one the means are joined.
class LossPlot : public PlotFrame {
    Q_OBJECT

public:
    using PlotFrame::PlotFrame;

    void setValues(LossValues values);

    QString figureTitle() const override;
    QString hoverTextAt(QPointF position) const override;

protected:
    bool hasContent() const override { return !m_values.steps.empty() || !m_values.epochs.empty(); }
    void draw(const PlotColors& colors) override;
    void fitAxes() override;

private:
    LossValues m_values;
};

} // namespace levi
