// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/study_records.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace levi {

// The study that is looked at: its question, its seal, and the way to open that, which asks for a reason in place.
class StudyLine : public QWidget {
    Q_OBJECT

public:
    explicit StudyLine(QWidget* parent = nullptr);

    void showStudy(const StudyRecord* study); // null: none is looked at
    void showSentence(const QString& sentence);

Q_SIGNALS:
    void unsealWanted(const std::string& study, const QString& reason);

protected:
    bool event(QEvent* event) override; // Escape is ours while it is asked, and not the page's
    void keyPressEvent(QKeyEvent* event) override;

private:
    void makeQuestion();
    void ask(bool open);
    void showLock(); // in the colours of the theme
    void unseal();

    std::string m_name;
    QLabel *m_lock, *m_text;
    QPushButton* m_open;
    QWidget* m_question; // shown while it is asked
    QLineEdit* m_reason;
    QPushButton* m_yes;
};

} // namespace levi
