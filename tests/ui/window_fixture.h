// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine_loader.h"
#include "tests/ui/picture_engine.h"
#include "ui/main_window.h"
#include "ui/theme.h"

#include <QApplication>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace levi::test {

// A window on an empty store of its own, with the engine that knows pictures, shown and settled.
struct WindowFixture {
    WindowFixture() {
        setEngineForTests(engine);
        applyTheme(*qApp, Lightness::Light);
        window = std::make_unique<MainWindow>(folder.filePath(QStringLiteral("store.sqlite")).toStdString());
        window->resize(1280, 800);
        window->show();
    }
    ~WindowFixture() {
        window.reset();
        setEngineForTests(nullptr);
    }

    template<typename T = QWidget>
    T* find(const char* name) const {
        return window->findChild<T*>(QLatin1String(name));
    }
    bool awaitAnswer() const {
        return QTest::qWaitFor([this] { return window->engine().isIdle(); }, 10'000);
    }

    bool ended() const { // of all runs
        return QTest::qWaitFor([this] { return !window->runs().isBusy(); }, 60'000);
    }
    void type(const char* name, const QString& text) const { // in the place of what a line holds
        auto* line = find<QLineEdit>(name);
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
    }

    QTemporaryDir folder;
    std::shared_ptr<PictureEngine> engine = std::make_shared<PictureEngine>();
    std::unique_ptr<MainWindow> window;
};

// A spec that validates: pictures of four domains, a ViT.
inline ExperimentSpec pictureSpec() {
    ExperimentSpec spec;
    setFieldText(spec, "name", "PACS");
    setFieldText(spec, "data.path", "/data/pacs.zip");
    setFieldText(spec, "data.ood", "cartoon,sketch");
    setFieldText(spec, "backbone.path", "/models/vit_tiny");
    setFieldText(spec, "method.taps", "8-12");
    return spec;
}

} // namespace levi::test
