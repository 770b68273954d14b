// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/app_settings.h"
#include "ui/draft_keeper.h"
#include "ui/engine_client.h"
#include "ui/pages/page.h"
#include "ui/results_choice.h"
#include "ui/run_controller.h"
#include "ui/spec_draft.h"
#include "ui/store_reader.h"
#include "ui/study_controller.h"

#include <QWidget>

#include <filesystem>
#include <memory>
#include <vector>

class QStackedWidget;
class QToolButton;

namespace levi {

class LayersPage;
class RunsPage;
class SetupPage;
class StatusStrip;

// Rail, pages, status line. Owns what the pages work with. Closing while something runs stops it first and closes when
// it has ended.
class MainWindow : public QWidget {
    Q_OBJECT

public:
    explicit MainWindow(std::filesystem::path storeFile, QWidget* parent = nullptr);
    ~MainWindow() override;

    void restore(); // size and place of the last time, and the draft that was not saved then; from now on it is kept
    void showPage(PageKind kind);
    PageKind currentPage() const;
    void open(const std::filesystem::path& path); // a spec (.json); anything else is taken for data of the draft
    void toggleLightness();
    Page* page(PageKind kind) const;

    SpecDraft& draft() { return m_draft; }
    EngineClient& engine() { return m_engine; }
    RunController& runs() { return m_runs; }
    StoreReader& store() { return m_store; }
    AppSettings& settings() { return m_settings; }
    ResultsChoice& choice() { return m_choice; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeRail();
    void addPage(Page* page);
    void connectPages();
    void showRun(std::optional<std::int64_t> run);
    void sayWhatEnds(); // by closing
    void editCopy(const QByteArray& specJson);
    void takeData(const std::filesystem::path& path);

    AppSettings m_settings;
    SpecDraft m_draft;
    std::unique_ptr<DraftKeeper> m_draftKeeper; // null: of a window that is not the user's
    ResultsChoice m_choice;
    StoreReader m_store;
    StudyController m_studies;
    EngineClient m_engine;
    RunController m_runs;
    SetupPage* m_setupPage = nullptr;
    LayersPage* m_layersPage = nullptr;
    RunsPage* m_runsPage = nullptr;
    std::vector<Page*> m_pages; // in the order of PageKind
    std::vector<QToolButton*> m_railButtons;
    QStackedWidget* m_stack;
    StatusStrip* m_status;
    bool m_isClosing = false;
};

} // namespace levi
