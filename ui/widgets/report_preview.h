// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/html_report.h"

#include <QImage>
#include <QTextBrowser>

#include <deque>
#include <functional>

namespace levi {

// A report to read before it is written: studies, tables, figures, protocol, environment. Long lists are cut, and
// say so. Laid out piece by piece, so that the window stays alive.
class ReportPreview : public QTextBrowser {
    Q_OBJECT

public:
    explicit ReportPreview(QWidget* parent = nullptr);

    struct Figure {
        QString title;
        QString description;          // below it
        std::function<QImage()> draw; // at twice the size
    };
    // figures: of all runs; those of studies are the report's own.
    void showReport(const HtmlReport& report, std::vector<Figure> figures);
    void finishNow(); // all pieces at once
    bool isComplete() const { return m_pieces.empty(); }

private:
    void append(const QString& html, int gap = 0); // pixels above it
    void appendHeading(int level, const QString& text);
    void insert(const QString& html, int gap);
    void appendNext();
    void appendFigure(const Figure& figure);
    void addTables(const std::vector<Table>& tables);
    void addFigure(Figure figure);
    void addStudy(const StudySection& study);
    void addFacts(const QString& title, const std::vector<FactGroup>& groups);

    std::deque<std::function<void()>> m_pieces;
    int m_figures = 0;
    bool m_isWaiting = false; // for the event loop, with the next piece
    int m_wantedTop = 0;      // where the reader was, until there is as much again
};

} // namespace levi
