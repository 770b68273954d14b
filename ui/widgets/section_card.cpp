// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/section_card.h"

#include "ui/icons.h"
#include "ui/theme.h"
#include "ui/widgets/field_editor.h"
#include "ui/widgets/field_text.h"
#include "ui/words.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace levi {
namespace {

constexpr int kLabelWidth = 168, kResetWidth = 28, kLineHeight = 26;

// Seeds have a box of their own beside the start button: several seeds are one setting.
bool hasItsOwnPlace(const FieldRow& row) {
    return row.path == "seed" || (row.path.ends_with(".kind") && row.info.choices.size() == 1);
}

bool isSameField(const FieldRow& a, const FieldRow& b) {
    return a.path == b.path && a.info.type == b.info.type && a.info.help == b.info.help &&
           a.info.choices == b.info.choices && a.info.unit == b.info.unit;
}

bool sameFields(const std::vector<FieldRow>& rows, const auto& lines) {
    return std::ranges::equal(rows, lines,
                              [](const FieldRow& row, const auto& line) { return isSameField(row, line.row); });
}

void setRole(QLabel* label, const char* role) {
    if (label->property("role").toString() == QLatin1String(role)) return;
    label->setProperty("role", role);
    label->style()->unpolish(label);
    label->style()->polish(label);
}

} // namespace

SectionCard::SectionCard(const Section& section, QWidget* parent)
    : QFrame(parent),
      m_section(section),
      m_title(new QToolButton),
      m_summary(new QLabel),
      m_state(new QLabel),
      m_body(new QWidget),
      m_grid(new QGridLayout),
      m_more(new QToolButton) {
    setProperty("role", "card");
    setObjectName(QStringLiteral("section_%1").arg(QString::fromStdString(section.key)));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->setSpacing(kGrid);
    makeHeader();
    auto* body = new QVBoxLayout(m_body);
    body->setContentsMargins(kGrid, 0, 0, 0);
    m_grid->setHorizontalSpacing(kGrid);
    m_grid->setVerticalSpacing(kGrid);
    m_grid->setColumnMinimumWidth(0, kLabelWidth);
    m_grid->setColumnStretch(1, 1);
    m_grid->setColumnMinimumWidth(2, kResetWidth);
    body->addLayout(m_grid);
    m_more->setProperty("role", "link");
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_more, &QToolButton::clicked, this, [this] {
        m_showsAll = !m_showsAll;
        showLines();
    });
    body->addWidget(m_more);
    layout->addWidget(m_body);
}

void SectionCard::makeHeader() {
    m_title->setText(QString::fromStdString(m_section.label));
    m_title->setToolTip(QString::fromStdString(m_section.help));
    m_title->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_title->setProperty("role", "heading");
    m_title->setFocusPolicy(Qt::StrongFocus);
    connect(m_title, &QToolButton::clicked, this, [this] { setExpanded(!m_isExpanded); });
    m_summary->setProperty("role", "muted");
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* header = new QHBoxLayout;
    header->setSpacing(kGrid);
    header->addWidget(m_title);
    header->addWidget(m_summary, 1);
    header->addWidget(m_state);
    static_cast<QVBoxLayout*>(layout())->addLayout(header);
}

void SectionCard::showDraft(const SpecDraft& draft, const std::vector<Problem>& problems) {
    const std::vector<FieldRow> rows = fieldRows(draft.spec(), m_section);
    if (!sameFields(rows, m_lines)) makeLines(rows);
    std::size_t count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Line& line = m_lines[i];
        const auto problem = std::ranges::find(problems, rows[i].path, &Problem::path);
        line.hasProblem = problem != problems.end();
        count += line.hasProblem;
        showLine(line, rows[i], draft);
        const QString tip = fieldToolTip(rows[i]);
        line.editor->target()->setToolTip(
            line.hasProblem
                ? QStringLiteral("<p><b>%1</b></p>").arg(QString::fromStdString(problem->message).toHtmlEscaped()) + tip
                : tip);
    }
    showHeader(count);
    showLines();
}

// Boxes of fields that stay are kept, and with them the keyboard: a change of kind comes out of one of them. Others go
// once their own event has been dealt with.
void SectionCard::makeLines(const std::vector<FieldRow>& rows) {
    std::vector<Line> before = std::exchange(m_lines, {});
    for (const FieldRow& row : rows) {
        const auto kept = std::ranges::find_if(before, [&](const Line& line) { return isSameField(row, line.row); });
        if (kept == before.end()) {
            m_lines.push_back(makeLine(row));
        } else {
            m_lines.push_back(*kept);
            before.erase(kept);
        }
    }
    for (const Line& line : before) {
        line.editor->target()->setObjectName(QString());
        line.reset->setObjectName(QString());
        for (QWidget* widget : {static_cast<QWidget*>(line.label), line.box, static_cast<QWidget*>(line.reset)}) {
            m_grid->removeWidget(widget);
            widget->hide();
            widget->deleteLater();
        }
    }
    int gridRow = 0;
    for (const Line& line : m_lines) {
        const Qt::Alignment side = line.row.info.type == FieldType::TextList ? Qt::AlignTop : Qt::AlignVCenter;
        if (side == Qt::AlignTop) line.label->setMinimumHeight(kLineHeight); // beside the first line
        m_grid->addWidget(line.label, gridRow, 0, side);
        m_grid->addWidget(line.box, gridRow, 1);
        m_grid->addWidget(line.reset, gridRow++, 2, side);
    }
    for (std::size_t i = 1; i < m_lines.size(); ++i)
        setTabOrder(m_lines[i - 1].editor->target(), m_lines[i].editor->target());
}

SectionCard::Line SectionCard::makeLine(const FieldRow& row) {
    Line line{.row = row,
              .label = new QLabel,
              .editor = FieldEditor::make(row),
              .box = new QWidget,
              .reset = new QToolButton};
    const QString label = QString::fromStdString(row.info.label);
    line.label->setText(label);
    line.label->setToolTip(fieldToolTip(row));
    line.label->setBuddy(line.editor->target());
    line.label->setWordWrap(true);
    line.editor->target()->setAccessibleName(label);
    line.editor->target()->setObjectName(QString::fromStdString(row.path));
    auto* box = new QHBoxLayout(line.box);
    box->setContentsMargins(0, 0, 0, 0);
    const bool isNumber = row.info.type == FieldType::Integer || row.info.type == FieldType::Number;
    box->addWidget(line.editor, isNumber ? 0 : 1);
    if (!row.info.unit.empty()) {
        auto* unit = new QLabel(QString::fromStdString(row.info.unit));
        unit->setProperty("role", "muted");
        box->addWidget(unit);
    }
    if (isNumber) box->addStretch(1);
    line.reset->setIcon(icon(QStringLiteral("reset")));
    line.reset->setAccessibleName(tr("Back to the default of %1").arg(label));
    line.reset->setObjectName(QStringLiteral("reset_%1").arg(QString::fromStdString(row.path)));
    connect(line.reset, &QToolButton::clicked, this, [this, path = row.path] { Q_EMIT cleared(path); });
    connect(line.editor, &FieldEditor::cleared, this, [this, path = row.path] { Q_EMIT cleared(path); });
    connect(line.editor, &FieldEditor::entered, this,
            [this, path = row.path](const QString& text) { Q_EMIT entered(path, text); });
    connect(line.editor, &FieldEditor::listEntered, this,
            [this, path = row.path](const QStringList& items) { Q_EMIT listEntered(path, items); });
    if (const auto known = m_suggestions.find(row.path); known != m_suggestions.end())
        line.editor->setSuggestions(known->second);
    return line;
}

void SectionCard::showLine(Line& line, const FieldRow& row, const SpecDraft& draft) {
    line.row = row;
    const auto refusal = draft.refusals().find(row.path);
    const bool isRefused = refusal != draft.refusals().end();
    line.editor->showRow(row, isRefused ? &refusal->second.text : nullptr);
    line.isChanged = (row.value != row.whereNobodySays() && !row.info.required) || isRefused;
    line.editor->mark(line.isChanged, line.hasProblem);
    line.reset->setToolTip(tr("Back to %1").arg(spokenValue(row, row.whereNobodySays())));
}

bool SectionCard::isShown(const Line& line) const {
    if (!line.row.applies || hasItsOwnPlace(line.row)) return false;
    return m_showsAll || !line.row.info.advanced || !line.row.isDefault || line.hasProblem;
}

void SectionCard::showLines() {
    int hidden = 0, advanced = 0;
    for (const Line& line : m_lines) {
        const bool shown = isShown(line);
        line.label->setVisible(shown);
        line.box->setVisible(shown);
        line.reset->setVisible(shown && line.isChanged);
        const bool possible = line.row.applies && !hasItsOwnPlace(line.row);
        hidden += possible && !shown;
        advanced += possible && line.row.info.advanced;
    }
    m_more->setVisible(hidden > 0 || (m_showsAll && advanced > 0));
    m_more->setText(m_showsAll ? tr("less") : tr("more (%1)").arg(hidden));
    m_more->setIcon(icon(m_showsAll ? QStringLiteral("less") : QStringLiteral("more")));
    m_body->setVisible(m_isExpanded);
    m_title->setIcon(icon(m_isExpanded ? QStringLiteral("more") : QStringLiteral("right")));
}

void SectionCard::showHeader(std::size_t problems) {
    QStringList changed;
    for (const Line& line : m_lines)
        if (line.row.applies && !line.row.isDefault && !hasItsOwnPlace(line.row))
            changed << QStringLiteral("%1 %2").arg(QString::fromStdString(line.row.info.label).toLower(),
                                                   spokenValue(line.row, line.row.value));
    m_summary->setText(m_isExpanded        ? QString()
                       : changed.isEmpty() ? tr("defaults")
                                           : changed.join(QLatin1String(", ")));
    m_state->setText(problems == 0 ? tr("ok")
                                   : counted(static_cast<std::int64_t>(problems), tr("problem"), tr("problems")));
    setRole(m_state, problems == 0 ? "ok" : "error");
}

void SectionCard::setExpanded(bool expanded) {
    m_isExpanded = expanded;
    std::size_t problems = 0;
    for (const Line& line : m_lines)
        problems += line.hasProblem;
    showHeader(problems);
    showLines();
}

void SectionCard::setSuggestions(const std::string& path, const QStringList& texts) {
    m_suggestions[path] = texts;
    for (const Line& line : m_lines)
        if (line.row.path == path) line.editor->setSuggestions(texts);
}

QWidget* SectionCard::reveal(const std::string& path) {
    for (const Line& line : m_lines) {
        if (line.row.path != path) continue;
        if (!isShown(line)) m_showsAll = true;
        setExpanded(true);
        return line.editor->target();
    }
    return nullptr;
}

std::vector<std::string> SectionCard::pathsOf(FieldType type) const {
    std::vector<std::string> paths;
    for (const Line& line : m_lines)
        if (line.row.info.type == type) paths.push_back(line.row.path);
    return paths;
}

} // namespace levi
