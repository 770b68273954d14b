// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/spec/validate.h"

#include <QScrollArea>
#include <QStringList>

#include <string>
#include <vector>

namespace levi {

class SectionCard;
class SpecDraft;

// The form of a spec: a card per section, drawn from the field table alone, so that a new field appears by itself.
class SpecForm : public QScrollArea {
    Q_OBJECT

public:
    explicit SpecForm(SpecDraft& draft, QWidget* parent = nullptr);

    void showProblems(const std::vector<Problem>& problems); // marks fields and cards
    void setDomains(const QStringList& domains);             // chips for the lists of the data section
    void setParents(const QStringList& settings);            // chips for the lists of the method section
    // Opens the section, scrolls there and gives the field the keyboard. Paths of no field lead to their section, ""
    // and others to the first one.
    void focusField(const std::string& path);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh(); // when it is seen
    void fill();
    void bringIntoSight(QWidget* target);
    void suggest(const std::string& sectionKey, const QStringList& texts);
    void takeList(const std::string& path, const QStringList& items);

    SpecDraft& m_draft;
    std::vector<SectionCard*> m_cards;
    std::vector<Problem> m_problems;
    QStringList m_domains;
    bool m_isStale = false; // something changed while the form was hidden
};

} // namespace levi
