// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/store/run_store.h"
#include "ui/main_window.h"
#include "ui/report_export.h"
#include "ui/screenshots.h"
#include "ui/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>

#include <cstdio>
#include <exception>

namespace {

struct Arguments {
    std::filesystem::path store, screenshots, out;
    bool report = false;
};

Arguments argumentsOf(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Layer-wise ensembles of a pretrained backbone and a small specialist."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption store(QStringLiteral("store"), QStringLiteral("Runs are kept in <file>."),
                                   QStringLiteral("file"));
    const QCommandLineOption screenshots(QStringLiteral("screenshots"),
                                         QStringLiteral("Draw every page into <folder> and end."),
                                         QStringLiteral("folder"));
    const QCommandLineOption report(QStringLiteral("report"),
                                    QStringLiteral("Write the HTML report with figures and end."));
    const QCommandLineOption out(QStringLiteral("out"), QStringLiteral("<file> that the report is written to."),
                                 QStringLiteral("file"));
    parser.addOptions({store, screenshots, report, out});
    parser.process(application);
    Arguments arguments{.store = parser.value(store).toStdString(),
                        .screenshots = parser.value(screenshots).toStdString(),
                        .out = parser.value(out).toStdString(),
                        .report = parser.isSet(report)};
    if (arguments.store.empty()) arguments.store = levi::defaultStoreFile();
    if (arguments.report && arguments.out.empty()) throw levi::Error("--report: found no --out, expected --out FILE");
    return arguments;
}

int run(QApplication& application) {
    const Arguments arguments = argumentsOf(application);
    if (arguments.report) {
        levi::writeHtmlReport(arguments.store, arguments.out);
        std::printf("%s\n", arguments.out.c_str());
        return 0;
    }
    levi::applyTheme(application, levi::AppSettings().lightness());
    levi::MainWindow window(arguments.store);
    if (!arguments.screenshots.empty()) {
        for (const auto& file : levi::writeScreenshots(application, window, arguments.screenshots))
            std::printf("%s\n", file.c_str());
        return 0;
    }
    window.restore();
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("levi-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("LEVI Workbench"));
    QApplication::setDesktopFileName(QStringLiteral("org.levi.Workbench"));
    QApplication::setApplicationVersion(QStringLiteral(LEVI_VERSION));
    try {
        return run(application);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "levi-workbench: %s\n", error.what());
        return 1;
    }
}
