// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/read_number.h"
#include "core/engine/data/bad_rows.h"
#include "core/engine/data/records.h"
#include "core/engine/data/table_roles.h"
#include "core/engine/data/text_files.h"
#include "core/engine/data/text_rows.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>

#include <fmt/ranges.h>

namespace levi {
namespace {

constexpr const char *kRating = "overall", *kUser = "reviewerID", *kItem = "asin", *kTime = "unixReviewTime";

struct ReviewFile {
    std::filesystem::path path;
    std::string category;
};

bool takeEnd(std::string& text, std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.resize(text.size() - end.size());
    return true;
}

// "reviews_Books_5.json.gz", "Books_5.jsonl" and "books.jsonl.gz" are Books, Books and books. "": no reviews.
std::string categoryOf(const std::filesystem::path& file) {
    std::string name = file.filename().string();
    takeEnd(name, ".gz");
    if (!takeEnd(name, ".jsonl") && !takeEnd(name, ".json")) return {};
    takeEnd(name, "_5");
    if (name.starts_with("reviews_")) name.erase(0, 8);
    return name;
}

std::vector<ReviewFile> reviewFiles(const std::filesystem::path& path) {
    std::vector<ReviewFile> files;
    std::error_code code;
    if (std::filesystem::is_directory(path, code)) {
        for (const auto& entry : std::filesystem::directory_iterator(path, code))
            if (const std::string category = categoryOf(entry.path()); !category.empty() && entry.is_regular_file(code))
                files.push_back({entry.path(), category});
    } else {
        files.push_back({path, categoryOf(path).empty() ? path.filename().string() : categoryOf(path)});
    }
    std::ranges::sort(files, {}, &ReviewFile::path);
    if (files.empty())
        throw Error("{}: holds no reviews, expected files that end in .jsonl or .json, also with .gz", path.string());
    return files;
}

int yearOf(const std::string& unixTime) {
    const auto seconds = readNumber(unixTime);
    if (!seconds || std::abs(*seconds) > 1e11)
        throw Error("'{}' is '{}', expected seconds since 1970: data.shift needs them", kTime, unixTime);
    const std::chrono::sys_seconds time{std::chrono::seconds(static_cast<std::int64_t>(*seconds))};
    return static_cast<int>(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year());
}

// The domains of rows, and which of them are out of distribution.
class ReviewDomains {
public:
    explicit ReviewDomains(const AmazonReviewsOptions& data)
        : m_data(data),
          m_known(data.shift == ReviewShift::Time ? fmt::format("before {}", data.firstLateYear) : "known users"),
          m_new(data.shift == ReviewShift::Time ? fmt::format("{} and later", data.firstLateYear) : "new users") {}

    TableOptions options() const {
        TableOptions options;
        static_cast<SplitOptions&>(options) = m_data;
        static_cast<TargetOptions&>(options) = m_data;
        if (m_data.shift == ReviewShift::Category)
            static_cast<DomainOptions&>(options) = m_data;
        else
            options.ood = {m_new};
        return options;
    }

    std::string of(const std::string& category, const std::string& time, const std::string& user) const {
        if (m_data.shift == ReviewShift::Category) return category;
        if (m_data.shift == ReviewShift::Time) return yearOf(time) < m_data.firstLateYear ? m_known : m_new;
        Random random(streamSeed(m_data.splitSeed, "new user " + user)); // whatever else the data hold
        return random.uniform() < m_data.newUsersShare ? m_new : m_known;
    }

    // Sides of the shift without a row; of categories it is told by name which one is none.
    std::vector<std::string> emptySides(const std::vector<TableRow>& rows) const {
        if (rows.empty() || m_data.shift == ReviewShift::Category) return {};
        const auto isEmpty = [&rows](const std::string& domain) {
            return std::ranges::find(rows, domain, &TableRow::domain) == rows.end();
        };
        std::vector<std::string> problems;
        if (isEmpty(m_new)) problems.push_back(nothingNew());
        if (isEmpty(m_known)) problems.push_back(nothingKnown());
        return problems;
    }

private:
    std::string nothingNew() const {
        if (m_data.shift == ReviewShift::Time)
            return fmt::format("data.first_late_year: no review is of {} or later; choose an earlier year",
                               m_data.firstLateYear);
        return fmt::format("data.new_users_share: {:g} leaves nobody for '{}'; raise it or change data.split_seed",
                           m_data.newUsersShare, m_new);
    }

    std::string nothingKnown() const {
        if (m_data.shift == ReviewShift::Time)
            return fmt::format("data.first_late_year: no review is from before {}, and none is left to train on; "
                               "choose a later year",
                               m_data.firstLateYear);
        return fmt::format("data.new_users_share: {:g} leaves nobody to train on; lower it or change data.split_seed",
                           m_data.newUsersShare);
    }

    const AmazonReviewsOptions& m_data;
    std::string m_known, m_new;
};

class ReviewReader {
public:
    ReviewReader(const AmazonReviewsOptions& data, LoadedRows& loaded)
        : m_data(data),
          m_domains(data),
          m_layout(layoutOf(data), m_columns),
          m_rating(m_columns.place(kRating)),
          m_user(m_columns.place(kUser)),
          m_item(m_columns.place(kItem)),
          m_time(m_columns.place(kTime)),
          m_loaded(loaded),
          m_source(std::make_shared<TextRows>(m_layout.names())) {}

    void read(const ReviewFile& file, RecordProgress progress) {
        const auto records = openRecords(file.path, m_columns.names());
        BadRows bad(m_loaded, file.path.string());
        bool isAnyRow = false;
        for (Record record; records->next(record); progress.at(records->share()))
            try {
                if (!record.problem.empty()) throw Error("{}", record.problem);
                isAnyRow = true;
                add(file.category, record);
            } catch (const Error& error) {
                bad.add(record.line, error.what());
            }
        if (isAnyRow) noteKeys(*records);
    }

    void place() {
        const TableOptions options = m_domains.options();
        tellUnknownKeys();
        const auto problems = m_domains.emptySides(m_rows);
        m_loaded.problems.insert(m_loaded.problems.end(), problems.begin(), problems.end());
        if (!problems.empty()) return;
        keepUsedRows(options, m_data.path.string(), m_rows, m_loaded);
        if (!m_loaded.problems.empty()) return;
        if (m_loaded.brokenFiles > 0 && m_data.broken == BrokenFiles::Stop) stopAtBroken(m_loaded, "rows");
        if (m_rows.empty()) {
            m_loaded.problems.push_back(fmt::format("{}: has no review that can be used", m_data.path.string()));
            return;
        }
        if (m_withoutText > 0)
            m_loaded.notes.push_back(fmt::format("{} reviews without a text are left out", m_withoutText));
        m_source->finish(m_rows);
        placeRows(m_loaded, options, m_rows, m_source);
    }

private:
    // A key may be missing from all reviews of a category, not from those of every one.
    void noteKeys(const Records& records) {
        const auto found = records.found(), missing = records.missing();
        m_foundKeys.insert(found.begin(), found.end());
        if (!m_missingKeys) m_missingKeys = missing;
        std::erase_if(*m_missingKeys,
                      [&missing](const std::string& key) { return std::ranges::find(missing, key) == missing.end(); });
    }

    // Of the text alone: what each review needs beside it is told review by review.
    void tellUnknownKeys() {
        const auto isOfEach = [](const std::string& key) {
            return key == kRating || key == kUser || key == kItem || key == kTime;
        };
        for (const std::string& key : m_missingKeys.value_or(std::vector<std::string>()))
            if (!isOfEach(key))
                m_loaded.problems.push_back(fmt::format("data.text: no review of {} has the key '{}'; found {}",
                                                        m_data.path.string(), key, fmt::join(m_foundKeys, ", ")));
    }

    void add(const std::string& category, const Record& record) {
        const auto& values = record.values;
        TableRow row{.line = record.line};
        if (!readRating(row, values[m_rating])) return;
        for (const auto& [place, key] : {std::pair{m_user, kUser}, std::pair{m_item, kItem}})
            if (values[place].empty()) throw Error("'{}' is missing, expected an id", key);
        row.domain = m_domains.of(category, values[m_time], values[m_user]);
        if (!m_layout.hasText(values)) return void(++m_withoutText);
        row.id = fmt::format("{}:{}", category, record.line);
        const std::string known =
            fmt::format("{} {} {} {}", values[m_user], values[m_item], values[m_time], values[m_rating]);
        row.file = m_source->add(m_layout.text(values), m_layout.fields(values), known);
        m_rows.push_back(std::move(row));
    }

    // False: the review has no class.
    bool readRating(TableRow& row, const std::string& text) const {
        const auto stars = readNumber(text);
        if (!stars || *stars < 1 || *stars > 5 || (!isNumber() && *stars != std::floor(*stars)))
            throw Error("'{}' is '{}', expected {} from 1 to 5", kRating, text, isNumber() ? "a number" : "stars");
        row.number = *stars;
        if (isNumber()) return true;
        row.className = std::to_string(static_cast<int>(*stars));
        if (m_data.classes == ReviewClasses::Polarity) row.className = *stars < 3 ? "negative" : "positive";
        return m_data.classes == ReviewClasses::Stars || *stars != 3;
    }
    bool isNumber() const { return m_data.target == TargetKind::Number; }

    const AmazonReviewsOptions& m_data;
    ReviewDomains m_domains;
    ColumnList m_columns;
    LayoutReader m_layout;
    std::size_t m_rating, m_user, m_item, m_time;
    LoadedRows& m_loaded;
    std::shared_ptr<TextRows> m_source;
    std::vector<TableRow> m_rows;
    std::int64_t m_withoutText = 0;
    std::optional<std::vector<std::string>> m_missingKeys; // from all files so far
    std::set<std::string> m_foundKeys;
};

// Of a shift between categories, files of categories that nobody names need not be read.
void keepNamed(std::vector<ReviewFile>& files, const AmazonReviewsOptions& data) {
    if (data.shift != ReviewShift::Category || data.id.empty()) return;
    std::vector<std::string> named = data.id;
    for (const auto* list : {&data.ood, &data.oodVal})
        named.insert(named.end(), list->begin(), list->end());
    std::vector<std::string> present;
    for (const ReviewFile& file : files)
        present.push_back(file.category);
    for (const std::string& category : named)
        if (std::ranges::find(present, category) == present.end())
            throw Error("{}: there is no category '{}'; found {}", data.path.string(), category,
                        fmt::join(present, ", "));
    std::erase_if(files,
                  [&named](const ReviewFile& file) { return std::ranges::find(named, file.category) == named.end(); });
}

} // namespace

TextLayout layoutOf(const AmazonReviewsOptions& data) {
    return {.text = data.text, .pair = {}, .numeric = {}, .categorical = {{"user", kUser}, {"item", kItem}}};
}

LoadedRows readAmazonReviews(const AmazonReviewsOptions& data, const LoadOptions& options) {
    auto files = reviewFiles(data.path);
    keepNamed(files, data);
    LoadedRows loaded;
    ReviewReader reader(data, loaded);
    const auto count = static_cast<double>(files.size());
    for (std::size_t i = 0; i < files.size(); ++i)
        reader.read(files[i], {options, static_cast<double>(i) / count, static_cast<double>(i + 1) / count});
    reader.place();
    return loaded;
}

} // namespace levi
