// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results_choice.h"

namespace levi {

void ResultsChoice::ask(const ResultsQuestion& question) {
    if (question == m_question) return;
    m_question = question;
    Q_EMIT changed();
}

void ResultsChoice::showCosts(bool shown) {
    ResultsQuestion question = m_question;
    question.costs = shown;
    ask(question);
}

} // namespace levi
