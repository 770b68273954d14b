// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/log_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;

namespace levi {

class LogTable;

// A log with a filter of levels and a search. Follows the end while the end is in sight. Long lines are scrolled
// sideways.
class LogView : public QWidget {
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);

    void setLines(std::vector<LogLine> lines, std::size_t dropped = 0); // dropped: older ones that are no longer kept
    void setEmptyText(const QString& text);                             // where there is no line
    QString selectedText() const; // of the selected lines, as a terminal would show them

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void showCount();

    QString m_emptyText;
    LogModel* m_model;
    LogFilter* m_filter;
    QComboBox* m_level;
    QLineEdit* m_search;
    QLabel* m_count;
    LogTable* m_table;
};

} // namespace levi
