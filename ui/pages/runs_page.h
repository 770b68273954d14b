// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/queue_rows.h"
#include "ui/pages/page.h"

#include <optional>

class QModelIndex;
class QPushButton;
class QStackedLayout;
class QTreeView;

namespace levi {

class QueueModel;
class RunPanel;
struct RunDetail;
struct RunSummary;

// Left the queue and what the store holds, right the selected run.
class RunsPage : public Page {
    Q_OBJECT

public:
    explicit RunsPage(const PageContext& context, QWidget* parent = nullptr);

    void showRun(std::optional<std::int64_t> run); // selects it, now or as soon as it is there

    QString badge() const override; // runs that are active
    QWidget* firstFocus() override;
    void prepareForScreenshot() override;

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeQueue();
    void connectPanel();
    void refresh();
    void fitColumns(); // progress goes first where the queue is narrow
    void restoreSelection();
    void showSelected();
    void select(const QModelIndex& index);
    QModelIndex startingIndex() const;
    const RunSummary* storedRun(std::optional<std::int64_t> run) const;
    const RunSummary* readableRun(); // the one in sight; null where its spec cannot be read, and says so
    void startAgain();
    void discard();

    QStackedLayout* m_stack;
    QTreeView* m_tree;
    QPushButton* m_stopAll;
    QueueModel* m_model;
    RunPanel* m_panel;
    QueueRows m_rows;
    QString m_selectedKey;
    std::optional<std::int64_t> m_wantedRun;
    bool m_followsRuns = true; // until the user picks a row: shows what is running
    int m_active = 0;
};

} // namespace levi
