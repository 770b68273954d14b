// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/queue_rows.h"
#include "ui/pages/page.h"
#include "ui/store_snapshot.h"

#include <QWidget>

#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace levi {

class LogView;
class LossPlot;
class MetricPlot;
struct JobStatus;

// One run: what it is, how far it is, its curves, its log, and what can be done with it. Shows values that the page
// hands over; asks nothing itself.
class RunPanel : public QWidget {
    Q_OBJECT

public:
    explicit RunPanel(QWidget* parent = nullptr);

    // job, run, detail: null where there is none (yet).
    void showRun(const QString& setting, const QueueItem& item, const JobStatus* job, const RunSummary* run);
    void showDetail(std::shared_ptr<const RunDetail> detail);
    void showSentence(const QString& sentence); // why something did not work; "" takes it away

    void askToDiscard(); // in place

Q_SIGNALS:
    void stopWanted();
    void againWanted();
    void discardWanted();
    void copyWanted(); // edit a copy of the spec

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeActions();
    QWidget* makeQuestion();
    QWidget* makePlots();
    QString title() const; // of setting and seed
    void fitTitle();
    void showHead();
    void showActions();
    void showCurves(const JobStatus* job);
    void showLog(const JobStatus* job);

    QString m_setting;
    QueueItem m_item;
    std::optional<RunSummary> m_run;
    std::shared_ptr<const RunDetail> m_detail;
    std::size_t m_shownLosses = 0, m_shownLines = 0; // positions in the rings, so that a quiet job is not drawn again
    std::vector<std::string> m_metrics;              // that can be picked

    QLabel* m_title;
    QLabel* m_facts;
    QLabel* m_sentence;
    QLabel* m_sealed;
    QProgressBar* m_progress;
    QLabel* m_progressText;
    QWidget* m_question; // shown while it is asked
    QPushButton *m_stop, *m_again, *m_copy, *m_discard;
    QPushButton *m_discardYes, *m_discardNo;
    QComboBox* m_metric;
    LossPlot* m_loss;
    MetricPlot* m_curves;
    LogView* m_log;
};

} // namespace levi
