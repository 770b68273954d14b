// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/validate.h"

#include <QListWidget>

#include <vector>

namespace levi {

// All that stands in the way of a run, in the order of the form, then what is worth knowing. A click or Enter leads to
// the field.
class ProblemList : public QListWidget {
    Q_OBJECT

public:
    explicit ProblemList(QWidget* parent = nullptr);

    // `notes`: worth knowing, but no problem; one without a path leads nowhere. The same ones again leave the row that
    // is chosen.
    void showProblems(const std::vector<Problem>& problems, const std::vector<Problem>& notes);
    QSize sizeHint() const override;

protected:
    void changeEvent(QEvent* event) override; // colours of the theme

Q_SIGNALS:
    void problemChosen(const std::string& path);

private:
    void fill();
    QListWidgetItem* add(const Problem& problem, const QString& iconName, bool leadsToAField);

    std::vector<Problem> m_problems, m_notes;
};

} // namespace levi
