// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/asked_table.h"
#include "ui/answer.h"
#include "ui/models/results_view.h"
#include "ui/store_snapshot.h"

#include <QWidget>

#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QScrollArea;
class QStackedWidget;
class QTableView;

namespace levi {

class ResultsFilter;
class TableModel;

// The tables that the core makes of the page's runs, one at a time. Made on another thread, while this is in sight; a
// newer question retires an older one.
class TableBrowser : public QWidget {
    Q_OBJECT

public:
    explicit TableBrowser(QWidget* parent = nullptr);

    void ask(std::shared_ptr<const StoreSnapshot> snapshot, const ResultsQuestion& question);
    const Table* table() const; // that is shown; null where it cannot be made, and before it is

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeChoice();
    QTableView* makeView();
    QWidget* makeNotes();

    void askAgain();
    void start();
    void take(TableKind kind, const Answer<Table>& answer);
    void showTable(TableKind kind);
    void showSentence(const QString& sentence);
    void fitNotes();
    TableKind kind() const; // that is chosen

    std::shared_ptr<const StoreSnapshot> m_snapshot; // null until something was asked
    ResultsQuestion m_question;
    bool m_isStale = false; // what is shown, or being made, is not what is asked
    bool m_isBusy = false;
    TableKind m_shown = TableKind::Ranks;

    TableModel* m_model;
    ResultsFilter* m_order;
    QComboBox* m_kind = nullptr;
    QCheckBox* m_byName = nullptr;
    QStackedWidget* m_place;
    QTableView* m_view;
    QLabel* m_sentence;
    QLabel* m_notes = nullptr;
    QScrollArea* m_notesArea = nullptr;
};

// What the page's question asks of its runs: a value, made on any thread. Throws Error.
Table tableOf(const StoreSnapshot& snapshot, const ResultsQuestion& question, TableKind kind, bool byName);

} // namespace levi
