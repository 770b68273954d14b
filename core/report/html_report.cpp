// SPDX-License-Identifier: Apache-2.0
#include "core/report/html_report.h"

#include "core/report/escape.h"
#include "core/report/inline_svg.h"

#include <fmt/format.h>

namespace levi {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --text: #1d2125; --faint: #5d6670; --line: #c9d0d6; --page: #ffffff; --panel: #f4f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8eb; --faint: #9aa5af; --line: #444d56; --page: #1b1f23; --panel: #24292e; }
}
body { margin: 2rem auto; padding: 0 1.5rem; max-width: 72rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text);
       background: var(--page); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
a { color: inherit; }
.scroll { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; border-top: 2px solid var(--text); border-bottom: 2px solid var(--text);
        font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .5rem; font-weight: 600; }
caption small { display: block; font-weight: 400; color: var(--faint); max-width: min(60rem, calc(100vw - 4rem)); }
th, td { padding: .3rem .8rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 1px solid var(--text); } tbody th { font-weight: 400; min-width: 9rem; }
thead th:first-child, tbody th { position: sticky; left: 0; background: var(--page); }
tbody tr + tr > * { border-top: 1px solid var(--line); }
.number { text-align: right; white-space: nowrap; }
.muted { color: var(--faint); }
u { text-underline-offset: .2em; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .2rem 1.5rem; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 1.5rem 0; } figure svg { max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); }
figcaption { color: var(--faint); }
pre { background: var(--panel); border: 1px solid var(--line); padding: .8rem; overflow-x: auto; font-size: .85rem; }
summary { cursor: pointer; }
@media print {
  :root { --text: #000000; --faint: #444444; --line: #bbbbbb; --page: #ffffff; --panel: #ffffff; }
  body { margin: 0; max-width: none; font-size: 10pt; } nav { display: none; } .study { break-after: page; }
  .scroll { overflow: visible; } thead th:first-child, tbody th { position: static; min-width: 0; } table, figure, dl { break-inside: avoid; } pre { white-space: pre-wrap; }
}
)css";

std::string head(const std::string& title) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
           "img-src data:; base-uri 'none'; form-action 'none'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
           escapeHtml(title) + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n";
}

// An element's text with its line breaks.
std::string escapeBlock(std::string_view text) {
    std::string escaped;
    const std::string cleaned = cleanBlock(text);
    for (std::size_t begin = 0; begin <= cleaned.size();) {
        const std::size_t end = std::min(cleaned.find('\n', begin), cleaned.size());
        if (begin > 0) escaped += '\n';
        escaped += escapeHtml(std::string_view(cleaned).substr(begin, end - begin));
        begin = end + 1;
    }
    return escaped;
}

std::string paragraph(const std::string& text) {
    return text.empty() ? text : "<p>" + escapeHtml(text) + "</p>\n";
}

std::string factsHtml(const FactGroup& group) {
    std::string html;
    if (!group.facts.empty()) html += "<dl>\n";
    for (const NamedFact& fact : group.facts)
        html += "<dt>" + escapeHtml(fact.name) + "</dt><dd>" + escapeHtml(fact.value) + "</dd>\n";
    if (!group.facts.empty()) html += "</dl>\n";
    return html + paragraph(group.note);
}

std::string factGroupsHtml(const std::vector<FactGroup>& groups) {
    std::string html;
    for (const FactGroup& group : groups) {
        if (!group.title.empty()) html += "<h3>" + escapeHtml(group.title) + "</h3>\n";
        html += factsHtml(group);
    }
    return html;
}

std::string tablesHtml(const std::vector<Table>& tables) {
    std::string html;
    for (const Table& table : tables)
        html += "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" + escapeHtml(table.caption) +
                "\">\n" + toHtml(table) + "</div>\n";
    return html;
}

// Figures are numbered through the whole document.
std::string figuresHtml(const std::vector<Figure>& figures, int& before) {
    std::string html;
    for (const Figure& figure : figures) {
        ++before;
        html += "<figure>\n" +
                inlineSvg(figure.svg, {.idPrefix = fmt::format("figure{}-", before), .label = figure.title}) +
                fmt::format("\n<figcaption>Figure {}. ", before) + escapeHtml(figure.title) +
                (figure.description.empty() ? "" : ". " + escapeHtml(figure.description)) +
                "</figcaption>\n</figure>\n";
    }
    return html;
}

std::string specsHtml(const std::vector<SpecText>& specs) {
    std::string html;
    for (const SpecText& spec : specs)
        html += "<details>\n<summary>" + escapeHtml(spec.title) + "</summary>\n<pre>" + escapeBlock(spec.text) +
                "</pre>\n</details>\n";
    return html;
}

struct Section {
    std::string id, title;
    std::string html;
    const char* attributes = "";
};

std::vector<Section> sectionsOf(const HtmlReport& report) {
    std::vector<Section> sections;
    int figures = 0;
    for (const StudySection& study : report.studies) {
        std::string html = factsHtml(study.facts) + tablesHtml(study.tables);
        html += figuresHtml(study.figures, figures);
        sections.push_back({.id = fmt::format("study{}", sections.size() + 1),
                            .title = study.facts.title,
                            .html = std::move(html),
                            .attributes = " class=\"study\""});
    }
    sections.push_back({.id = "results", .title = "Results", .html = tablesHtml(report.tables)});
    sections.push_back({.id = "figures", .title = "Figures", .html = figuresHtml(report.figures, figures)});
    sections.push_back({.id = "runs", .title = "Runs", .html = tablesHtml(report.runTables)});
    sections.push_back({.id = "protocol", .title = "Protocol", .html = factGroupsHtml(report.protocol)});
    sections.push_back({.id = "specs", .title = "Specs", .html = specsHtml(report.specs)});
    sections.push_back({.id = "environment", .title = "Environment", .html = factGroupsHtml(report.environment)});
    return sections;
}

} // namespace

Table factsTable(const FactGroup& group) {
    Table table{.caption = group.title, .notes = {}, .columns = {{.title = "fact"}, {.title = "value"}}, .rows = {}};
    for (const NamedFact& fact : group.facts)
        table.rows.push_back({textCell(fact.name), textCell(fact.value)});
    if (!group.note.empty()) table.notes = {group.note};
    return table;
}

std::vector<Table> tablesOf(const HtmlReport& report) {
    std::vector<Table> tables;
    for (const StudySection& study : report.studies) {
        tables.push_back(factsTable(study.facts));
        tables.insert(tables.end(), study.tables.begin(), study.tables.end());
    }
    tables.insert(tables.end(), report.tables.begin(), report.tables.end());
    return tables;
}

std::string toHtmlDocument(const HtmlReport& report) {
    std::string links, body;
    for (const Section& section : sectionsOf(report)) {
        if (section.html.empty()) continue;
        const std::string title = escapeHtml(section.title);
        links += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, title);
        body += fmt::format("<section id=\"{}\"{}>\n<h2>{}</h2>\n", section.id, section.attributes, title) +
                section.html + "</section>\n";
    }
    std::string html =
        head(report.title) + "<header>\n<h1>" + escapeHtml(report.title) + "</h1>\n" + paragraph(report.summary);
    if (!links.empty()) html += "<nav aria-label=\"Sections\">\n<ul>\n" + links + "</ul>\n</nav>\n";
    return html + "</header>\n<main>\n" + body + "</main>\n</body>\n</html>\n";
}

} // namespace levi
