// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/table_options.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

// A table of texts: CSV or TSV with a head, or JSON lines; each also as .gz.
struct TextTableOptions : TableOptions {
    std::string text, textPair;                    // columns, or texts with columns in braces; textPair "": no pairs
    std::string rowId;                             // column; "": the line
    std::vector<std::string> numeric, categorical; // columns that a specialist may read
};

// Stars as they are, or 1 and 2 against 4 and 5.
enum class ReviewClasses { Stars, Polarity };
template<>
inline const std::vector<std::string> kEnumNames<ReviewClasses> = {"stars", "polarity"};

// What is out of distribution: some categories, late years, or users that training has not seen.
enum class ReviewShift { Category, Time, User };
template<>
inline const std::vector<std::string> kEnumNames<ReviewShift> = {"category", "time", "user"};

// Amazon reviews of 2014 or 2018 as JSON lines, a file per category; each also as .gz.
struct AmazonReviewsOptions : SplitOptions, DomainOptions, TargetOptions {
    std::filesystem::path path;                   // folder of such files, or one of them
    std::string text = "{summary}. {reviewText}"; // with keys of the review in braces
    ReviewClasses classes = ReviewClasses::Stars;
    ReviewShift shift = ReviewShift::Category;
    std::int64_t firstLateYear = 2013;
    double newUsersShare = 0.2;
    BrokenFiles broken = BrokenFiles::Stop;
};

FieldTable textTableFields();
FieldTable amazonReviewsFields();

} // namespace levi
