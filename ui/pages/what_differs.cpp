// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/what_differs.h"

#include "core/spec/experiment_spec.h"
#include "ui/models/queue_rows.h"

#include <QCoreApplication>

#include <algorithm>

namespace levi {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("levi::WhatDiffers", text);
}

// "Specialist: width": other sections have a width too. Words in capitals and names keep them.
QString fieldName(const SpecDifference& one) {
    const std::string key = one.path.substr(0, one.path.find('.'));
    const auto found = std::ranges::find_if(sections(), [&](const Section& section) {
        return !section.key.empty() && section.key == key && one.path.size() > key.size();
    });
    QString label = cleanText(one.label);
    if (found == sections().end()) return label;
    const QString word = label.section(QLatin1Char(' '), 0, 0);
    if (word.mid(1) == word.mid(1).toLower()) label[0] = label[0].toLower();
    return QStringLiteral("%1: %2").arg(QString::fromStdString(found->label), label);
}

} // namespace

QString whatDiffersHtml(const std::vector<const CellView*>& chosen) {
    if (chosen.size() != 2)
        return tr("<b>What differs</b><p>Select two settings (Ctrl+click) to see the fields in which they differ.</p>");
    QString text = tr("<b>What differs</b><p>%1<br>against<br>%2</p>")
                       .arg(chosen[0]->title.toHtmlEscaped(), chosen[1]->title.toHtmlEscaped());
    const auto differences = specDifferences(chosen[0]->specJson, chosen[1]->specJson);
    for (const SpecDifference& one : differences.value_or(std::vector<SpecDifference>()))
        text += QStringLiteral("<p><b>%1</b><br>%2 → %3</p>")
                    .arg(fieldName(one).toHtmlEscaped(), cleanText(one.a).toHtmlEscaped(),
                         cleanText(one.b).toHtmlEscaped());
    if (!differences) text += tr("<p>One of their specs cannot be read.</p>");
    if (differences && differences->empty()) text += tr("<p>Nothing but what their paths lead to.</p>");
    return text;
}

} // namespace levi
