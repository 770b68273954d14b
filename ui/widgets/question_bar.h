// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/study_records.h"
#include "ui/models/results_view.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QLabel;

namespace levi {

class ResultsChoice;

// Pickers of the question that the pages with answers share: which study, which metric, picked by which rule, and what
// stands behind ±.
class QuestionBar : public QWidget {
    Q_OBJECT

public:
    explicit QuestionBar(ResultsChoice& choice, QWidget* parent = nullptr);

    void showStudies(const std::vector<StudyRecord>& studies);
    void showMetrics(const std::vector<std::string>& metrics);

private:
    QComboBox* addPicker(QHBoxLayout* layout, const QString& name, const QString& label, const QString& toolTip);
    void fillRules();
    void takeStudy();
    void takeRest();
    void showQuestion();

    ResultsChoice& m_choice;
    std::vector<StudyRecord> m_studies;
    QComboBox* m_study;
    QComboBox* m_metric;
    QComboBox* m_rule;
    QComboBox* m_spread;
    QLabel* m_studyLabel = nullptr;
};

} // namespace levi
