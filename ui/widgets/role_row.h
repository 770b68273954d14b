// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/data_info.h"

#include <QImage>
#include <QWidget>

#include <string>
#include <vector>

namespace levi {

// One role of the data: its name and rows, how its classes are balanced, a few of its pictures. Draws itself.
class RoleRow : public QWidget {
    Q_OBJECT

public:
    RoleRow(const RoleInfo& role, const std::vector<std::string>& classes, QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override; // tool tips of bars and pictures

private:
    QRect barsRect() const;
    QRect pictureRect(int index) const;
    QRect textRect(int index) const;
    QString tipAt(const QPoint& at) const;
    void paintBars(QPainter& painter) const;
    void paintTexts(QPainter& painter) const;

    RoleInfo m_role; // without its samples' pixels
    std::vector<std::string> m_classes;
    std::vector<QImage> m_pictures;
};

} // namespace levi
