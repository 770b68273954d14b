// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/loss_plot.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr double kReachPixels = 14;
constexpr std::size_t kSmoothedSteps = 50; // fewer steps need no running mean
constexpr double kMeanReach = 20;          // steps that the running mean looks back
constexpr double kEdgeShare = 0.005;       // of the highest losses, that may lie above the axes

// Exponential running mean, corrected for its start.
QVector<double> smoothed(const QVector<double>& losses) {
    constexpr double kKeep = 1 - 1 / kMeanReach;
    QVector<double> means;
    means.reserve(losses.size());
    double sum = 0, weight = 0;
    for (const double loss : losses) {
        sum = kKeep * sum + (1 - kKeep) * loss;
        weight = kKeep * weight + (1 - kKeep);
        means.push_back(sum / weight);
    }
    return means;
}

// Ascending. A mean that reaches over several epochs shows where the loss was and not where it is.
bool epochsAreLong(const std::vector<LossPoint>& steps) {
    const double epochs = steps.back().epoch - steps.front().epoch;
    return static_cast<double>(steps.size() - 1) >= kMeanReach * epochs;
}

} // namespace

void LossPlot::setValues(LossValues values) {
    std::erase_if(values.steps, [](const LossPoint& point) { return !std::isfinite(point.loss); });
    std::erase_if(values.epochs, [](const LossValues::Epoch& point) { return !std::isfinite(point.loss); });
    m_values = std::move(values);
    refresh();
}

QString LossPlot::figureTitle() const {
    return tr("Training loss of %1").arg(m_values.runTitle);
}

void LossPlot::draw(const PlotColors& colors) {
    labelAxis(*plot().xAxis, tr("epoch"));
    useWholeTicks(*plot().xAxis);
    labelAxis(*plot().yAxis, tr("training loss"));
    QVector<double> epochs, losses;
    for (const LossPoint& point : m_values.steps) {
        epochs.push_back(point.epoch);
        losses.push_back(point.loss);
    }
    const bool isLong = m_values.steps.size() > kSmoothedSteps;
    const bool hasMean = isLong && epochsAreLong(m_values.steps);
    const bool joinsEpochs = m_values.steps.empty() || (isLong && !hasMean);
    const bool isBackground = hasMean || (joinsEpochs && m_values.epochs.size() > 1);
    QCPGraph* steps = plot().addGraph();
    steps->setPen(QPen(faded(colors.accent, colors.background, isBackground ? 0.6 : 0), 1));
    steps->setData(epochs, losses, true);
    if (hasMean) {
        QCPGraph* mean = plot().addGraph();
        mean->setPen(QPen(colors.accent, 1.8));
        mean->setData(epochs, smoothed(losses), true);
    }
    QCPGraph* means = plot().addGraph();
    means->setPen(joinsEpochs ? QPen(colors.accent, m_values.steps.empty() ? 1.4 : 1.8) : QPen(Qt::NoPen));
    means->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(colors.accent, 1.2),
                                           QBrush(colors.background), m_values.epochs.size() > 60 ? 3 : 6));
    for (const auto& epoch : m_values.epochs)
        means->addData(epoch.epoch, epoch.loss);
}

void LossPlot::fitAxes() {
    std::vector<double> losses;
    double last = 0;
    for (const LossPoint& point : m_values.steps) {
        losses.push_back(point.loss);
        last = std::max(last, point.epoch);
    }
    for (const auto& epoch : m_values.epochs) {
        losses.push_back(epoch.loss);
        last = std::max(last, epoch.epoch);
    }
    std::ranges::sort(losses);
    const auto top =
        losses[static_cast<std::size_t>(std::ceil(static_cast<double>(losses.size() - 1) * (1 - kEdgeShare)))];
    const double bottom = std::min(0.0, losses.front());
    plot().xAxis->setRange(0, std::max(last * 1.02, 0.1));
    plot().yAxis->setRange(bottom, bottom + std::max(1e-6, (top - bottom) * 1.08));
}

QString LossPlot::hoverTextAt(QPointF position) const {
    const auto isNear = [&](double epoch, double loss) {
        return std::hypot(plot().xAxis->coordToPixel(epoch) - position.x(),
                          plot().yAxis->coordToPixel(loss) - position.y()) < kReachPixels;
    };
    for (const auto& point : m_values.epochs)
        if (isNear(point.epoch, point.loss))
            return tr("epoch %1<br>mean training loss %2").arg(point.epoch).arg(point.loss, 0, 'f', 4);
    const double epoch = plot().xAxis->pixelToCoord(position.x());
    const auto next = std::ranges::lower_bound(m_values.steps, epoch, {}, &LossPoint::epoch);
    if (next == m_values.steps.end() || !isNear(next->epoch, next->loss)) return {};
    return tr("step %1, epoch %2<br>training loss %3")
        .arg(next->step)
        .arg(next->epoch, 0, 'f', 2)
        .arg(next->loss, 0, 'f', 4);
}

} // namespace levi
