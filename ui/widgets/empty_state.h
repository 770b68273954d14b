// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace levi {

// What a page shows while it has nothing to show: what will be here, and the button that brings it.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    struct Words {
        QString iconName, heading, sentence, button; // no button where the text is empty
    };
    explicit EmptyState(const Words& words, QWidget* parent = nullptr);

    QPushButton* button() const { return m_button; } // null where there is none
    void setSentence(const QString& sentence);

protected:
    void changeEvent(QEvent* event) override; // colours of the theme

private:
    void showPicture();

    QString m_iconName;
    QLabel* m_picture;
    QLabel* m_sentence;
    QPushButton* m_button = nullptr;
};

} // namespace levi
