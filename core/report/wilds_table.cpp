// SPDX-License-Identifier: Apache-2.0
#include "core/report/wilds_table.h"

#include "core/base/error.h"
#include "core/stats/regression_metrics.h"
#include "core/stats/wilds_metrics.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace levi {
namespace {

using Rows = std::vector<const std::vector<std::string>*>;

constexpr double kMostClasses = 10'000;

double numberIn(std::string_view text, const std::string& where) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(value))
        throw Error("{}: found '{}', expected a number", where, text);
    return value;
}

Rows rowsOf(const CsvTable& metadata, const WildsQuestion& question) {
    Rows rows;
    for (const auto& row : metadata.rows())
        if (std::ranges::all_of(question.where, [&](const auto& condition) {
                return row[metadata.column(condition.first)] == condition.second;
            }))
            rows.push_back(&row);
    return rows;
}

std::vector<std::string> columnOf(const CsvTable& metadata, const Rows& rows, const std::string& title) {
    const std::size_t column = metadata.column(title);
    std::vector<std::string> values;
    for (const auto* row : rows)
        values.push_back((*row)[column]);
    return values;
}

Cell valueCell(const std::optional<double>& value) {
    return value ? numberCell(fmt::format("{:.4f}", *value), *value) : missingCell();
}

// What is judged, and the table that it goes into.
class Judge {
public:
    Judge(const CsvTable& metadata, std::span<const double> predictions, const WildsQuestion& question)
        : m_metadata(metadata),
          m_question(question),
          m_rows(rowsOf(metadata, question)),
          m_predictions(predictions.begin(), predictions.end()) {
        if (m_predictions.size() != m_rows.size())
            throw Error("found {} predictions for {} rows of the split, expected as many", m_predictions.size(),
                        m_rows.size());
        for (const std::string& text : columnOf(metadata, m_rows, question.label))
            m_targets.push_back(numberIn(text, question.label));
        m_table.columns = {
            {.title = "figure"}, {.title = "value", .align = Align::Right}, {.title = "rows", .align = Align::Right}};
        m_table.caption = fmt::format("WILDS figures of {} rows", m_rows.size());
    }

    Table table() {
        if (m_question.regression)
            judgeNumbers();
        else
            judgeClasses();
        if (!m_question.groups.empty()) judgeGroups();
        if (!m_question.user.empty()) judgeUsers();
        return std::move(m_table);
    }

private:
    void add(const std::string& figure, const std::optional<double>& value, std::int64_t count) {
        m_table.rows.push_back({textCell(figure), valueCell(value), integerCell(count)});
    }
    std::int64_t count() const { return static_cast<std::int64_t>(m_rows.size()); }

    void judgeNumbers() {
        const auto metrics = regressionMetrics({.predicted = m_predictions, .target = m_targets});
        add("Pearson's r", metrics.pearson, count());
        add("RMSE", metrics.rmse, count());
    }

    void judgeClasses() {
        double largest = 0;
        for (const auto* values : {&m_predictions, &m_targets})
            for (const double value : *values) {
                if (value < 0 || value >= kMostClasses || value != std::floor(value))
                    throw Error("found the class {}, expected a whole number from 0; with numbers to be predicted say "
                                "--regression",
                                value);
                largest = std::max(largest, value);
            }
        const auto classes = static_cast<std::size_t>(largest) + 1;
        std::vector<double> logits(classes * m_rows.size(), 0);
        std::vector<std::int64_t> labels;
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            logits[row * classes + static_cast<std::size_t>(m_predictions[row])] = 1;
            labels.push_back(static_cast<std::int64_t>(m_targets[row]));
            m_scores.push_back(m_predictions[row] == m_targets[row] ? 1 : 0);
        }
        const auto metrics = classificationMetrics(Predictions<double>{
            .logits = logits, .classes = static_cast<std::int64_t>(classes), .labels = labels, .groups = {}});
        add("average accuracy", metrics.accuracy, count());
        add("macro F1 over the labels present", metrics.macroF1, count());
    }

    void judgeGroups() {
        std::vector<std::vector<std::string>> columns;
        for (const std::string& field : m_question.groups)
            columns.push_back(columnOf(m_metadata, m_rows, field));
        const Groups groups = groupsOf(m_question.groups, columns);
        const auto figures =
            m_question.regression ? pearsonByGroup(groups, m_predictions, m_targets) : meanByGroup(groups, m_scores);
        if (const GroupFigure* worst = worstOf(figures)) add("worst group, " + worst->name, worst->value, worst->count);
        if (!m_question.weights.empty()) add("adjusted average", adjustedAverage(figures, m_question.weights), count());
        std::vector<std::string> empty;
        for (const GroupFigure& figure : figures) {
            add(figure.name, figure.value, figure.count);
            if (figure.count == 0) empty.push_back(figure.name);
        }
        if (!empty.empty())
            m_table.notes.push_back(
                fmt::format("Groups without a row, left out of the worst one: {}.", fmt::join(empty, "; ")));
    }

    void judgeUsers() {
        const auto names = columnOf(m_metadata, m_rows, m_question.user);
        std::map<std::string, std::int64_t> numbers;
        std::vector<std::int64_t> users;
        for (const std::string& name : names)
            users.push_back(numbers.emplace(name, static_cast<std::int64_t>(numbers.size())).first->second);
        if (m_question.regression) throw Error("--user: the percentile over users is one of accuracy");
        add("10th percentile over users", percentileOverUsers(users, m_scores, 10),
            static_cast<std::int64_t>(numbers.size()));
    }

    const CsvTable& m_metadata;
    const WildsQuestion& m_question;
    Rows m_rows;
    std::vector<double> m_predictions, m_targets, m_scores; // scores: 1 where right
    Table m_table;
};

} // namespace

Table wildsTable(const CsvTable& metadata, std::span<const double> predictions, const WildsQuestion& question) {
    return Judge(metadata, predictions, question).table();
}

std::vector<double> wildsPredictions(std::string_view text, const std::string& name) {
    std::vector<double> values;
    std::size_t line = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view one = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line;
        if (one.ends_with('\r')) one.remove_suffix(1);
        if (!one.empty()) values.push_back(numberIn(one, fmt::format("{}, line {}", name, line)));
    }
    return values;
}

} // namespace levi
