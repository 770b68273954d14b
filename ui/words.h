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

} // namespace levi
