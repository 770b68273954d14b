// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace levi::test {

// A file of the source tree as the rules of the house look at it.
struct SourceFile {
    QString path;         // from the root of the tree, as core/base/error.h
    QString text;         // as it stands
    QString code;         // C++ only: comments and the insides of literals blanked, line breaks kept
    QStringList includes; // C++ only: paths of the #include lines, without quotes and brackets

    bool isHeader() const { return path.endsWith(QLatin1String(".h")); }
    bool isCpp() const { return isHeader() || path.endsWith(QLatin1String(".cpp")); }
    bool isIn(const char* folder) const { return path.startsWith(QLatin1String(folder)); }
};

SourceFile sourceFile(const QString& path, const QString& text);

// All sources, scripts and CMake files of the tree, in order of path.
std::vector<SourceFile> readTree(const QString& root);

} // namespace levi::test
