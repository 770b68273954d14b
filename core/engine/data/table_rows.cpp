// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/table_rows.h"

#include "core/base/error.h"
#include "core/base/line_cutter.h"
#include "core/base/read_number.h"
#include "core/spec/roles.h"
#include "core/stats/wilds_metrics.h"

#include <cmath>
#include <map>

namespace levi {
namespace {

constexpr const char* kRowNumber = "#";

// The numbers that WILDS' data sets give their splits, in order.
const std::vector<std::string>& namesOf(SplitCodes codes) {
    using enum SplitCodes;
    static const std::vector<std::string> none, plain = {"train", "val", "test"};
    static const std::map<SplitCodes, std::vector<std::string>> names = {
        {Names, none},
        {Amazon, {"train", "val", "id_val", "test", "id_test"}},
        {Camelyon17, {"train", "id_val", "test", "val"}},
        {Iwildcam, {"train", "val", "test", "id_val", "id_test"}},
        {Fmow, {"train", "id_val", "id_test", "val", "test"}},
        {Poverty, {"train", "id_val", "id_test", "val", "test"}}};
    const auto found = names.find(codes);
    return found == names.end() ? plain : found->second;
}

} // namespace

std::optional<std::string> roleOfSplit(const std::string& value, const TableOptions& options) {
    for (const std::string& text : options.splitRoles)
        if (const auto [own, role] = splitRole(text); own == value) return role;
    if (value.empty() || value == "-1" || value == kUnusedRole) return kUnusedRole;
    const auto& names = namesOf(options.splitCodes);
    const auto code = readNumber(value);
    const bool isCode = code && *code >= 0 && *code < static_cast<double>(names.size()) && *code == std::floor(*code);
    const std::string name = isCode ? names[static_cast<std::size_t>(*code)] : value;
    if (const std::string role = roleOfWildsSplit(name); !role.empty()) return role;
    if (name == "ood_val" || isOodTest(name)) return name;
    return std::nullopt;
}

TableColumns::TableColumns(const TableOptions& options, const CsvTable& table)
    : m_options(options), m_table(table), m_target(named(options.targetColumn)) {
    if (!options.split.empty()) m_split = named(options.split);
    if (!options.user.empty()) m_user = named(options.user);
    for (const std::string& title : options.domainColumns)
        m_domain.push_back(named(title));
    for (const std::string& title : options.groups)
        m_groups.push_back(named(title));
}

TableColumns::Named TableColumns::named(const std::string& title) const {
    return {.name = title, .place = m_table.column(title)};
}

const std::string& TableColumns::at(std::size_t row, const Named& column) const {
    const std::string& value = m_table.rows()[row][column.place];
    if (value.find('\0') != value.npos) throw Error("'{}' {}", column.name, kNullByte);
    return value;
}

TableRow TableColumns::read(std::size_t row) const {
    if (const auto found = m_table.rows()[row].size(); found != m_table.head().size())
        throw Error("has {} fields, the head has {}", found, m_table.head().size());
    TableRow made{.line = m_table.line(row)};
    readRole(made, row);
    if (made.role == kUnusedRole) return made; // whatever else it says
    readTarget(made, row);
    if (!m_domain.empty()) made.domain = domainOf(row);
    for (const Named& column : m_groups)
        made.groups.push_back(at(row, column));
    if (m_user) made.user = at(row, *m_user);
    return made;
}

void TableColumns::readRole(TableRow& made, std::size_t row) const {
    if (!m_split) return;
    const std::string& value = at(row, *m_split);
    const auto role = roleOfSplit(value, m_options);
    if (!role)
        throw Error("'{}' is '{}', which names no role; say it in data.split_roles, or choose data.split_codes",
                    m_split->name, value);
    made.role = *role;
}

void TableColumns::readTarget(TableRow& made, std::size_t row) const {
    const std::string& text = at(row, m_target);
    if (m_options.target == TargetKind::Number) {
        const auto number = readNumber(text);
        if (!number) throw Error("'{}' is '{}', expected a number", m_target.name, text);
        if (std::abs(*number) > kLargestNumber)
            throw Error("'{}' is '{}', expected a number from {:g} to {:g}; choose another unit", m_target.name, text,
                        -kLargestNumber, kLargestNumber);
        made.number = *number;
    } else {
        if (text.empty()) throw Error("'{}' is empty, expected the name of a class", m_target.name);
        made.className = text;
    }
}

std::string TableColumns::domainOf(std::size_t row) const {
    std::string domain;
    for (const Named& column : m_domain) {
        const std::string& value = at(row, column);
        if (value.empty()) throw Error("'{}' is empty, expected the name of a domain", column.name);
        if (m_domain.size() == 1) return value;
        domain += (domain.empty() ? "" : " ") + column.name + ":" + value;
    }
    return domain;
}

RowText::RowText(const std::string& text, const CsvTable& table) : m_table(table) {
    if (text.find('{') == text.npos) {
        m_pieces.push_back({.text = {}, .column = table.column(text)});
        return;
    }
    std::size_t begin = 0;
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', begin)) {
        const auto close = text.find('}', open);
        if (close == text.npos) throw Error("data.picture: a brace in '{}' does not close", text);
        const std::string title = text.substr(open + 1, close - open - 1);
        Piece& piece = m_pieces.emplace_back(Piece{.text = text.substr(begin, open - begin), .column = {}});
        if (title != kRowNumber) piece.column = table.column(title);
        begin = close + 1;
    }
    m_end = text.substr(begin);
}

std::string RowText::of(std::size_t row) const {
    std::string made;
    for (const Piece& piece : m_pieces)
        made += piece.text + (piece.column ? m_table.rows()[row][*piece.column] : std::to_string(row));
    return made + m_end;
}

} // namespace levi
