// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/validate.h"
#include "ui/pages/page.h"
#include "ui/spec_files.h"
#include "ui/sweep_controller.h"

#include <filesystem>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace levi {

class InsightPanel;
class LaunchBar;
class NamedStudyForm;
class OpenMenu;
class ProblemList;
class SpecForm;
class StudyForm;
class SweepForm;
struct StudyRuns;

// The form of the spec, what it means, what is wrong with it, and the start of its runs.
class SetupPage : public Page {
    Q_OBJECT

public:
    explicit SetupPage(const PageContext& context, QWidget* parent = nullptr);

    QWidget* firstFocus() override;
    void openSpec(const std::filesystem::path& file);
    void useDemo(); // the embedded world and its backbone
    void focusField(const std::string& path);

private:
    QWidget* makeToolLine();
    QToolButton* addTool(QHBoxLayout* layout, const QString& iconName, const QString& word, const QKeySequence& keys);
    void connectParts();
    void showFile();
    void showInsight();
    void showProblems();
    void showRuns(const std::vector<Problem>& all);
    void showParents();
    void connectStudies();
    void connectSweeps();
    void chooseFile();
    void save(bool askWhere);
    void start();
    void runStudy(const QString& study, const StudyRuns& runs);
    std::vector<std::string> unfitBaselines() const;
    std::string studyProblem() const; // why the draft cannot join its study; "": it can
    QString reasonNotToStart(const std::vector<Problem>& problems) const;
    std::vector<Problem> problems() const;

    SpecFiles m_files;
    SweepController m_sweeps;
    SpecForm* m_form;
    InsightPanel* m_insight;
    ProblemList* m_problems;
    StudyForm* m_study;
    NamedStudyForm* m_namedStudy;
    SweepForm* m_sweep;
    LaunchBar* m_launch;
    QLabel* m_file;
    OpenMenu* m_openMenu;
    QToolButton* m_undo = nullptr;
    QToolButton* m_redo = nullptr;
    std::vector<Problem> m_notes; // what opening or saving had to say
};

} // namespace levi
