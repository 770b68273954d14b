// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/results_source.h"

#include "ui/background.h"

#include <exception>

namespace levi {
namespace {

struct Answer {
    std::shared_ptr<const ResultsView> view; // null: see message
    QString message;
};

Answer answer(const std::shared_ptr<const StoreSnapshot>& snapshot, const ResultsQuestion& question) {
    try {
        return {std::make_shared<const ResultsView>(makeResultsView(snapshot->runs, question)), {}};
    } catch (const std::exception& error) {
        return {nullptr, QString::fromUtf8(error.what())};
    }
}

} // namespace

void ResultsSource::ask(std::shared_ptr<const StoreSnapshot> snapshot, const ResultsQuestion& question) {
    std::vector<AskedRun> asked;
    for (const RunSummary& run : snapshot->runs)
        asked.push_back({run.id, run.state, run.reportedCandidate, run.sealed, run.study});
    if (m_isAsked && asked == m_asked && question == m_question) return;
    m_isAsked = true;
    m_asked = std::move(asked);
    m_snapshot = std::move(snapshot);
    m_question = question;
    if (!m_isBusy) start();
}

void ResultsSource::start() {
    m_isBusy = true;
    const auto work = [snapshot = std::exchange(m_snapshot, nullptr), question = m_question] {
        return answer(snapshot, question);
    };
    inBackground(this, work, [this](const Answer& answer) {
        m_isBusy = false;
        if (m_snapshot) return start();
        m_isAsked = answer.view != nullptr;
        if (answer.view)
            Q_EMIT answered(answer.view);
        else
            Q_EMIT failed(answer.message);
    });
}

} // namespace levi
