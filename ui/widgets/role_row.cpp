// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/role_row.h"

#include "core/spec/roles.h"
#include "ui/models/queue_rows.h"
#include "ui/theme.h"
#include "ui/words.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace levi {
namespace {

constexpr int kHeight = 52, kNameWidth = 136, kBarsWidth = 112, kPicture = 40, kGap = 4;
constexpr int kTextLines = 3;

QImage imageOf(const Thumbnail& thumbnail) {
    const auto bytes = static_cast<std::size_t>(thumbnail.height * thumbnail.width * 3);
    if (thumbnail.width <= 0 || thumbnail.height <= 0 || thumbnail.rgb.size() < bytes) return {};
    return QImage(thumbnail.rgb.data(), static_cast<int>(thumbnail.width), static_cast<int>(thumbnail.height),
                  static_cast<int>(thumbnail.width * 3), QImage::Format_RGB888)
        .copy();
}

QString spokenRole(const std::string& role) {
    static const std::vector<std::pair<std::string, QString>> s_words{
        {"train", RoleRow::tr("train")},
        {"id_val", RoleRow::tr("ID validation")},
        {"id_test", RoleRow::tr("ID test")},
        {"ood_val", RoleRow::tr("OOD validation")},
    };
    for (const auto& [key, word] : s_words)
        if (key == role) return word;
    if (isOodTest(role)) return RoleRow::tr("OOD %1").arg(QString::fromStdString(role.substr(kOodTestPrefix.size())));
    return QString::fromStdString(role);
}

} // namespace

RoleRow::RoleRow(const RoleInfo& role, const std::vector<std::string>& classes, QWidget* parent)
    : QWidget(parent), m_role(role), m_classes(classes) {
    for (Thumbnail& sample : m_role.samples) {
        m_pictures.push_back(imageOf(sample));
        sample.rgb.clear();
    }
    setFixedHeight(kHeight);
    setMinimumWidth(kNameWidth + kBarsWidth + 2 * kGrid + kPicture);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("%1: %2 rows").arg(spokenRole(m_role.role), grouped(m_role.rows)));
}

QSize RoleRow::sizeHint() const {
    return {kNameWidth + kBarsWidth + 2 * kGrid + 8 * (kPicture + kGap), kHeight};
}

QRect RoleRow::barsRect() const {
    return {kNameWidth, (kHeight - kPicture) / 2, kBarsWidth, kPicture};
}

QRect RoleRow::pictureRect(int index) const {
    return {kNameWidth + kBarsWidth + 2 * kGrid + index * (kPicture + kGap), (kHeight - kPicture) / 2, kPicture,
            kPicture};
}

void RoleRow::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = themeColors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(colors.text);
    const QString name = painter.fontMetrics().elidedText(spokenRole(m_role.role), Qt::ElideRight, kNameWidth - kGrid);
    painter.drawText(QRect(0, 0, kNameWidth, kHeight / 2), Qt::AlignLeft | Qt::AlignBottom, name);
    painter.setFont(font());
    painter.setPen(colors.muted);
    painter.drawText(QRect(0, kHeight / 2, kNameWidth, kHeight / 2), Qt::AlignLeft | Qt::AlignTop,
                     tr("%1 rows").arg(grouped(m_role.rows)));
    paintBars(painter);
    paintTexts(painter);
    for (int i = 0; i < static_cast<int>(m_pictures.size()); ++i) {
        const QRect box = pictureRect(i);
        if (box.right() > width() || m_pictures[static_cast<std::size_t>(i)].isNull()) break;
        const QImage& picture = m_pictures[static_cast<std::size_t>(i)];
        QRect target(QPoint(0, 0), picture.size().scaled(box.size(), Qt::KeepAspectRatio));
        target.moveCenter(box.center());
        painter.drawImage(target, picture);
    }
}

QRect RoleRow::textRect(int index) const {
    const int left = pictureRect(0).left(), height = kHeight / kTextLines;
    return {left, index * height, width() - left, height};
}

// Of rows of text: how the first ones begin.
void RoleRow::paintTexts(QPainter& painter) const {
    painter.setPen(themeColors().text);
    for (int i = 0; i < std::min(kTextLines, static_cast<int>(m_role.samples.size())); ++i) {
        const QString text = cleanText(m_role.samples[static_cast<std::size_t>(i)].text).simplified();
        if (text.isEmpty()) return;
        const QRect line = textRect(i);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, line.width()));
    }
}

// Bars from the base line; the axis is that of this role, so a flat row of bars is a balanced role.
void RoleRow::paintBars(QPainter& painter) const {
    const auto& rows = m_role.rowsPerClass;
    if (rows.empty()) return;
    const ThemeColors& colors = themeColors();
    const QRectF area = barsRect();
    const double most = static_cast<double>(std::max<std::int64_t>(1, *std::ranges::max_element(rows)));
    const double step = area.width() / static_cast<double>(rows.size());
    const double gap = step > 4 ? 1 : 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double height = area.height() * static_cast<double>(rows[i]) / most;
        painter.fillRect(QRectF(area.left() + step * static_cast<double>(i), area.bottom() - height,
                                std::max(1.0, step - gap), height),
                         colors.accent);
    }
    painter.setPen(colors.border);
    painter.drawLine(area.bottomLeft(), area.bottomRight());
}

QString RoleRow::tipAt(const QPoint& at) const {
    if (barsRect().contains(at) && !m_role.rowsPerClass.empty()) {
        const auto classes = static_cast<int>(m_role.rowsPerClass.size());
        const int index = std::clamp((at.x() - barsRect().left()) * classes / barsRect().width(), 0, classes - 1);
        const auto i = static_cast<std::size_t>(index);
        const QString name = i < m_classes.size() ? QString::fromStdString(m_classes[i]) : QString::number(index);
        return tr("%1: %2 rows").arg(name, grouped(m_role.rowsPerClass[i]));
    }
    for (int i = 0; i < std::min(kTextLines, static_cast<int>(m_role.samples.size())); ++i) {
        const std::string& text = m_role.samples[static_cast<std::size_t>(i)].text;
        if (!text.empty() && textRect(i).contains(at))
            return QStringLiteral("<p>%1</p>").arg(cleanText(text).toHtmlEscaped());
    }
    for (int i = 0; i < static_cast<int>(m_pictures.size()); ++i)
        if (pictureRect(i).contains(at) && !m_pictures[static_cast<std::size_t>(i)].isNull()) {
            const Thumbnail& sample = m_role.samples[static_cast<std::size_t>(i)];
            return QStringLiteral("%1\n%2").arg(QString::fromStdString(sample.className),
                                                QString::fromStdString(sample.row));
        }
    QStringList domains;
    for (const auto& [domain, rows] : m_role.rowsPerDomain)
        domains << tr("%1: %2 rows").arg(QString::fromStdString(domain), grouped(rows));
    return domains.join(QLatin1Char('\n'));
}

bool RoleRow::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
    return true;
}

} // namespace levi
