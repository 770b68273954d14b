// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/named_studies.h"
#include "ui/engine_client.h"

#include <QFrame>
#include <QString>

#include <array>
#include <optional>

class QCheckBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace levi {

enum class NamedStudyKind { Premise, Ablation, Efficiency };
inline constexpr std::array kNamedStudies = {NamedStudyKind::Premise, NamedStudyKind::Ablation,
                                             NamedStudyKind::Efficiency};
QString titleOf(NamedStudyKind kind); // for lists: "ablation of this spec…"

// Offers a study that the program knows, in place: what it asks, how many runs that makes, its name, seeds, margin and
// seal. What it compares is fixed.
class NamedStudyForm : public QFrame {
    Q_OBJECT

public:
    explicit NamedStudyForm(QWidget* parent = nullptr);

    // Of the spec and what the engine knows of it; where that is not enough a sentence says so.
    void open(NamedStudyKind kind, const ExperimentSpec& spec, const SpecInsight& insight);
    void showSentence(const QString& sentence);

Q_SIGNALS:
    void stated(const levi::NamedStudy& study, bool sealed);
    void closed();

private:
    QHBoxLayout* makeLine();
    void offer(const NamedStudy& study);
    void showRuns();
    void state();
    void close();

    std::optional<NamedStudy> m_offered;
    std::size_t m_settings = 0;
    QLabel *m_question, *m_runs, *m_sentence;
    QLineEdit *m_name, *m_seeds, *m_margin;
    QCheckBox* m_sealed;
    QPushButton* m_state;
};

} // namespace levi
