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

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <unistd.h>

namespace {

constexpr int kFailed = 1, kUsage = 2; // as levi ends

// What was asked for makes no sense.
class UsageError : public levi::Error {
public:
    using levi::Error::Error;
};

struct Arguments {
    std::filesystem::path store, screenshots, out;
    std::filesystem::path file; // to open: a spec, or data
    std::optional<levi::PageKind> page;
    bool report = false;
};

struct Options {
    QCommandLineOption store{QStringLiteral("store"), QStringLiteral("Runs are kept in <file>."),
                             QStringLiteral("file")};
    QCommandLineOption page{
        QStringLiteral("page"),
        QStringLiteral("Open the window on <page>: %1.").arg(QString::fromStdString(levi::pageNames())),
        QStringLiteral("page")};
    QCommandLineOption screenshots{QStringLiteral("screenshots"),
                                   QStringLiteral("Draw every page into <folder> and end."), QStringLiteral("folder")};
    QCommandLineOption report{QStringLiteral("report"), QStringLiteral("Write the HTML report with figures and end.")};
    QCommandLineOption out{QStringLiteral("out"), QStringLiteral("<file> that the report is written to."),
                           QStringLiteral("file")};
};

// Ends the program where --help or --version is asked for.
void parse(QCommandLineParser& parser, const Options& options) {
    parser.setApplicationDescription(
        QStringLiteral("Layer-wise ensembles of a pretrained backbone and a small specialist."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("file"), QStringLiteral("A spec to open, or data for a new one."),
                                 QStringLiteral("[file]"));
    parser.addOptions({options.store, options.page, options.screenshots, options.report, options.out});
    if (!parser.parse(QCoreApplication::arguments())) throw UsageError("{}", parser.errorText().toStdString());
    if (parser.isSet(QStringLiteral("help")) || parser.isSet(QStringLiteral("help-all"))) parser.showHelp();
    if (parser.isSet(QStringLiteral("version"))) parser.showVersion();
}

std::filesystem::path fileToOpen(const QStringList& words) {
    if (words.isEmpty()) return {};
    if (words.size() > 1) throw UsageError("found '{}', expected one file at most", words[1].toStdString());
    const std::filesystem::path file = words.first().toStdString();
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        throw UsageError("found '{}', which is no file or folder; see --help", file.string());
    return std::filesystem::absolute(file);
}

levi::PageKind pageOf(const std::string& name) {
    if (const auto page = levi::pageNamed(name)) return *page;
    throw UsageError("--page: found '{}', expected one of {}", name, levi::pageNames());
}

Arguments argumentsOfProgram() {
    const Options options;
    QCommandLineParser parser;
    parse(parser, options);
    Arguments arguments{.store = parser.value(options.store).toStdString(),
                        .screenshots = parser.value(options.screenshots).toStdString(),
                        .out = parser.value(options.out).toStdString(),
                        .file = fileToOpen(parser.positionalArguments()),
                        .report = parser.isSet(options.report)};
    if (parser.isSet(options.page)) arguments.page = pageOf(parser.value(options.page).toStdString());
    if (parser.isSet(options.store) && arguments.store.empty()) throw UsageError("--store: found '', expected a file");
    if (arguments.store.empty()) arguments.store = levi::defaultStoreFile();
    if (arguments.report && arguments.out.empty()) throw UsageError("--report: found no --out, expected --out FILE");
    return arguments;
}

// A window on a store that cannot be read, or made, would only say so once everything is set up.
void requireUsable(const std::filesystem::path& store) {
    std::error_code code;
    const bool isThere = std::filesystem::exists(store, code);
    if (code) throw levi::Error("{}: {}; give another --store", store.string(), code.message());
    if (isThere) {
        levi::RunStore(store, levi::RunStore::Access::Read);
        return;
    }
    auto folder = std::filesystem::absolute(store).parent_path();
    while (!std::filesystem::exists(folder, code))
        folder = folder.parent_path();
    if (!std::filesystem::is_directory(folder))
        throw levi::Error("{}: cannot be made, for {} is no folder; give another --store", store.string(),
                          folder.string());
    if (::access(folder.c_str(), W_OK) != 0)
        throw levi::Error("{}: cannot be made, for {} may not be written to; give another --store", store.string(),
                          folder.string());
}

int run(QApplication& application) {
    const Arguments arguments = argumentsOfProgram();
    if (arguments.report) {
        levi::writeHtmlReport(arguments.store, arguments.out);
        std::printf("%s\n", arguments.out.c_str());
        return 0;
    }
    requireUsable(arguments.store);
    levi::applyTheme(application, levi::AppSettings().lightness());
    levi::followSystem(application);
    levi::MainWindow window(arguments.store);
    if (!arguments.screenshots.empty()) {
        for (const auto& file : levi::writeScreenshots(application, window, arguments.screenshots))
            std::printf("%s\n", file.c_str());
        return 0;
    }
    window.restore();
    if (!arguments.file.empty()) window.open(arguments.file);
    if (arguments.page) window.showPage(*arguments.page);
    window.show();
    return QApplication::exec();
}

// Whether what is asked for opens no window. Before Qt is there, which ends the program where it finds no display.
bool opensNoWindow(std::span<char*> arguments) {
    return std::ranges::any_of(arguments, [](const std::string_view argument) {
        const auto isOption = [&](std::string_view name) {
            return argument == name || argument.starts_with(std::string(name) + "=");
        };
        return std::ranges::any_of(
            std::array{"--report", "--screenshots", "--help", "--help-all", "-h", "--version", "-v"}, isOption);
    });
}

bool namesPlatform(std::span<char*> arguments) {
    return !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") ||
           std::ranges::any_of(arguments, [](const std::string_view argument) {
               return argument == "-platform" || argument == "--platform";
           });
}

bool namesDisplay() {
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

// False, and said so, where a window is asked for and nothing names a display. What opens no window gets none either:
// the display that is named may be gone, and Qt ends the program then.
bool choosePlatform(std::span<char*> arguments) {
    if (namesPlatform(arguments)) return true;
    if (opensNoWindow(arguments)) return qputenv("QT_QPA_PLATFORM", "offscreen");
    if (namesDisplay()) return true;
    std::fputs("levi-workbench: found no display to open a window on (DISPLAY and WAYLAND_DISPLAY are empty); --report "
               "and --screenshots need none, nor does the command line, levi\n",
               stderr);
    return false;
}

} // namespace

int main(int argc, char** argv) {
    if (!choosePlatform({argv, static_cast<std::size_t>(argc)})) return kFailed;
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("levi-workbench"));
    QApplication::setApplicationDisplayName(QStringLiteral("LEVI Workbench"));
    QApplication::setDesktopFileName(QStringLiteral("org.levi.Workbench"));
    QApplication::setApplicationVersion(QStringLiteral(LEVI_VERSION));
    try {
        return run(application);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "levi-workbench: %s\n", error.what());
        return dynamic_cast<const UsageError*>(&error) ? kUsage : kFailed;
    }
}
