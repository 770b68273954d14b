// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/asked_table.h"
#include "ui/answer.h"
#include "ui/models/results_view.h"
#include "ui/store_snapshot.h"

#include <QWidget>

#include <memory>
#include <string>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QScrollArea;
class QStackedWidget;
class QTableView;

namespace levi {

class ResultsFilter;
class TableModel;

struct SelectedSetting {
    std::string cell, title;
    bool operator==(const SelectedSetting&) const = default;
};

// The tables that the core makes of the page's runs, one at a time. Made on another thread, while this is in sight; a
// newer question retires an older one.
class TableBrowser : public QWidget {
    Q_OBJECT

public:
    explicit TableBrowser(QWidget* parent = nullptr);

    void ask(std::shared_ptr<const StoreSnapshot> snapshot, const ResultsQuestion& question);
    // Which settings are selected elsewhere, in the order in which they are shown there: two of them are compared.
    void setSelected(std::vector<SelectedSetting> settings);
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
    void take(const QString& key, const Answer<Table>& answer);
    void showTable();
    void limitWidths();
    void showSentence(const QString& sentence);
    void fitNotes();
    QString key() const; // of the table that is chosen
    bool comparesSamples() const;

    std::shared_ptr<const StoreSnapshot> m_snapshot; // null until something was asked
    ResultsQuestion m_question;
    bool m_isStale = false; // what is shown, or being made, is not what is asked
    bool m_isBusy = false;
    std::vector<SelectedSetting> m_selected;
    QString m_shown; // key

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

// What the page's question asks of its runs: values, made on any thread. Throw Error.
Table tableOf(const StoreSnapshot& snapshot, ResultsQuestion question, TableKind kind, bool byName);
// Two settings on the same samples, seed by seed: reads the predictions beside the store. Throws Error where there are
// not two, and where predictions are missing or sealed.
Table samplesOf(const StoreSnapshot& snapshot, const ResultsQuestion& question,
                const std::vector<SelectedSetting>& settings);

} // namespace levi
