// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QToolButton;

namespace levi {

class ResultsChoice;
class RunController;
class StoreReader;
struct JobStatus;

// The bottom line of the window: which store, which study and whether its test figures are sealed, and what each lane
// does, with time left.
class StatusStrip : public QFrame {
    Q_OBJECT

public:
    StatusStrip(StoreReader& store, RunController& runs, ResultsChoice& choice, QWidget* parent = nullptr);

    void setSentence(const QString& sentence); // takes the place of the store's name while it is not empty

Q_SIGNALS:
    void studyClicked();
    void laneClicked(std::optional<std::int64_t> run); // the run that the lane is busy with
    void lightnessToggled();

private:
    struct Lane {
        QToolButton* text = nullptr;
        QProgressBar* bar = nullptr;
        QLabel* left = nullptr;
    };

    void showStore();
    void showStudy();
    void showLanes();
    Lane makeLane(const std::string& lane);
    void showJob(const Lane& lane, const JobStatus* job, std::size_t waiting);

    StoreReader& m_store;
    RunController& m_runs;
    ResultsChoice& m_choice;
    QLabel* m_storeText;
    QToolButton* m_study;
    QString m_sentence;
    QHBoxLayout* m_lanesLayout;
    std::map<std::string, Lane> m_lanes; // by device, in order of name
};

} // namespace levi
