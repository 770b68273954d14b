// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QFileInfo>
#include <QTest>

#include <filesystem>

// Fixtures that lie beside the checkout and are never part of it: ../shared/golden and ../shared/data, or the folder
// that LEVI_SHARED names. A test that needs one that is absent skips with a message.
namespace levi::test {

inline std::filesystem::path sharedFolder() {
    if (qEnvironmentVariableIsSet("LEVI_SHARED")) return qgetenv("LEVI_SHARED").toStdString();
    return std::filesystem::path(LEVI_SOURCE_DIR) / "../shared";
}
inline std::filesystem::path golden(const char* name) {
    return sharedFolder() / "golden" / name;
}
inline std::filesystem::path realData(const char* name) {
    return sharedFolder() / "data" / name;
}

} // namespace levi::test

#define LEVI_NEEDS(path)                                                                                               \
    do {                                                                                                               \
        if (!std::filesystem::exists(path))                                                                            \
            QSKIP(qPrintable(QStringLiteral("%1 is not here").arg(QString::fromStdString((path).string()))));          \
    } while (false)
