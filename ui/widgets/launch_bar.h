// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/study_records.h"
#include "ui/engine_client.h"
#include "ui/widgets/named_study_form.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace levi {

class SpecDraft;

// The way from a spec to runs: device, seeds, the start button, and the command that does the same.
class LaunchBar : public QWidget {
    Q_OBJECT

public:
    explicit LaunchBar(SpecDraft& draft, QWidget* parent = nullptr);

    void showCommand(const QString& command);
    void showDevices(const Answer<std::vector<DeviceInfo>>& devices);
    void showStudies(const std::vector<StudyRecord>& studies);
    void focusStudy();
    // What a start would make; `finished`: of these, runs that the store has already. `reason`: a sentence why nothing
    // can be started; empty where it can.
    void showRuns(std::size_t runs, std::size_t finished, const QString& reason);

Q_SIGNALS:
    void startWanted();
    void newStudyWanted();
    void namedStudyWanted(levi::NamedStudyKind kind);

private:
    QWidget* makeCommandLine();
    QWidget* makeStartLine();
    void showDraft();
    void takeStudy();

    SpecDraft& m_draft;
    QLineEdit* m_command;
    QComboBox* m_device;
    QLineEdit* m_seeds;
    QLabel* m_studyLabel;
    QComboBox* m_study;
    QLabel* m_reason;
    QPushButton* m_start;
};

} // namespace levi
