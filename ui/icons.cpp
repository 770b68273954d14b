// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/icons.h"

#include "ui/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

static void loadIconFiles() { // Q_INIT_RESOURCE must stand outside of any namespace
    Q_INIT_RESOURCE(icons);
}

namespace levi {
namespace {

QColor colorOf(QIcon::Mode mode, QIcon::State state) {
    const ThemeColors& colors = themeColors();
    if (mode == QIcon::Disabled) return colors.muted;
    return state == QIcon::On ? colors.accent : colors.text;
}

class LineIconEngine : public QIconEngine {
public:
    explicit LineIconEngine(QByteArray svg) : m_svg(std::move(svg)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        QByteArray colored = m_svg;
        colored.replace("currentColor", colorOf(mode, state).name().toLatin1());
        QSvgRenderer(colored).render(painter, rect);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new LineIconEngine(m_svg); }

private:
    QByteArray m_svg;
};

} // namespace

QIcon icon(const QString& name) {
    static const bool s_loaded = (loadIconFiles(), true);
    Q_UNUSED(s_loaded)
    QFile file(QStringLiteral(":/levi/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QIcon(new LineIconEngine(file.readAll()));
}

} // namespace levi
