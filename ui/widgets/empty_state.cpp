// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include "ui/icons.h"
#include "ui/theme.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr int kSentenceWidth = 440;

}

EmptyState::EmptyState(const Words& words, QWidget* parent)
    : QWidget(parent), m_iconName(words.iconName), m_picture(new QLabel), m_sentence(new QLabel(words.sentence)) {
    showPicture();
    auto* heading = new QLabel(words.heading);
    heading->setFont(headingFont());
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignHCenter);
    m_sentence->setProperty("role", "muted");
    m_sentence->setFixedWidth(kSentenceWidth);
    setSentence(words.sentence);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(kGrid);
    layout->addStretch(2);
    layout->addWidget(m_picture, 0, Qt::AlignHCenter);
    layout->addWidget(heading, 0, Qt::AlignHCenter);
    layout->addWidget(m_sentence, 0, Qt::AlignHCenter);
    if (!words.button.isEmpty()) {
        m_button = new QPushButton(words.button);
        m_button->setProperty("role", "main");
        layout->addSpacing(kGrid);
        layout->addWidget(m_button, 0, Qt::AlignHCenter);
    }
    layout->addStretch(3);
}

void EmptyState::showPicture() {
    m_picture->setPixmap(icon(m_iconName).pixmap(QSize(40, 40), QIcon::Disabled));
}

void EmptyState::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) showPicture();
}

void EmptyState::setSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    m_sentence->setMinimumHeight(m_sentence->heightForWidth(kSentenceWidth)); // an aligned label gets one line else
}

} // namespace levi
