// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>

#include <cstdint>

namespace levi {

// 9991 -> "9,991".
inline QString grouped(std::int64_t count) {
    return QLocale(QLocale::English).toString(static_cast<qlonglong>(count));
}

// counted(3, "run", "runs") -> "3 runs".
inline QString counted(std::int64_t count, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(grouped(count), count == 1 ? one : many);
}

// About how long: "41 s", "4 min", "1.5 h".
inline QString roughDuration(double seconds) {
    if (seconds < 90) return QStringLiteral("%1 s").arg(qRound(seconds));
    if (seconds < 90 * 60) return QStringLiteral("%1 min").arg(qRound(seconds / 60));
    return QStringLiteral("%1 h").arg(seconds / 3600, 0, 'f', 1);
}

} // namespace levi
