// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/experiment_spec.h"
#include "core/spec/validate.h"
#include "ui/spec_draft.h"

#include <QFrame>
#include <QStringList>

#include <map>
#include <string>
#include <vector>

class QGridLayout;
class QLabel;
class QToolButton;

namespace levi {

class FieldEditor;

// One section of the form: a title with its state, the fields that matter, the rest under "more". Drawn from the rows
// of the field table alone.
class SectionCard : public QFrame {
    Q_OBJECT

public:
    explicit SectionCard(const Section& section, QWidget* parent = nullptr);

    const Section& section() const { return m_section; }
    void showDraft(const SpecDraft& draft, const std::vector<Problem>& problems);
    void setExpanded(bool expanded);
    void setSuggestions(const std::string& path, const QStringList& texts);
    // The box of a field, brought to light; null where this section has no such field.
    QWidget* reveal(const std::string& path);
    std::vector<std::string> pathsOf(FieldType type) const;

Q_SIGNALS:
    void entered(const std::string& path, const QString& text);
    void listEntered(const std::string& path, const QStringList& items);
    void cleared(const std::string& path);

private:
    struct Line {
        FieldRow row;
        QLabel* label = nullptr;
        FieldEditor* editor = nullptr;
        QWidget* box = nullptr; // editor and unit
        QToolButton* reset = nullptr;
        bool hasProblem = false;
        bool isChanged = false; // can be put back to its default
    };

    void makeHeader();
    void makeLines(const std::vector<FieldRow>& rows);
    Line makeLine(const FieldRow& row);
    void showLine(Line& line, const FieldRow& row, const SpecDraft& draft);
    void showLines();
    void showHeader(std::size_t problems);
    bool isShown(const Line& line) const;

    const Section& m_section;
    QToolButton* m_title;
    QLabel* m_summary;
    QLabel* m_state;
    QWidget* m_body;
    QGridLayout* m_grid;
    QToolButton* m_more;
    std::vector<Line> m_lines;
    std::map<std::string, QStringList> m_suggestions;
    bool m_isExpanded = true, m_showsAll = false;
};

} // namespace levi
