// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/plot_frame.h"

#include <optional>
#include <vector>

namespace levi {

// One run's metric over its candidates. Numbers as shown (percent).
struct MetricValues {
    QString runTitle, method, quantity, unit;
    int variant = 0; // of the method's settings
    int decimals = 1;
    struct Point {
        double epoch = 0, value = 0;
    };
    struct Line {
        QString title;                                            // "ID validation", "sketch"
        bool isOod = false, isTrain = false, isSelection = false; // isSelection: what the rule looks at
        std::vector<Point> points;
    };
    std::vector<Line> lines;
    std::optional<double> pickedEpoch;
};

// ID solid, OOD dashed; a marker where the selection rule picked.
class MetricPlot : public PlotFrame {
    Q_OBJECT

public:
    using PlotFrame::PlotFrame;

    void setValues(MetricValues values);
    const MetricValues& values() const { return m_values; }

    QString figureTitle() const override;
    QString hoverTextAt(QPointF position) const override;

protected:
    bool hasContent() const override;
    void draw(const PlotColors& colors) override;
    void fitAxes() override;
    void annotate(const PlotColors& colors) override; // names at the ends of the lines, and the pick

private:
    QColor colorOf(const MetricValues::Line& line, const PlotColors& colors) const;
    void drawLine(const MetricValues::Line& line, const PlotColors& colors);
    void markPick(const PlotColors& colors);

    MetricValues m_values;
};

} // namespace levi
