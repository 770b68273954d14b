// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/results_view.h"

#include <QObject>

namespace levi {

// What is asked of the runs in the store: one question for all pages that show answers. Lives on the GUI thread.
class ResultsChoice : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    const ResultsQuestion& question() const { return m_question; }
    void ask(const ResultsQuestion& question);
    void showCosts(bool shown);

Q_SIGNALS:
    void changed();

private:
    ResultsQuestion m_question;
};

} // namespace levi
