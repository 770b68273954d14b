// SPDX-License-Identifier: Apache-2.0
#include "tests/house/source_file.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

namespace levi::test {
namespace {

constexpr const char* kFolders[] = {"app", "core", "ui", "tests", "cmake", "packaging", ".ci"};

// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
qsizetype endOfSpan(const QString& text, qsizetype at) {
    static const QRegularExpression s_span(
        QStringLiteral(R"re(//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')re"),
        QRegularExpression::DotMatchesEverythingOption);
    const auto match =
        s_span.match(text, at, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption);
    return match.hasMatch() ? match.capturedEnd() : at;
}

bool isDigitSeparator(const QString& text, qsizetype at) {
    return text[at] == QLatin1Char('\'') && at > 0 && text[at - 1].isLetterOrNumber();
}

bool isOnIncludeLine(const QString& text, qsizetype at) {
    const qsizetype begin = text.lastIndexOf(QLatin1Char('\n'), at) + 1;
    return QStringView(text).mid(begin, at - begin).trimmed().startsWith(QLatin1String("#include"));
}

QString withoutCommentsAndLiterals(const QString& text) {
    QString code = text;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (isDigitSeparator(text, at)) continue;
        const qsizetype end = endOfSpan(text, at);
        if (end == at) continue;
        const bool keep = text[at] == QLatin1Char('"') && isOnIncludeLine(text, at);
        for (qsizetype i = at; !keep && i < end; ++i)
            if (code[i] != QLatin1Char('\n')) code[i] = QLatin1Char(' ');
        at = end - 1;
    }
    return code;
}

QStringList includesOf(const QString& code) {
    static const QRegularExpression s_include(QStringLiteral(R"(^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+))"),
                                              QRegularExpression::MultilineOption);
    QStringList found;
    for (auto match = s_include.globalMatch(code); match.hasNext();)
        found << match.next().captured(1);
    return found;
}

bool isSource(const QString& path) {
    static const QRegularExpression s_source(QStringLiteral(R"((\.(h|cpp|cmake|sh|py)|CMakeLists\.txt|\.ci/run)$)"));
    return s_source.match(path).hasMatch();
}

} // namespace

SourceFile sourceFile(const QString& path, const QString& text) {
    SourceFile file{path, text, {}, {}};
    if (!file.isCpp()) return file;
    file.code = withoutCommentsAndLiterals(text);
    file.includes = includesOf(file.code);
    return file;
}

std::vector<SourceFile> readTree(const QString& root) {
    QStringList paths{QStringLiteral("CMakeLists.txt")};
    for (const char* folder : kFolders) {
        QDirIterator files(QDir(root).filePath(QLatin1String(folder)), QDir::Files | QDir::Hidden,
                           QDirIterator::Subdirectories);
        while (files.hasNext())
            paths << QDir(root).relativeFilePath(files.next());
    }
    paths.sort();
    std::vector<SourceFile> tree;
    for (const auto& path : paths) {
        QFile file(QDir(root).filePath(path));
        if (isSource(path) && file.open(QIODevice::ReadOnly))
            tree.push_back(sourceFile(path, QString::fromUtf8(file.readAll())));
    }
    return tree;
}

} // namespace levi::test
