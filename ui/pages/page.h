// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace levi {

class AppSettings;
class EngineClient;
class ResultsChoice;
class RunController;
class SpecDraft;
class StoreReader;
class StudyController;

// What pages work with. All of it outlives them and lives on the GUI thread.
struct PageContext {
    StoreReader& store;   // what has been run: values that arrive by signal
    RunController& runs;  // what runs: start, stop, progress
    EngineClient& engine; // what the engine knows about the draft
    SpecDraft& draft;     // the spec being edited
    AppSettings& settings;
    ResultsChoice& choice;    // what is asked of the runs, on all pages that answer
    StudyController& studies; // what is written about studies
};

enum class PageKind { Setup, Layers, Runs, Results, Report };
inline constexpr std::array kPages{PageKind::Setup, PageKind::Layers, PageKind::Runs, PageKind::Results,
                                   PageKind::Report};
const char* nameOf(PageKind page);                          // "setup"
std::optional<PageKind> pageNamed(const std::string& name); // nothing where there is none
std::string pageNames();                                    // "setup, layers, runs, results, report"

// A page of the window. Pages do not know each other: they state facts by signal, and the window wires them.
class Page : public QWidget {
    Q_OBJECT

public:
    Page(const PageContext& context, QWidget* parent) : QWidget(parent), m_context(context) {}

    // Behind the word in the rail: a short count such as "3", or nothing.
    virtual QString badge() const { return {}; }
    // Where the keyboard should start when the page is opened.
    virtual QWidget* firstFocus() { return nullptr; }
    // Puts the most telling content in sight before a screenshot is taken of it.
    virtual void prepareForScreenshot() {}

Q_SIGNALS:
    void badgeChanged();
    void pageWanted(levi::PageKind page);        // such as the button of an empty page
    void runsStarted();                          // by the user, who wants to see them
    void runWanted(std::int64_t run);            // show this run of the store on the page of runs
    void specWanted(const QByteArray& specJson); // edit a copy of this spec on the page of setup

protected:
    const PageContext& context() const { return m_context; }

private:
    PageContext m_context;
};

} // namespace levi
