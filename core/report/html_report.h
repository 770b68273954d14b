// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/table.h"

#include <string>
#include <vector>

namespace levi {

struct Figure {
    std::string title;
    std::string svg;         // a whole SVG document; see inline_svg.h for what is refused
    std::string description; // below the figure; may be empty
};

struct NamedFact {
    std::string name, value;
};

struct FactGroup {
    std::string title;
    std::vector<NamedFact> facts;
    std::string note; // a sentence below; may be empty
};

// What one study asked and what came out of it.
struct StudySection {
    FactGroup facts; // its title is the section's
    std::vector<Table> tables;
    std::vector<Figure> figures;
};

struct SpecText {
    std::string title;
    std::string text; // as it stands in the file, lines kept
};

struct HtmlReport {
    std::string title;
    std::string summary; // a sentence or two: which store, how many runs, when
    std::vector<StudySection> studies;
    std::vector<Table> tables;
    std::vector<Figure> figures;
    std::vector<Table> runTables;       // run by run: long, so below the figures
    std::vector<FactGroup> protocol;    // selection rule, roles, split
    std::vector<SpecText> specs;        // folded, a setting each
    std::vector<FactGroup> environment; // versions, device, threads, git revision, fingerprints, cache keys
};

// A row a fact.
Table factsTable(const FactGroup& group);

// Those of studies, what each states first, then those of all runs; tables run by run are not among them.
std::vector<Table> tablesOf(const HtmlReport& report);

// One HTML file that needs nothing else: no script (a policy in its head forbids them), no reference to outside, light
// and dark by the reader's preference, fit to print. A section a study, then those of all runs; empty ones are left
// out. Throws Error for a figure that is refused.
std::string toHtmlDocument(const HtmlReport& report);

} // namespace levi
