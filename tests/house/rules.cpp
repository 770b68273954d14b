// SPDX-License-Identifier: Apache-2.0
#include "tests/house/rules.h"

#include <QRegularExpression>

#include <optional>

namespace levi::test {
namespace {

constexpr qsizetype kMaxSourceLines = 400;
constexpr qsizetype kMaxHeaderLines = 150;

QStringList includesThatMatch(const SourceFile& file, const QRegularExpression& pattern) {
    QStringList found;
    for (const auto& include : file.includes)
        if (pattern.match(include).hasMatch()) found << QStringLiteral("includes %1").arg(include);
    return found;
}

QStringList qtInCore(const SourceFile& file) {
    static const QRegularExpression s_qt(QStringLiteral(R"(^(Q[A-Z]|Qt\w*/|q[a-z]+\.h$))"));
    return file.isIn("core/") ? includesThatMatch(file, s_qt) : QStringList();
}

QStringList torchOutsideEngine(const SourceFile& file) {
    static const QRegularExpression s_torch(QStringLiteral(R"(^(torch|ATen|c10|caffe2)/)"));
    return file.isIn("core/engine/") || file.isIn("tests/") ? QStringList() : includesThatMatch(file, s_torch);
}

QStringList umbrellaTorch(const SourceFile& file) {
    static const QRegularExpression s_umbrella(
        QStringLiteral(R"(^(torch/(torch|all|extension)\.h|torch/nn/|torch/nn\.h|ATen/ATen\.h)$)"));
    return includesThatMatch(file, s_umbrella);
}

QStringList plotLibraryOutsidePlots(const SourceFile& file) {
    static const QRegularExpression s_plots(QStringLiteral(R"(^(ui/widgets/|tests/ui/)[^/]*(plot|figure)[^/]*$)"));
    static const QRegularExpression s_library(QStringLiteral(R"(^qcustomplot\.h$)"));
    return s_plots.match(file.path).hasMatch() ? QStringList() : includesThatMatch(file, s_library);
}

// Height of the room that a path lies in; calls go down only. Nothing for paths that are not in a room of ours.
std::optional<int> floorOf(const QString& path) {
    static const QStringList s_floors{QStringLiteral("core/base"),
                                      QStringLiteral("core/spec"),
                                      QStringLiteral("core/stats"),
                                      QStringLiteral("core/store"),
                                      QStringLiteral("core/report"),
                                      QStringLiteral("core/jobs"),
                                      QStringLiteral("core/engine/text"),
                                      QStringLiteral("core/engine/image"),
                                      QStringLiteral("core/engine/data"),
                                      QStringLiteral("core/engine/model"),
                                      QStringLiteral("core/engine/features"),
                                      QStringLiteral("core/engine/train"),
                                      QStringLiteral("core/engine/method"),
                                      QStringLiteral("core/engine/study"),
                                      QStringLiteral("core/engine"),
                                      QStringLiteral("ui"),
                                      QStringLiteral("app")};
    QString room = path;
    while (room.contains(QLatin1Char('/'))) {
        room.truncate(room.lastIndexOf(QLatin1Char('/')));
        if (const auto floor = s_floors.indexOf(room); floor >= 0) return static_cast<int>(floor);
    }
    return std::nullopt;
}

QStringList callsUpwards(const SourceFile& file) {
    const auto own = floorOf(file.path);
    if (!own) return {};
    QStringList found;
    for (const auto& include : file.includes) {
        const auto other = floorOf(include);
        const bool passesFirewall = !file.isIn("core/") && include.startsWith(QLatin1String("core/engine/"));
        if (other && (*other > *own || passesFirewall))
            found << QStringLiteral("includes %1, a room above").arg(include);
    }
    return found;
}

QStringList missingLicence(const SourceFile& file) {
    const bool window = file.isIn("ui/") || file.isIn("app/gui_");
    const bool either = file.isIn("tests/ui") || !file.isCpp();
    const QString firstLines = file.text.section(QLatin1Char('\n'), 0, 1);
    const auto has = [&](const char* licence) {
        return firstLines.contains(QStringLiteral(" SPDX-License-Identifier: %1\n").arg(QLatin1String(licence))) ||
               firstLines.endsWith(QStringLiteral(" SPDX-License-Identifier: %1").arg(QLatin1String(licence)));
    };
    if ((window || either) && has("GPL-3.0-or-later")) return {};
    if ((!window || either) && has("Apache-2.0")) return {};
    return {QStringLiteral("needs 'SPDX-License-Identifier: %1' in its first line")
                .arg(QLatin1String(window ? "GPL-3.0-or-later" : "Apache-2.0"))};
}

// What stands between the bracket at `open` and its partner.
QStringView argumentsAt(const QString& code, qsizetype open) {
    int depth = 0;
    for (qsizetype i = open; i < code.size(); ++i) {
        if (code[i] == QLatin1Char('(')) ++depth;
        if (code[i] == QLatin1Char(')') && --depth == 0) return QStringView(code).mid(open + 1, i - open - 1);
    }
    return QStringView(code).mid(open);
}

// Draws of Torch that take a generator must be given one; those that take none, and the C library's, must not be used.
QStringList strayDraws(const SourceFile& file) {
    static const QRegularExpression s_draw(QStringLiteral(
        R"(((?:at|torch)::(?:rand|randn|randint|randperm|normal|bernoulli|multinomial|poisson)|(?:\.|->)(?:bernoulli_?|normal_|uniform_|random_|exponential_|cauchy_|log_normal_|geometric_|multinomial))\s*(\())"));
    static const QRegularExpression s_never(QStringLiteral(
        R"((?:at|torch)::(?:(?:rand|randn|randint)_like|\w*dropout_?|rrelu_?|manual_seed)\s*\(|\bstd::(?:s?rand\s*\(|random_device|random_shuffle)|(?<![\w:.>])s?rand\s*\(|\brandom_device\b|\bgetDefaultCPUGenerator\b|\bQRandomGenerator::global\b)"));
    static const QRegularExpression s_generator(QStringLiteral(R"([gG]enerator|\bgen\b)"));
    QStringList found;
    for (auto match = s_draw.globalMatch(file.code); match.hasNext();) {
        const auto draw = match.next();
        if (!argumentsAt(file.code, draw.capturedStart(2)).toString().contains(s_generator))
            found << QStringLiteral("draws with %1 without a generator of its own").arg(draw.captured(1));
    }
    for (auto match = s_never.globalMatch(file.code); match.hasNext();)
        found << QStringLiteral("draws with %1").arg(match.next().captured().trimmed());
    return found;
}

QStringList tooLong(const SourceFile& file) {
    if (!file.isCpp()) return {};
    const qsizetype limit = file.isHeader() ? kMaxHeaderLines : kMaxSourceLines;
    const qsizetype lines = file.text.count(QLatin1Char('\n'));
    if (lines <= limit) return {};
    return {QStringLiteral("has %1 lines, at most %2 are allowed").arg(lines).arg(limit)};
}

QStringList printsInCore(const SourceFile& file) {
    static const QRegularExpression s_print(QStringLiteral(R"(\bstd::(cout|cerr)\b|(?<![\w:])printf\s*\()"));
    if (!file.isIn("core/") || !file.code.contains(s_print)) return {};
    return {QStringLiteral("prints; core writes to the log")};
}

// The seal of a study holds because one file reads the table.
QStringList strayTestFigures(const SourceFile& file) {
    static const QRegularExpression s_read(QStringLiteral(R"(\b(FROM|JOIN)\s+test_metric\b)"));
    if (file.isIn("tests/") || file.path == QLatin1String("core/store/test_metrics.cpp")) return {};
    if (!file.text.contains(s_read)) return {};
    return {QStringLiteral("reads test figures; only core/store/test_metrics.cpp may")};
}

QStringList unguardedHeader(const SourceFile& file) {
    if (!file.isHeader() || file.code.contains(QLatin1String("#pragma once"))) return {};
    return {QStringLiteral("is a header without #pragma once")};
}

} // namespace

const std::vector<Rule>& rules() {
    static const std::vector<Rule> s_rules{
        {"core knows no Qt", qtInCore},
        {"Torch stays in core/engine", torchOutsideEngine},
        {"Torch is included in parts", umbrellaTorch},
        {"QCustomPlot stays in the plots", plotLibraryOutsidePlots},
        {"calls go down only", callsUpwards},
        {"licence in the first line", missingLicence},
        {"draws have a generator", strayDraws},
        {"files stay short", tooLong},
        {"core does not print", printsInCore},
        {"headers are guarded", unguardedHeader},
        {"test figures have one reader", strayTestFigures},
    };
    return s_rules;
}

} // namespace levi::test
