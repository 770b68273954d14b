// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/plot_theme.h"

#include <QImage>
#include <QString>
#include <QWidget>

class QCustomPlot;
class QLabel;

namespace levi {

// What all plots share: theme, wheel zoom, dragging, double click back to everything, hover, empty state, and drawing
// onto paper. A plot holds its values and draws them anew in draw(); nothing is kept in between.
class PlotFrame : public QWidget {
    Q_OBJECT

public:
    explicit PlotFrame(QWidget* parent = nullptr);

    // On white, as wide as asked, with the part of the axes that is seen. sizePixels: 96 a inch.
    QByteArray toSvg(QSize sizePixels);                   // text as paths; one <svg> element with title, no XML head
    void writePdf(const QString& file, QSize sizePixels); // text as text; throws Error where it cannot be written
    QImage toImage(QSize sizePixels, double scale);

    void setEmptyText(const QString& sentence);
    bool isEmpty() const { return !hasContent(); }
    void showAll(); // as a double click does

    virtual QString figureTitle() const = 0;
    virtual QString hoverTextAt(QPointF /*position*/) const { return {}; }
    virtual QSize figureSize(int widthPixels) const { return {widthPixels, widthPixels * 5 / 8}; }

    QSize sizeHint() const override { return {480, 300}; }
    QSize minimumSizeHint() const override { return {200, 140}; }

protected:
    QCustomPlot& plot() const { return *m_plot; }
    // Values changed: draws, ranges follow the values until the user zooms or drags. What nobody sees is drawn when it
    // is shown.
    void refresh();
    void refreshSoon();           // once for many events
    virtual void roomChanged() {} // before it is drawn at another size

    virtual bool hasContent() const = 0;
    virtual void draw(const PlotColors& colors) = 0; // plottables; the plot is empty and themed when called
    virtual void fitAxes() = 0;                      // ranges that show everything
    // Items that stand where pixels decide, such as labels: after each layout, the former ones are gone. Where it finds
    // that something has to be drawn otherwise (a legend, say), it asks for another round; rounds must come to an end.
    virtual void annotate(const PlotColors& /*colors*/) {}
    void composeAgain() { m_wantsRound = true; }
    virtual void beginComposing() {} // before the first round
    virtual void clickedAt(QPointF /*position*/, bool /*extend*/) {}

    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void drawWith(const PlotColors& colors);
    void compose(const PlotColors& colors); // draws, fits and lays out until annotate() is content
    void takeLayout();
    void drawOnScreen();
    template<typename Paint>
    void paintForPrint(QSize sizePixels, const Paint& paint);

    QCustomPlot* m_plot = nullptr;
    QLabel* m_empty = nullptr;
    PlotColors m_colors;
    QPoint m_pressed;
    bool m_isDragging = false;
    bool m_userView = false; // the user has zoomed or dragged
    bool m_isComposing = false;
    bool m_wantsRound = false;
    bool m_isRetried = false; // once for what the user does: no loop
    bool m_isStale = true;    // not drawn since something changed
    bool m_isQueued = false;  // will be drawn soon
    bool m_hasNewRoom = false;
};

} // namespace levi
