// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/study_records.h"

#include <QFrame>
#include <QString>

#include <optional>
#include <string>
#include <vector>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace levi {

class SpecDraft;

// States a study before its runs, in place: name, question, comparisons, what they are judged on, rule, seal. Its seeds
// are those that are about to run. What it states is not changed later.
class StudyForm : public QFrame {
    Q_OBJECT

public:
    explicit StudyForm(const SpecDraft& draft, QWidget* parent = nullptr);

    void open(); // with what the draft suggests
    void showSentence(const QString& sentence);

Q_SIGNALS:
    void stated(const levi::StudyPlan& plan, bool sealed);
    void closed();

private:
    QHBoxLayout* makeFirstLine();
    QHBoxLayout* makeSecondLine();
    QHBoxLayout* makeThirdLine();
    std::vector<StudyComparison> comparisons() const; // throws Error
    void showMetrics();
    void showUnit();
    std::string metric() const;
    void state();
    void close();

    const SpecDraft& m_draft;
    QLineEdit *m_name, *m_question, *m_family, *m_exploratory, *m_margin;
    QComboBox *m_rule, *m_metric, *m_endpoint;
    QCheckBox* m_sealed;
    QPushButton* m_state;
    QLabel *m_sentence, *m_marginUnit;
};

// A labelled line of a form of a study.
QLineEdit* addLine(QHBoxLayout* layout, const QString& name, const QString& label, const QString& toolTip);

// "LEVI against Linear probe; LEVI against LoRA" -> pairs. Throws Error where a part is no comparison.
std::vector<StudyComparison> comparisonsFromText(const QString& text);
// In points of a share such as accuracy; of other metrics in their own unit. Nothing where nothing is said. Throws
// Error where it is no number.
std::optional<double> marginFromText(const QString& text, const std::string& metric);
QString comparisonsText(const std::vector<StudyComparison>& family);

} // namespace levi
