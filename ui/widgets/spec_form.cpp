// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/spec_form.h"

#include "ui/spec_draft.h"
#include "ui/theme.h"
#include "ui/widgets/section_card.h"

#include <QCoreApplication>
#include <QVBoxLayout>

#include <algorithm>

namespace levi {
namespace {

constexpr std::size_t kOpenAtFirst = 4; // experiment, data, backbone, method: what a new experiment is about

constexpr const char* kData = "data";

// Lists of domains, each of which has one role (DomainOptions); other lists of the data hold columns or genres.
bool listsDomains(const std::string& path) {
    return path == "data.id" || path == "data.ood" || path == "data.ood_val";
}

Json without(const Json& list, const QStringList& items) {
    Json rest = Json::array();
    for (const Json& item : list)
        if (!items.contains(QString::fromStdString(item.get<std::string>()))) rest.push_back(item);
    return rest;
}

} // namespace

SpecForm::SpecForm(SpecDraft& draft, QWidget* parent) : QScrollArea(parent), m_draft(draft) {
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    auto* content = new QWidget;
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, kGrid, 0);
    layout->setSpacing(kGrid);
    for (const Section& section : sections()) {
        auto* card = new SectionCard(section);
        m_cards.push_back(card);
        layout->addWidget(card);
        connect(card, &SectionCard::entered, this,
                [this](const std::string& path, const QString& text) { m_draft.setText(path, text); });
        connect(card, &SectionCard::cleared, this, [this](const std::string& path) { m_draft.reset(path); });
        connect(card, &SectionCard::listEntered, this, &SpecForm::takeList);
        if (m_cards.size() > kOpenAtFirst) card->setExpanded(false);
    }
    layout->addStretch(1);
    setWidget(content);
    fill();
    connect(&m_draft, &SpecDraft::changed, this, &SpecForm::refresh);
}

void SpecForm::showEvent(QShowEvent* event) {
    QScrollArea::showEvent(event);
    if (m_isStale) fill();
}

void SpecForm::refresh() {
    m_isStale = true;
    if (isVisible()) fill();
}

void SpecForm::fill() {
    m_isStale = false;
    for (SectionCard* card : m_cards) {
        card->setVisible(card->section().applies(m_draft.spec()));
        card->showDraft(m_draft, m_problems);
    }
}

void SpecForm::showProblems(const std::vector<Problem>& problems) {
    if (problems == m_problems) return;
    m_problems = problems;
    refresh();
}

void SpecForm::setDomains(const QStringList& domains) {
    if (domains == m_domains) return;
    m_domains = domains;
    suggest(kData, domains);
}

void SpecForm::setParents(const QStringList& settings) {
    suggest("method", settings);
}

void SpecForm::suggest(const std::string& sectionKey, const QStringList& texts) {
    for (SectionCard* card : m_cards)
        if (card->section().key == sectionKey)
            for (const std::string& path : card->pathsOf(FieldType::TextList))
                if (sectionKey != kData || listsDomains(path)) card->setSuggestions(path, texts);
}

// A domain has one role: taken into one list, it leaves the others of its section.
void SpecForm::takeList(const std::string& path, const QStringList& items) {
    for (SectionCard* card : m_cards) {
        if (!listsDomains(path) || card->section().key != kData) continue;
        for (const std::string& other : card->pathsOf(FieldType::TextList)) {
            if (other == path || !listsDomains(other)) continue;
            const Json before = fieldValue(m_draft.spec(), other);
            const Json after = without(before, items);
            if (after != before) m_draft.set(other, after);
        }
    }
    Json list = Json::array();
    for (const QString& item : items)
        list.push_back(item.toStdString());
    m_draft.set(path, list);
}

// A section that has just been opened gets its height with the requests for layouts that wait: before them there is
// nothing to scroll to.
void SpecForm::bringIntoSight(QWidget* target) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    ensureWidgetVisible(target, kGrid * 2, kGrid * 8);
}

void SpecForm::focusField(const std::string& path) {
    if (m_isStale) fill();
    for (SectionCard* card : m_cards) {
        QWidget* box = card->reveal(path);
        if (!box) continue;
        bringIntoSight(box);
        box->setFocus(Qt::OtherFocusReason);
        return;
    }
    const std::string key = path.substr(0, path.find('.'));
    const auto known = std::ranges::find(m_cards, key, [](const SectionCard* card) { return card->section().key; });
    SectionCard* card = known == m_cards.end() ? m_cards.front() : *known;
    card->setExpanded(true);
    bringIntoSight(card);
}

} // namespace levi
