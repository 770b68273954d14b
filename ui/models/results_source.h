// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/results_view.h"
#include "ui/store_snapshot.h"

#include <QObject>

#include <memory>

namespace levi {

// Makes views of a snapshot on another thread: the exact tests of many settings take their time. A newer question
// retires an older one. Lives on the GUI thread.
//
// A store changes with every epoch of a run that goes on; what is answered here, only when a run ends, goes, is
// unsealed or joins a study. The same question about the same runs is not answered twice in a row.
class ResultsSource : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    void ask(std::shared_ptr<const StoreSnapshot> snapshot, const ResultsQuestion& question);

Q_SIGNALS:
    void answered(std::shared_ptr<const levi::ResultsView> view);
    void failed(const QString& message);

private:
    void start();

    // What of a run decides how it is shown among the results.
    struct AskedRun {
        std::int64_t id = 0;
        RunState state = RunState::Running;
        std::optional<std::int64_t> candidate; // that the rule reports
        bool sealed = false;
        std::string study;

        bool operator==(const AskedRun&) const = default;
    };

    std::shared_ptr<const StoreSnapshot> m_snapshot; // the latest question; null once it is being answered
    ResultsQuestion m_question;
    std::vector<AskedRun> m_asked;
    bool m_isAsked = false; // of m_question and m_asked; false after a failure
    bool m_isBusy = false;
};

} // namespace levi
