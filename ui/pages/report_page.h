// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"
#include "ui/pages/page.h"
#include "ui/report_export.h"

#include <memory>

class QLabel;
class QPushButton;
class QStackedLayout;
class QVBoxLayout;

namespace levi {

class EmptyState;
class QuestionBar;
class ReportPreview;

// What a report of these runs will say, and the buttons that write it.
class ReportPage : public Page {
    Q_OBJECT

public:
    explicit ReportPage(const PageContext& context, QWidget* parent = nullptr);
    ~ReportPage() override;

    const ReportContent* content() const { return m_content.get(); } // null until it has been read
    void writeReport(const QString& file) const;                     // HTML; throws Error
    void writeTables(const QString& file, TableFormat format) const; // throws Error

    QWidget* firstFocus() override;
    void prepareForScreenshot() override;

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override; // its words have the theme's colours

private:
    struct Figures;

    QWidget* makeSide();
    void addTableButton(QVBoxLayout* layout, const QString& text, TableFormat format, const QString& suffix);
    void ask();
    void take(std::shared_ptr<const ReportContent> content);
    void showProblem(const QString& message);
    void showPreview();
    template<typename Write>
    void writeTo(const QString& file, const Write& write);

    std::unique_ptr<Figures> m_plots;
    std::shared_ptr<const ReportContent> m_content;
    bool m_isStale = true; // since the page was hidden
    bool m_isBusy = false; // reading
    bool m_hasOldColours = false;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    QuestionBar* m_question;
    ReportPreview* m_preview;
    QPushButton* m_html = nullptr;
    QLabel* m_sentence = nullptr;
};

} // namespace levi
