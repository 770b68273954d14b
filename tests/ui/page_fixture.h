// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine_loader.h"
#include "tests/support/fake_engine.h"
#include "ui/app_settings.h"
#include "ui/engine_client.h"
#include "ui/pages/page.h"
#include "ui/results_choice.h"
#include "ui/run_controller.h"
#include "ui/spec_draft.h"
#include "ui/store_reader.h"
#include "ui/study_controller.h"
#include "ui/theme.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace levi::test {

// One page on a store of its own, with a window's worth of collaborators behind it.
template<typename PageType>
struct PageFixture {
    explicit PageFixture(FakeEngine::Run run = {}, void (*fillStore)(const std::filesystem::path&) = nullptr) {
        setEngineForTests(std::make_shared<FakeEngine>(std::move(run)));
        applyTheme(*qApp, Lightness::Light);
        if (fillStore) fillStore(file);
        store = std::make_unique<StoreReader>(file);
        runs = std::make_unique<RunController>(file);
        studies = std::make_unique<StudyController>(file);
        page = std::make_unique<PageType>(PageContext{*store, *runs, engine, draft, settings, choice, *studies});
        page->resize(1190, 760);
        page->show();
    }
    ~PageFixture() {
        page.reset();
        studies.reset();
        runs.reset();
        store.reset();
        setEngineForTests(nullptr);
    }

    template<typename T = QWidget>
    T* find(const char* name) const {
        return page->template findChild<T*>(QLatin1String(name));
    }
    template<typename Condition>
    static bool await(Condition condition) {
        const bool met = QTest::qWaitFor(condition, 20'000);
        QTest::qWait(1); // what was put off until the window is free
        return met;
    }

    QTemporaryDir folder;
    std::filesystem::path file = folder.filePath(QStringLiteral("store.sqlite")).toStdString();
    AppSettings settings;
    SpecDraft draft;
    EngineClient engine;
    std::unique_ptr<StoreReader> store;
    std::unique_ptr<RunController> runs;
    ResultsChoice choice;
    std::unique_ptr<StudyController> studies;
    std::unique_ptr<PageType> page;
};

} // namespace levi::test
