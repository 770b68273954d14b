// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/screenshots.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"
#include "ui/main_window.h"
#include "ui/theme.h"

#include <QApplication>
#include <QCursor>
#include <QElapsedTimer>
#include <QPixmap>
#include <QScreen>
#include <QThread>

#include <functional>
#include <utility>

namespace levi {
namespace {

constexpr qint64 kAnswerWithinMs = 30'000; // reading a large data set takes its time; then what is there is drawn
constexpr qint64 kSettleMs = 300;          // layouts and queued replots

void waitUntil(const std::function<bool()>& done, qint64 atMostMs) {
    QElapsedTimer clock;
    clock.start();
    while (!done() && clock.elapsed() < atMostMs) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(5);
    }
}

void settle() {
    waitUntil([] { return false; }, kSettleMs);
}

// The newest run with a picture of its own: of LEVI if any is, and there of several layers if any is.
const RunSummary* tellingRun(const StoreSnapshot& snapshot) {
    const auto rank = [](const RunSummary& run) {
        return std::pair(run.method == "levi", run.taps.find_first_of("-,") != std::string::npos);
    };
    const RunSummary* best = nullptr;
    for (const RunSummary& run : snapshot.runs)
        if (!best || rank(run) >= rank(*best)) best = &run;
    return best;
}

void showTellingSpec(MainWindow& window) {
    const RunSummary* run = tellingRun(*window.store().snapshot());
    if (run) window.draft().startAnew(specFromText(run->specJson).spec);
}

} // namespace

std::vector<std::filesystem::path> writeScreenshots(QApplication& application, MainWindow& window,
                                                    const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    QCursor::setPos(window.screen()->geometry().bottomRight()); // nothing looks as if it were pointed at
    window.show();
    waitUntil([&] { return window.store().hasRead(); }, kAnswerWithinMs);
    showTellingSpec(window);
    settle();
    waitUntil([&] { return window.engine().isIdle(); }, kAnswerWithinMs);
    std::vector<std::filesystem::path> files;
    for (const Lightness lightness : {Lightness::Light, Lightness::Dark}) {
        applyTheme(application, lightness);
        for (const PageKind kind : kPages) {
            window.showPage(kind);
            window.page(kind)->prepareForScreenshot();
            settle();
            files.push_back(folder /
                            fmt::format("{}-{}.png", nameOf(kind), lightness == Lightness::Light ? "light" : "dark"));
            if (!window.grab().save(QString::fromStdString(files.back().string())))
                throw Error("{}: cannot be written", files.back().string());
        }
    }
    return files;
}

} // namespace levi
