// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/run_records.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace levi {

enum class LogLevel { Debug, Info, Warn, Error };
LogLevel logLevelNamed(const std::string& name); // a level that is not known is Info

// The log of one run: time of day, level, text. SortRole of the level column is a LogLevel.
class LogModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, Level, Text, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    // Lines that begin with those shown are appended; others replace them. dropped: lines before these that are no
    // longer kept; where more of them are than before, as many rows go from the front.
    void setLines(std::vector<LogLine> lines, std::size_t dropped = 0);
    QString asText() const; // all lines, as a terminal would show them

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        double unixSeconds = 0;
        LogLevel level = LogLevel::Info;
        QString time, levelName, text;
    };
    static Row rowOf(const LogLine& line);

    void dropFront(std::size_t dropped);

    std::vector<Row> m_rows;
    std::size_t m_dropped = 0;
};

// Lines of a level and above that contain a text.
class LogFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setLeast(LogLevel level);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    LogLevel m_least = LogLevel::Info;
};

} // namespace levi
