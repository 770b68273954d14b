// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/report_preview.h"

#include "ui/models/queue_rows.h"
#include "ui/theme.h"

#include <QPainter>
#include <QScrollBar>
#include <QSvgRenderer>
#include <QTextCursor>
#include <QUrl>

#include <algorithm>
#include <array>

namespace levi {
namespace {

constexpr std::size_t kMostRows = 30, kMostFacts = 16;
constexpr std::size_t kWideTable = 10; // columns; from there on the text is smaller
constexpr qsizetype kMostValue = 220;  // characters of one fact
constexpr double kFigureScale = 2;     // sharp on a screen of 200 %

QString escaped(const std::string& text) {
    return cleanText(text).toHtmlEscaped();
}

QString muted(const QString& html) {
    return QStringLiteral("<p><span style=\"color:%1\">%2</span></p>").arg(themeColors().muted.name(), html);
}

QString cellHtml(const Cell& cell, const Column& column) {
    QString text = escaped(cell.text);
    if (cell.bold) text = QStringLiteral("<b>%1</b>").arg(text);
    if (cell.tied) text = QStringLiteral("<u>%1</u>").arg(text);
    return QStringLiteral("<td align=\"%1\">%2</td>")
        .arg(column.align == Align::Right ? QStringLiteral("right") : QStringLiteral("left"), text);
}

QString tableHtml(const Table& table) {
    const bool isWide = table.columns.size() >= kWideTable;
    QString html = QStringLiteral("<table cellpadding=\"%1\" cellspacing=\"0\" style=\"font-size:%2\"><tr>")
                       .arg(isWide ? 3 : 5)
                       .arg(isWide ? QStringLiteral("small") : QStringLiteral("medium"));
    for (const Column& column : table.columns)
        html += QStringLiteral("<th align=\"%1\" valign=\"bottom\" style=\"border-bottom:1px solid %2\">%3</th>")
                    .arg(column.align == Align::Right ? QStringLiteral("right") : QStringLiteral("left"),
                         themeColors().muted.name(), escaped(headText(column)));
    html += QLatin1String("</tr>");
    for (std::size_t row = 0; row < std::min(kMostRows, table.rows.size()); ++row) {
        html += QLatin1String("<tr>");
        for (std::size_t column = 0; column < table.columns.size(); ++column)
            html += cellHtml(table.rows[row][column], table.columns[column]);
        html += QLatin1String("</tr>");
    }
    return html + QLatin1String("</table>");
}

QString tablePiece(const Table& table) {
    QString html = tableHtml(table);
    QStringList notes;
    for (const std::string& note : table.notes)
        notes << escaped(note);
    if (table.rows.size() > kMostRows)
        notes.prepend(ReportPreview::tr("%1 more rows stand in the file.").arg(table.rows.size() - kMostRows));
    return notes.isEmpty() ? html + QLatin1String("<p></p>") : html + muted(notes.join(QLatin1Char(' ')));
}

QString factsPiece(const FactGroup& group) {
    QString html = QLatin1String("<table cellpadding=\"2\" cellspacing=\"0\">");
    for (std::size_t i = 0; i < std::min(kMostFacts, group.facts.size()); ++i) {
        QString value = cleanText(group.facts[i].value);
        if (value.size() > kMostValue) value = value.left(kMostValue) + QStringLiteral(" …");
        html += QStringLiteral("<tr><td width=\"190\"><span style=\"color:%1\">%2</span></td><td>%3</td></tr>")
                    .arg(themeColors().muted.name(), escaped(group.facts[i].name), value.toHtmlEscaped());
    }
    html += QLatin1String("</table>");
    if (group.facts.size() > kMostFacts)
        html += muted(ReportPreview::tr("%1 more stand in the file.").arg(group.facts.size() - kMostFacts));
    return html + QStringLiteral("<p>%1</p>").arg(escaped(group.note));
}

// Of a study, drawn by the report itself.
QImage drawn(const std::string& svg) {
    QSvgRenderer renderer(QByteArray::fromStdString(svg));
    QImage image((QSizeF(renderer.defaultSize()) * kFigureScale).toSize(), QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    renderer.render(&painter);
    return image;
}

} // namespace

ReportPreview::ReportPreview(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    document()->setDocumentMargin(2 * kGrid);
}

void ReportPreview::insert(const QString& html, int gap) {
    QTextBlockFormat format;
    format.setTopMargin(gap);
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    document()->isEmpty() ? cursor.setBlockFormat({}) : cursor.insertBlock(format, QTextCharFormat());
    cursor.insertHtml(html);
}

void ReportPreview::append(const QString& html, int gap) {
    m_pieces.push_back([this, html, gap] { insert(html, gap); });
}

void ReportPreview::appendHeading(int level, const QString& text) {
    static constexpr std::array kSizes = {"xx-large", "x-large", "medium"};
    append(QStringLiteral("<span style=\"font-size:%1; font-weight:600\">%2</span>")
               .arg(QLatin1String(kSizes[static_cast<std::size_t>(level)]), text),
           level == 1 ? 3 * kGrid : 2 * kGrid);
}

void ReportPreview::addTables(const std::vector<Table>& tables) {
    for (const Table& table : tables) {
        appendHeading(2, escaped(table.caption));
        append(tablePiece(table));
    }
}

void ReportPreview::addFacts(const QString& title, const std::vector<FactGroup>& groups) {
    if (groups.empty()) return;
    appendHeading(1, title);
    for (const FactGroup& group : groups) {
        if (!group.title.empty()) appendHeading(2, escaped(group.title));
        append(factsPiece(group));
    }
}

void ReportPreview::appendFigure(const Figure& figure) {
    const QUrl url(QStringLiteral("figure:%1").arg(++m_figures));
    const QImage image = figure.draw();
    document()->addResource(QTextDocument::ImageResource, url, image);
    insert(QStringLiteral("<p><img src=\"%1\" width=\"%2\" height=\"%3\"></p>")
               .arg(url.toString())
               .arg(qRound(image.width() / kFigureScale))
               .arg(qRound(image.height() / kFigureScale)),
           kGrid);
    const QString words = figure.description.isEmpty() ? figure.title : figure.title + ". " + figure.description;
    insert(muted(tr("Figure %1. %2").arg(m_figures).arg(words.toHtmlEscaped())), 0);
}

void ReportPreview::addFigure(Figure figure) {
    m_pieces.push_back([this, figure = std::move(figure)] { appendFigure(figure); });
}

void ReportPreview::addStudy(const StudySection& study) {
    appendHeading(1, escaped(study.facts.title));
    append(factsPiece(study.facts));
    addTables(study.tables);
    for (const levi::Figure& figure : study.figures)
        addFigure({QString::fromStdString(figure.title), QString::fromStdString(figure.description),
                   [svg = figure.svg] { return drawn(svg); }});
}

// In the order of reading: what was asked, what came out, how it was done.
void ReportPreview::showReport(const HtmlReport& report, std::vector<Figure> figures) {
    m_wantedTop = std::max(m_pieces.empty() ? 0 : m_wantedTop, verticalScrollBar()->value());
    m_pieces.clear();
    m_figures = 0;
    clear();
    appendHeading(0, escaped(report.title));
    append(QStringLiteral("<p>%1</p>").arg(escaped(report.summary)));
    for (const StudySection& study : report.studies)
        addStudy(study);
    appendHeading(1, tr("Results"));
    addTables(report.tables);
    if (!figures.empty()) appendHeading(1, tr("Figures"));
    for (Figure& figure : figures)
        addFigure(std::move(figure));
    appendHeading(1, tr("Runs"));
    addTables(report.runTables);
    addFacts(tr("Protocol"), report.protocol);
    addFacts(tr("Environment"), report.environment);
    append(muted(tr("The spec of each setting (%1) stands at the end of the HTML file.").arg(report.specs.size())));
    appendNext();
}

void ReportPreview::appendNext() {
    m_isWaiting = false;
    if (m_pieces.empty()) return;
    const auto piece = std::move(m_pieces.front());
    m_pieces.pop_front();
    const int top = verticalScrollBar()->value();
    piece();
    verticalScrollBar()->setValue(std::max(top, std::min(m_wantedTop, verticalScrollBar()->maximum())));
    if (m_pieces.empty() || verticalScrollBar()->maximum() >= m_wantedTop) m_wantedTop = 0;
    if (m_pieces.empty() || m_isWaiting) return;
    m_isWaiting = true;
    QMetaObject::invokeMethod(this, &ReportPreview::appendNext, Qt::QueuedConnection);
}

void ReportPreview::finishNow() {
    while (!m_pieces.empty())
        appendNext();
}

} // namespace levi
