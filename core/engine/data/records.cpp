// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/records.h"

#include "core/base/beginning.h"
#include "core/base/error.h"
#include "core/base/line_cutter.h"
#include "core/base/text_lines.h"
#include "core/engine/data/separated_rows.h"
#include "core/engine/text/utf8.h"

#include <nlohmann/json.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

namespace levi {
namespace {

constexpr const char* kNoUtf8 = "is not valid UTF-8; convert the file to it";
constexpr std::size_t kToldBytes = 300; // of what a file says

class CsvRecords final : public Records {
public:
    CsvRecords(const std::filesystem::path& file, const std::vector<std::string>& columns) : m_rows(file) {
        for (const std::string& column : columns)
            m_places.push_back(placeOf(column, file.string()));
    }

    bool next(Record& made) override {
        if (!m_rows.next(m_row)) return false;
        made = {.line = m_row.line, .values = {}, .problem = std::move(m_row.problem)};
        if (!made.problem.empty()) return true;
        for (const std::size_t place : m_places) {
            const std::string& value = made.values.emplace_back(m_row.fields[place]); // one may be asked for twice
            if (!isUtf8(value)) made.problem = kNoUtf8;
            if (value.find('\0') != value.npos) made.problem = fmt::format("'{}' {}", m_rows.head()[place], kNullByte);
        }
        return true;
    }

    double share() const override { return m_rows.share(); }
    std::vector<std::string> notes() const override { return m_rows.notes(); }

private:
    std::size_t placeOf(const std::string& column, const std::string& file) const {
        const auto& titles = m_rows.head();
        const auto found = std::ranges::find(titles, column);
        if (found != titles.end()) {
            if (std::find(found + 1, titles.end(), column) != titles.end())
                throw Error("{}: has the column '{}' twice; call one of them something else", file, column);
            return static_cast<std::size_t>(found - titles.begin());
        }
        if (titles.front().starts_with('['))
            throw Error("{}: begins with '[', expected JSON lines (an object in braces on each line), or a CSV or TSV "
                        "with a head",
                        file);
        throw Error("{}: has no column '{}'; it has {}", file, column,
                    beginningOf(fmt::format("{}", fmt::join(titles, ", ")), kToldBytes));
    }

    SeparatedRows m_rows;
    SeparatedRows::Row m_row;
    std::vector<std::size_t> m_places;
};

// Of one line, the values of the keys at the top that somebody asked for.
class WantedKeys : public nlohmann::json::json_sax_t {
public:
    using Places = std::unordered_map<std::string, std::size_t>;

    // `others`: takes the names of other keys; null: nobody asks.
    WantedKeys(const Places& places, std::vector<bool>& seen, std::vector<std::string>& values,
               std::set<std::string>* others)
        : m_places(places), m_seen(seen), m_values(values), m_others(others), m_isHere(values.size()) {}

    bool null() override { return put(""); }
    bool boolean(bool value) override { return put(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return put(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return put(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return put(text); }
    bool string(string_t& value) override { return put(value); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return --m_depth, true; }
    bool start_array(std::size_t) override {
        if (m_depth == 0) throw Error("is an array, expected an object in braces");
        return open();
    }
    bool end_array() override { return --m_depth, true; }
    bool key(string_t& name) override {
        if (m_depth != 1) return true;
        const auto found = m_places.find(name);
        m_place = found == m_places.end() ? std::nullopt : std::optional(found->second);
        if (m_place && m_isHere[*m_place]) throw Error("has the key '{}' twice, expected it once", name);
        if (m_place) m_isHere[*m_place] = true;
        if (!m_place && m_others && m_others->size() < kMostOthers) m_others->emplace(beginningOf(name, kOtherBytes));
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) override {
        throw Error("is no JSON: {}", beginningOf(error.what(), kToldBytes));
    }

private:
    static constexpr int kMostDepth = 100;
    static constexpr std::size_t kMostOthers = 30, kOtherBytes = 60;

    bool put(std::string_view value) {
        if (m_depth == 0) throw Error("is '{}', expected an object in braces", value.substr(0, 40));
        if (m_depth != 1 || !m_place) return true;
        m_values[*m_place] = value;
        m_seen[*m_place] = true;
        return true;
    }
    bool open() {
        if (++m_depth > kMostDepth) throw Error("is nested more than {} deep", kMostDepth);
        if (m_depth == 2 && m_place) throw Error("holds a list or an object where a text or a number is expected");
        return true;
    }

    const Places& m_places;
    std::vector<bool>& m_seen;
    std::vector<std::string>& m_values;
    std::set<std::string>* m_others;
    std::vector<bool> m_isHere;         // in this line
    std::optional<std::size_t> m_place; // of the value that comes next
    int m_depth = 0;
};

class JsonRecords final : public Records {
public:
    JsonRecords(const std::filesystem::path& file, std::vector<std::string> columns)
        : m_lines(file), m_columns(std::move(columns)), m_seen(m_columns.size(), false) {
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            m_places.emplace(m_columns[i], i);
    }

    bool next(Record& made) override {
        do
            if (!m_lines.next(m_line)) return false;
        while (m_line.find_first_not_of(" \t") == m_line.npos);
        made = {.line = m_lines.number(), .values = std::vector<std::string>(m_columns.size())};
        try {
            WantedKeys keys(m_places, m_seen, made.values, ++m_count > kLookedAt ? nullptr : &m_others);
            nlohmann::json::sax_parse(m_line, &keys);
        } catch (const Error& error) {
            made.problem = error.what();
        }
        return true;
    }

    double share() const override { return m_lines.share(); }

    std::vector<std::string> missing() const override {
        std::vector<std::string> never;
        for (const auto& [column, place] : m_places)
            if (!m_seen[place]) never.push_back(column);
        std::ranges::sort(never);
        return never;
    }

    std::vector<std::string> found() const override {
        std::set<std::string> names = m_others;
        for (const auto& [column, place] : m_places)
            if (m_seen[place]) names.insert(column);
        return {names.begin(), names.end()};
    }

private:
    static constexpr std::size_t kLookedAt = 1000; // first rows, for keys that nobody asked for

    TextLines m_lines;
    std::string m_line;
    std::vector<std::string> m_columns;
    std::vector<bool> m_seen;
    WantedKeys::Places m_places;
    std::size_t m_count = 0;
    std::set<std::string> m_others;
};

bool holdsJson(const std::filesystem::path& file) {
    TextLines lines(file);
    for (std::string line; lines.next(line);)
        if (const auto at = line.find_first_not_of(" \t"); at != line.npos) return line[at] == '{';
    return false;
}

} // namespace

std::unique_ptr<Records> openRecords(const std::filesystem::path& file, std::vector<std::string> columns) {
    if (holdsJson(file)) return std::make_unique<JsonRecords>(file, std::move(columns));
    return std::make_unique<CsvRecords>(file, columns);
}

} // namespace levi
