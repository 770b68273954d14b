// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"
#include "ui/models/results_view.h"
#include "ui/pages/page.h"

#include <memory>
#include <set>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QSpinBox;
class QStackedLayout;
class QTabWidget;
class QToolButton;

namespace levi {

class DifferencePlot;
class DomainPlot;
class EmptyState;
class IdOodPlot;
class PlotFrame;
class QuestionBar;
class ResultsFilter;
class ResultsModel;
class ResultsSource;
class ResultsTree;
class StudyLine;
class TableBrowser;

enum class FigureFormat { Svg, Pdf, Png };

// Settings as a table, and their figures. What is selected in one is selected in all.
class ResultsPage : public Page {
    Q_OBJECT

public:
    explicit ResultsPage(const PageContext& context, QWidget* parent = nullptr);

    std::shared_ptr<const ResultsView> view() const { return m_view; }
    const std::set<QString>& selected() const { return m_selected; } // keys of settings
    void select(const std::set<QString>& keys);

    // Throw Error where the file cannot be written.
    void exportTable(const QString& file, TableFormat format) const;
    void exportTableInSight(const QString& file, TableFormat format) const; // of "More tables"
    void exportFigure(const QString& file, FigureFormat format) const;      // the one in sight

    QWidget* firstFocus() override;
    void prepareForScreenshot() override;

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makePickers();
    QWidget* makeTable();
    QWidget* makeFigures();
    QWidget* makeDifferences();
    QWidget* makeWhatDiffers();
    void connectSelection();

    void ask();
    void take(std::shared_ptr<const ResultsView> view);
    void showPickers();
    void showData();
    void showStudies();
    void showCautions();
    void fitNotes(); // as many as three lines hold; all in the tool tip
    void showFigures();
    std::set<QString> keysInSight() const; // empty: nothing is filtered
    void showSelection();
    void showWhatDiffers();
    void takeTableSelection();
    void pick(const QString& key, bool extend);
    PlotFrame* figure() const; // in sight; null where that is a table
    void openRun(const QModelIndex& index);

    using WriteTable = void (ResultsPage::*)(const QString& file, TableFormat format) const;
    void fillExportMenu();
    QList<QAction*> addTableActions(QMenu& menu, const QString& title, WriteTable write);
    QList<QAction*> addFigureActions(QMenu& menu);
    void chooseTableFile(TableFormat format, const QString& suffix, WriteTable write);
    void chooseFigureFile(FigureFormat format, const QString& suffix);
    void chooseReportFile();
    template<typename Write>
    void writeTo(const QString& file, const Write& write);

    std::shared_ptr<const ResultsView> m_view; // null until the first answer
    std::set<QString> m_selected;
    int m_shownState = 2;       // of m_stack: empty, results, not known yet
    bool m_isSelecting = false; // the page itself changes the selection of the table
    bool m_isStale = true;      // the store has changed while the page was hidden

    ResultsSource* m_source;
    ResultsModel* m_model;
    ResultsFilter* m_filter;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    QuestionBar* m_question;
    QLabel* m_dataLabel;
    QComboBox* m_data;
    StudyLine* m_study;
    QComboBox* m_baseline;
    QLineEdit* m_search;
    QLabel *m_count, *m_cautions, *m_notes, *m_sentence, *m_differs;
    QToolButton* m_export;
    QSpinBox* m_width;
    ResultsTree* m_tree;
    QTabWidget* m_figures;
    IdOodPlot* m_idOod;
    DomainPlot* m_domains;
    DifferencePlot* m_differences;
    TableBrowser* m_tables;
};

} // namespace levi
