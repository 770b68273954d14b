// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/plot_frame.h"

#include <optional>
#include <vector>

class QScrollBar;

namespace levi {

// Differences from a baseline, paired by seed. Numbers as shown (percentage points).
struct DifferenceValues {
    QString quantity, unit, baseline;
    int decimals = 1;
    struct Row {
        QString key, title, method, role;
        int variant = 0; // of the method's settings
        bool isOod = false;
        double mean = 0;
        std::optional<double> low, high;
        QString p;       // "p = 0.031", "n too small"
        QString verdict; // the sentence
    };
    std::vector<Row> rows;
};

// A row a setting and role: the mean difference with its interval, zero marked, p behind it. Rows that find no room are
// scrolled to, by bar or wheel (Ctrl+wheel zooms), under axes that stay in sight. ID solid, OOD dashed.
class DifferencePlot : public PlotFrame {
    Q_OBJECT

public:
    explicit DifferencePlot(QWidget* parent = nullptr);

    void setValues(DifferenceValues values);

    QString figureTitle() const override;
    QString hoverTextAt(QPointF position) const override;
    QSize figureSize(int widthPixels) const override;

Q_SIGNALS:
    void picked(const QString& key, bool extend);

protected:
    bool hasContent() const override { return !m_values.rows.empty(); }
    void draw(const PlotColors& colors) override;
    void fitAxes() override;
    void annotate(const PlotColors& colors) override;
    void clickedAt(QPointF position, bool extend) override;
    void roomChanged() override { fitBar(); }
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    int rowCount() const { return static_cast<int>(m_values.rows.size()); }
    int rowsInView() const;
    int firstInView() const;
    void fitBar();
    void showRows();                   // those that the bar says
    int rowAt(QPointF position) const; // -1: none
    double heightOf(std::size_t row) const { return -static_cast<double>(row); }
    void drawRow(std::size_t row, const PlotColors& colors);

    DifferenceValues m_values;
    QScrollBar* m_bar;
};

} // namespace levi
