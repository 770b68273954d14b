// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/log_model.h"

#include "ui/models/queue_rows.h"
#include "ui/models/two_level_model.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace levi {
namespace {

constexpr std::array<const char*, LogModel::ColumnCount> kTitles = {QT_TRANSLATE_NOOP("levi::LogModel", "time"),
                                                                    QT_TRANSLATE_NOOP("levi::LogModel", "level"),
                                                                    QT_TRANSLATE_NOOP("levi::LogModel", "text")};

QString timeText(double unixSeconds) {
    constexpr double kLatest = 253402300799; // the year 9999
    if (!std::isfinite(unixSeconds) || unixSeconds < 0 || unixSeconds > kLatest) return QStringLiteral("–");
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(unixSeconds * 1000)).toString(QStringLiteral("HH:mm:ss"));
}

QString levelText(LogLevel level) {
    constexpr std::array kNames = {"debug", "info", "warn", "error"};
    return QLatin1String(kNames[static_cast<std::size_t>(level)]);
}

} // namespace

LogLevel logLevelNamed(const std::string& name) {
    if (name == "debug") return LogLevel::Debug;
    if (name == "warn") return LogLevel::Warn;
    return name == "error" ? LogLevel::Error : LogLevel::Info;
}

LogModel::Row LogModel::rowOf(const LogLine& line) {
    const LogLevel level = logLevelNamed(line.level);
    return {.unixSeconds = line.unixSeconds,
            .level = level,
            .time = timeText(line.unixSeconds),
            .levelName = levelText(level),
            .text = cleanText(line.text)};
}

void LogModel::dropFront(std::size_t dropped) {
    const std::size_t more = dropped - std::min(dropped, std::exchange(m_dropped, dropped));
    if (more == 0 || more >= m_rows.size()) return;
    beginRemoveRows({}, 0, static_cast<int>(more) - 1);
    m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(more));
    endRemoveRows();
}

void LogModel::setLines(std::vector<LogLine> lines, std::size_t dropped) {
    dropFront(dropped);
    std::vector<Row> rows(lines.size());
    std::ranges::transform(lines, rows.begin(), rowOf);
    const bool isLonger = rows.size() >= m_rows.size() &&
                          std::equal(m_rows.begin(), m_rows.end(), rows.begin(), [](const Row& a, const Row& b) {
                              return a.unixSeconds == b.unixSeconds && a.text == b.text;
                          });
    if (!isLonger) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    } else if (rows.size() > m_rows.size()) {
        beginInsertRows({}, static_cast<int>(m_rows.size()), static_cast<int>(rows.size()) - 1);
        m_rows = std::move(rows);
        endInsertRows();
    }
}

QString LogModel::asText() const {
    QString text;
    for (const Row& row : m_rows)
        text += QStringLiteral("%1 %2 %3\n").arg(row.time, row.levelName, row.text);
    return text;
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LogModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const bool sorts = role == SortRole;
    if (role == StateRole) return static_cast<int>(row.level);
    if (role == Qt::ToolTipRole) return row.text.toHtmlEscaped();
    if (role != Qt::DisplayRole && !sorts) return {};
    switch (index.column()) {
    case Time:
        return sorts ? QVariant(row.unixSeconds) : QVariant(row.time);
    case Level:
        return sorts ? QVariant(static_cast<int>(row.level)) : QVariant(row.levelName);
    default:
        return row.text;
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= ColumnCount) return {};
    return tr(kTitles[static_cast<std::size_t>(section)]);
}

void LogFilter::setLeast(LogLevel level) {
    m_least = level;
    invalidateFilter();
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex level = sourceModel()->index(row, LogModel::Level, parent);
    if (level.data(SortRole).toInt() < static_cast<int>(m_least)) return false;
    return QSortFilterProxyModel::filterAcceptsRow(row, parent);
}

} // namespace levi
