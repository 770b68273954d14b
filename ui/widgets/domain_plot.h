// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"
#include "ui/widgets/plot_frame.h"

#include <optional>
#include <set>
#include <vector>

namespace levi {

// Numbers as shown (percent).
struct DomainValues {
    QString quantity, unit, spreadName;
    int decimals = 1;
    struct Series { // a setting
        QString key, title, method;
        int variant = 0; // of the method's settings
    };
    std::vector<Series> series;
    struct Bar {
        double mean = 0;
        std::optional<Interval> ends; // of the whiskers
        std::int64_t count = 0;
    };
    struct Domain {
        QString title;
        bool isOod = false;
        std::vector<std::optional<Bar>> bars; // a series each
    };
    std::vector<Domain> domains;
};

// A group of bars a domain, a bar a setting, with intervals. ID bars are full, OOD bars pale; further settings of a
// method are hatched.
class DomainPlot : public PlotFrame {
    Q_OBJECT

public:
    using PlotFrame::PlotFrame;

    void setValues(DomainValues values);
    void setSelected(const std::set<QString>& keys); // others are drawn faint

    QString figureTitle() const override;
    QString hoverTextAt(QPointF position) const override;
    QSize figureSize(int widthPixels) const override;
    QPointF pixelOf(int domain, int series) const; // inside a bar, for tests

Q_SIGNALS:
    void picked(const QString& key, bool extend);

protected:
    bool hasContent() const override; // any bar
    void draw(const PlotColors& colors) override;
    void fitAxes() override;
    void annotate(const PlotColors& colors) override;
    void clickedAt(QPointF position, bool extend) override;

private:
    struct Hit {
        int domain = -1, series = -1;
    };
    Hit hitAt(QPointF position) const;
    double leftOf(int domain, int series) const; // x of the bar's left edge
    double barWidth() const;
    int legendColumns(int widthPixels) const;
    void showLegend();
    bool isFaint(int series) const;
    QColor colorOf(int series, bool isOod, const PlotColors& colors) const;
    void drawSeries(int series, const PlotColors& colors);
    void drawBars(int series, bool isOod, const PlotColors& colors);
    std::optional<QFont> footFont() const;
    void drawFoot(int domain, int series, const QFont& font, const PlotColors& colors);

    void choose();
    QString whatIsShown() const; // "": every setting

    DomainValues m_all, m_values; // as given, as drawn
    std::set<QString> m_selected;
};

} // namespace levi
