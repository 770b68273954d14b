// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"
#include "ui/widgets/label_placer.h"
#include "ui/widgets/plot_frame.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace levi {

struct CloudSpot;

// A setting: the mean of its seeds with the intervals of both means, and each seed. Numbers as shown (percent).
struct IdOodPoint {
    QString key, title, method;
    int variant = 0; // of the method's settings
    double id = 0, ood = 0;
    std::optional<Interval> idEnds, oodEnds; // of the whiskers
    struct Seed {
        std::int64_t run = 0;
        std::uint64_t seed = 0;
        double id = 0, ood = 0;
    };
    std::vector<Seed> seeds;
};

struct IdOodValues {
    QString quantity, unit; // "accuracy", "%"
    QString spreadName;     // what the whiskers are
    int decimals = 1;
    std::vector<IdOodPoint> points;
};

// In-distribution against out-of-distribution. Seeds are small and faint, means large, on top of their intervals. Each
// is named beside its point, or in a legend where there is no room.
class IdOodPlot : public PlotFrame {
    Q_OBJECT

public:
    using PlotFrame::PlotFrame;

    void setValues(IdOodValues values);
    void setSelected(const std::set<QString>& keys);
    QPointF pixelOf(const QString& key) const;                           // of a mean, for tests
    const std::set<QString>& keysInLegend() const { return m_inLegend; } // named there, not beside their points
    int unnamed() const { return m_unnamed; }                            // counted in the legend's last line

    QString figureTitle() const override;
    QString hoverTextAt(QPointF position) const override;
    QSize figureSize(int widthPixels) const override { return {widthPixels, widthPixels * 3 / 4}; }

Q_SIGNALS:
    void picked(const QString& key, bool extend); // "": beside every point

protected:
    bool hasContent() const override { return !m_values.points.empty(); }
    void draw(const PlotColors& colors) override;
    void fitAxes() override;
    void beginComposing() override {
        m_inLegend.clear();
        m_unnamed = 0;
    }
    void annotate(const PlotColors& colors) override; // names, where they hide no other name
    void clickedAt(QPointF position, bool extend) override;

private:
    struct Hit {
        const IdOodPoint* point = nullptr;
        const IdOodPoint::Seed* seed = nullptr; // null: the mean
    };
    Hit hitAt(QPointF position) const;
    LabelPlacer placer() const; // knows where points and whiskers are
    std::vector<const IdOodPoint*> byImportance() const;
    bool isFaded(const IdOodPoint& point) const;
    void addSeeds(const IdOodPoint& point, const PlotColors& colors, std::vector<CloudSpot>& spots) const;
    CloudSpot meanOf(const IdOodPoint& point, const PlotColors& colors) const;
    void addLegendEntry(const IdOodPoint& point, const PlotColors& colors);
    double legendNamePixels() const;
    int legendLines() const;
    int mostLegendColumns() const;
    std::size_t legendRoom() const; // entries, beside the one that counts the rest
    void showLegend(const PlotColors& colors);
    bool annotateOne(const IdOodPoint& point, LabelPlacer& placer, const PlotColors& colors);

    IdOodValues m_values;
    std::set<QString> m_selected;
    std::set<QString> m_inLegend; // keys
    int m_unnamed = 0;            // in sight, and neither place has room
};

} // namespace levi
