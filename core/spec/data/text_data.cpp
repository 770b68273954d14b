// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/text_data.h"

#include "core/spec/experiment_spec.h"
#include "core/spec/readings.h"

namespace levi {
namespace {

std::optional<std::string> textProblem(const ExperimentSpec& spec, const TextTableOptions& o) {
    if (!o.text.empty() || !readsTexts(spec)) return std::nullopt;
    return "is empty, expected the column of the texts, since something of this spec reads them";
}

std::optional<std::string> reviewTextProblem(const ExperimentSpec& spec, const AmazonReviewsOptions& o) {
    if (!o.text.empty() || !readsTexts(spec)) return std::nullopt;
    return "is empty, expected keys of the review, such as '{reviewText}', since something of this spec reads texts";
}

} // namespace

FieldTable textTableFields() {
    using T = TextTableOptions;
    Fields<T> f;
    f.add("table", &TableOptions::table, "Table")
        .required()
        .help(
            "CSV or TSV whose first line names its columns, or JSON lines, whose keys are columns; also as .gz. A "
            "row a text. CSV: a field in quotes may hold separators and line ends, up to 10,000 lines and 16 MiB a "
            "row. "
            "TSV: quotes are characters, unless they stand around whole fields. What is no row costs the line that it "
            "begins on alone.");
    f.add("text", &T::text, "Text")
        .help("Column of the text; or a text with columns in braces, such as '{title}. {body}'.")
        .check(textProblem);
    f.add("text_pair", &T::textPair, "Second text")
        .advanced()
        .help("Of pairs of texts: where the second one stands, in the same way; empty: no pairs.");
    addTableTarget(f);
    f.add("numeric", &T::numeric, "Numeric columns")
        .help(
            "Columns of numbers for a specialist that reads fields, which gets them standardised on the training rows; "
            "an empty value counts as the mean.");
    f.add("categorical", &T::categorical, "Categorical columns")
        .help("Columns of names for a specialist that reads fields, such as user and item; names that training has not "
              "seen are one unknown name.");
    f.add("row_id", &T::rowId, "Row's name")
        .advanced()
        .help("Column of a name for each row, by which predictions are kept; empty: its line.");
    addTableGroups(f);
    addTableRoles(f);
    return f.table();
}

FieldTable amazonReviewsFields() {
    using A = AmazonReviewsOptions;
    Fields<A> f;
    f.add("path", &A::path, "Folder or file")
        .required()
        .help("Reviews as JSON lines (.json, .jsonl, also .gz): a folder with a file per category, or one such file. A "
              "category is called after its file.");
    f.add("text", &A::text, "Text")
        .help("What a reader of texts gets: keys of the review in braces (summary, reviewText) and words between them. "
              "Reviews without a text are left out; a key that no review has is a problem.")
        .check(reviewTextProblem);
    addTarget(f);
    f.add("classes", &A::classes, "Classes")
        .when([](const A& o) { return o.target == TargetKind::Class; })
        .help("stars: 1 to 5; polarity: negative (1 and 2 stars) or positive (4 and 5), three stars are left out.");
    f.add("shift", &A::shift, "Shift")
        .help("What is out of distribution: category, the categories named below; time, reviews of late years; user, "
              "users that training has not seen.");
    addDomains<A>(f, [](const A& o) { return o.shift == ReviewShift::Category; });
    f.add("first_late_year", &A::firstLateYear, "First late year")
        .range(1990, 2100)
        .when([](const A& o) { return o.shift == ReviewShift::Time; })
        .help("Reviews of this year and later are out of distribution.");
    f.add("new_users_share", &A::newUsersShare, "Share of new users")
        .range(0.01, 0.9)
        .when([](const A& o) { return o.shift == ReviewShift::User; })
        .help("Share of users, drawn by the split seed, all of whose reviews are out of distribution.");
    addSplit(f);
    f.add("broken", &A::broken, "Bad rows")
        .advanced()
        .help("Whether a line that cannot be used (no JSON, no rating from 1 to 5, no reviewer or item) stops the load "
              "or "
              "is counted, named and skipped.");
    return f.table();
}

} // namespace levi
