// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/results_view.h"
#include "ui/store_snapshot.h"

#include <QObject>

#include <memory>

namespace levi {

// Makes views of a snapshot on another thread: the exact tests of many settings take their time. A newer question
// retires an older one. Lives on the GUI thread.
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

    std::shared_ptr<const StoreSnapshot> m_snapshot; // the latest question; null once it is being answered
    ResultsQuestion m_question;
    bool m_isBusy = false;
};

} // namespace levi
