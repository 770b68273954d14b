// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot_frame.h"

#include "core/base/error.h"
#include "ui/widgets/outline_painter.h"
#include "ui/widgets/plot_theme.h"

#include <qcustomplot.h>

#include <QApplication>
#include <QBuffer>
#include <QHBoxLayout>
#include <QLabel>
#include <QPageLayout>
#include <QPdfWriter>
#include <QScopedValueRollback>
#include <QSvgGenerator>
#include <QToolTip>

#include <utility>

namespace levi {
namespace {

constexpr int kDotsPerInch = 96;
constexpr int kMostRounds = 8;

// Tells where things will be before anything is painted.
class Canvas : public QCustomPlot {
public:
    using QCustomPlot::QCustomPlot;
    void layOut() { updateLayout(); }
};

// A description of the document follows the head: what stands inside a page begins at the element itself.
QByteArray withoutXmlHead(const QByteArray& document) {
    const auto start = document.indexOf("<svg");
    return start < 0 ? QByteArray() : document.mid(start).trimmed();
}

} // namespace

PlotFrame::PlotFrame(QWidget* parent) : QWidget(parent), m_plot(new Canvas(this)), m_empty(new QLabel(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_plot);
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    m_plot->setMouseTracking(true);
    m_plot->setMinimumSize(1, 1);
    m_plot->installEventFilter(this);
    connect(m_plot, &QCustomPlot::afterLayout, this, &PlotFrame::takeLayout);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_empty->setMargin(24);
}

void PlotFrame::setEmptyText(const QString& sentence) {
    if (m_empty->text() == sentence) return;
    m_empty->setText(sentence);
    refresh();
}

void PlotFrame::refresh() {
    m_isRetried = false;
    m_isStale = true;
    if (isVisible()) drawOnScreen();
}

void PlotFrame::refreshSoon() {
    m_isStale = true;
    if (!isVisible() || std::exchange(m_isQueued, true)) return;
    const auto draw = [this] {
        m_isQueued = false;
        if (std::exchange(m_hasNewRoom, false)) roomChanged();
        refresh();
    };
    QMetaObject::invokeMethod(this, draw, Qt::QueuedConnection);
}

void PlotFrame::showAll() {
    m_userView = false;
    refresh();
}

void PlotFrame::drawWith(const PlotColors& colors) {
    m_colors = colors;
    m_plot->legend->clearItems(); // first: a plottable that leaves has the legend laid out anew
    m_plot->clearPlottables();
    placeLegend(*m_plot, LegendPlace::None);
    applyPlotTheme(*m_plot, colors);
    if (hasContent()) draw(colors);
}

void PlotFrame::compose(const PlotColors& colors) {
    const QScopedValueRollback composing(m_isComposing, true);
    beginComposing();
    m_wantsRound = true;
    for (int round = 0; round < kMostRounds && m_wantsRound; ++round) {
        m_wantsRound = false;
        drawWith(colors);
        if (!hasContent()) return;
        if (!m_userView) fitAxes();
        static_cast<Canvas*>(m_plot)->layOut();
    }
}

// Zooming lays out anew as well, and may bring together what had room before.
void PlotFrame::takeLayout() {
    m_plot->clearItems();
    if (hasContent()) annotate(m_colors);
    if (m_isComposing || !m_wantsRound || std::exchange(m_isRetried, true)) return;
    QMetaObject::invokeMethod(this, &PlotFrame::drawOnScreen, Qt::QueuedConnection);
}

void PlotFrame::drawOnScreen() {
    m_isStale = false;
    compose(screenPlotColors());
    m_empty->setVisible(!hasContent() && !m_empty->text().isEmpty());
    m_plot->axisRect()->setVisible(hasContent());
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

template<typename Paint>
void PlotFrame::paintForPrint(QSize sizePixels, const Paint& paint) {
    const QRect onScreen = m_plot->viewport();
    m_plot->setViewport(QRect({}, sizePixels));
    m_plot->axisRect()->setVisible(true);
    compose(printPlotColors());
    paint();
    m_plot->setViewport(onScreen);
    refresh();
}

QByteArray PlotFrame::toSvg(QSize sizePixels) {
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(kDotsPerInch);
    generator.setSize(sizePixels);
    generator.setViewBox(QRect({}, sizePixels));
    generator.setTitle(figureTitle().toHtmlEscaped()); // Qt writes it as it is
    paintForPrint(sizePixels, [&] {
        QPainter target(&generator);
        OutlineDevice outlines(target, sizePixels);
        QCPPainter painter(&outlines);
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        m_plot->toPainter(&painter, sizePixels.width(), sizePixels.height());
    });
    return withoutXmlHead(buffer.data());
}

void PlotFrame::writePdf(const QString& file, QSize sizePixels) {
    QPdfWriter writer(file);
    writer.setResolution(kDotsPerInch);
    writer.setTitle(figureTitle());
    writer.setPageSize(QPageSize(QSizeF(sizePixels) / kDotsPerInch, QPageSize::Inch, {}, QPageSize::ExactMatch));
    writer.setPageMargins({});
    bool isWritten = false;
    paintForPrint(sizePixels, [&] {
        QCPPainter painter;
        if (!painter.begin(&writer)) return;
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        m_plot->toPainter(&painter, sizePixels.width(), sizePixels.height());
        isWritten = painter.end();
    });
    if (!isWritten) throw Error("{}: the figure cannot be written there; choose another folder", file.toStdString());
}

QImage PlotFrame::toImage(QSize sizePixels, double scale) {
    QImage image((QSizeF(sizePixels) * scale).toSize(), QImage::Format_RGB32);
    image.fill(Qt::white);
    paintForPrint(sizePixels, [&] {
        QCPPainter painter(&image);
        painter.setMode(QCPPainter::pmNoCaching);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(scale, scale);
        m_plot->toPainter(&painter, sizePixels.width(), sizePixels.height());
    });
    // Only now: fonts would take the resolution for a scale of their own.
    image.setDotsPerMeterX(qRound(kDotsPerInch * scale / 0.0254));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    return image;
}

void PlotFrame::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    const bool looks = event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange ||
                       event->type() == QEvent::FontChange;
    if (looks) refreshSoon();
}

void PlotFrame::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!m_isStale) return;
    if (std::exchange(m_hasNewRoom, false)) roomChanged();
    refresh();
}

void PlotFrame::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_empty->setGeometry(rect());
    m_empty->raise();
    m_hasNewRoom = true;
    refreshSoon(); // names are cut to the room there is, once the plot inside has its size
}

bool PlotFrame::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_plot) return QWidget::eventFilter(watched, event);
    const auto mouse = [event] { return static_cast<QMouseEvent*>(event); };
    switch (event->type()) {
    case QEvent::Wheel:
        m_userView = true;
        m_isRetried = false;
        break;
    case QEvent::MouseButtonDblClick:
        showAll();
        return true;
    case QEvent::MouseButtonPress:
        m_pressed = mouse()->pos();
        m_isDragging = false;
        break;
    case QEvent::MouseMove:
        if ((mouse()->buttons() & Qt::LeftButton) &&
            (mouse()->pos() - m_pressed).manhattanLength() >= QApplication::startDragDistance())
            m_isDragging = m_userView = true, m_isRetried = false;
        if (mouse()->buttons() == Qt::NoButton)
            QToolTip::showText(mouse()->globalPosition().toPoint(), hoverTextAt(mouse()->position()), m_plot);
        break;
    case QEvent::MouseButtonRelease:
        if (!m_isDragging && mouse()->button() == Qt::LeftButton)
            clickedAt(mouse()->position(), mouse()->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier));
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace levi
