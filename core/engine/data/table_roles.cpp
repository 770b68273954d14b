// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/table_roles.h"

#include "core/base/hash.h"
#include "core/spec/roles.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/ranges.h>

namespace levi {
namespace {

constexpr std::int64_t kMostGroups = 1000;
constexpr std::size_t kNamedClasses = 5;

bool isIn(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

// The domains to train on, with "empty: all others" resolved.
std::vector<std::string> idDomains(const TableOptions& options, const std::vector<std::string>& present) {
    if (!options.id.empty()) return options.id;
    std::vector<std::string> others;
    for (const std::string& domain : present)
        if (!isIn(options.ood, domain) && !isIn(options.oodVal, domain)) others.push_back(domain);
    return others;
}

// In order of their names, numbers by size, as WILDS counts them.
std::vector<std::string> valuesOf(const std::vector<TableRow>& rows, std::string TableRow::*member) {
    std::vector<std::string> column;
    for (const TableRow& row : rows)
        column.push_back(row.*member);
    const std::string name = "value";
    return groupsOf(std::span(&name, 1), std::span(&column, 1)).fields.front().values;
}

std::map<std::string, std::int64_t> placesOf(const std::vector<std::string>& names) {
    std::map<std::string, std::int64_t> places;
    for (std::size_t i = 0; i < names.size(); ++i)
        places[names[i]] = static_cast<std::int64_t>(i);
    return places;
}

void addGroups(LoadedRows& loaded, const TableOptions& options, const std::vector<TableRow>& rows) {
    if (options.groups.empty() || rows.empty()) return;
    std::vector<std::vector<std::string>> columns(options.groups.size());
    for (const TableRow& row : rows)
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].push_back(row.groups[i]);
    const Groups groups = groupsOf(options.groups, columns);
    if (groups.count() > kMostGroups) {
        loaded.problems.push_back(fmt::format("data.groups: the values of {} make {} groups, at most {} are judged",
                                              fmt::join(options.groups, ", "), groups.count(), kMostGroups));
        return;
    }
    loaded.table->groups = groups.fields;
    for (std::size_t i = 0; i < rows.size(); ++i)
        loaded.table->rows[i].group = groups.ofRow[i];
    if (options.groupWeights.empty() || options.target == TargetKind::Number) return;
    if (static_cast<std::int64_t>(options.groupWeights.size()) != groups.count())
        loaded.problems.push_back(fmt::format("data.group_weights: found {} weights for {} groups, from {} to {}",
                                              options.groupWeights.size(), groups.count(), groups.name(0),
                                              groups.name(groups.count() - 1)));
    else
        loaded.table->groupWeights = options.groupWeights;
}

std::shared_ptr<RowTable> tableOf(const TableOptions& options, const std::vector<TableRow>& rows) {
    auto table = std::make_shared<RowTable>();
    table->target = options.target;
    table->scale.clips = options.clipTarget;
    table->mayLackClasses = !options.split.empty();
    if (!table->isNumber()) table->classes = valuesOf(rows, &TableRow::className);
    table->domains = valuesOf(rows, &TableRow::domain);
    const auto classes = placesOf(table->classes), domains = placesOf(table->domains);
    std::map<std::string, std::int64_t> users;
    Fingerprinter besides;
    for (const TableRow& row : rows) {
        besides.add(row.id).add(row.role).add(row.domain).add(row.user);
        for (const std::string& group : row.groups)
            besides.add(group);
        Row& made = table->rows.emplace_back();
        made.id = row.id;
        made.domain = domains.at(row.domain);
        made.number = row.number;
        if (!table->isNumber()) made.label = classes.at(row.className);
        if (!options.user.empty())
            made.user = users.emplace(row.user, static_cast<std::int64_t>(users.size())).first->second;
    }
    table->besides = besides.hex();
    return table;
}

std::vector<std::vector<std::int64_t>> byDomain(const RowTable& table, const std::vector<std::int64_t>& rows) {
    std::vector<std::vector<std::int64_t>> domains(table.domains.size());
    for (const std::int64_t row : rows)
        domains[static_cast<std::size_t>(table.rows[static_cast<std::size_t>(row)].domain)].push_back(row);
    return domains;
}

void drawIdVal(LoadedRows& loaded, const TableOptions& options) {
    const auto domains = byDomain(*loaded.table, loaded.roles.train);
    loaded.roles.train.clear();
    for (const auto& rows : domains)
        splitDomain(*loaded.table, rows, {.val = options.valShare, .test = 0}, options.splitSeed, loaded.roles);
    loaded.notes.push_back(fmt::format("'{}' gives no row to id_val: {} of {} training rows were drawn for it, by "
                                       "data.val_share and data.split_seed",
                                       options.split, loaded.roles.idVal.size(),
                                       loaded.roles.idVal.size() + loaded.roles.train.size()));
}

void rolesOfSplit(LoadedRows& loaded, const TableOptions& options, const std::vector<TableRow>& rows) {
    RoleRows& roles = loaded.roles;
    std::map<std::string, std::vector<std::int64_t>> oodTests;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string& role = rows[i].role;
        auto& place = role == "train"     ? roles.train
                      : role == "id_val"  ? roles.idVal
                      : role == "id_test" ? roles.idTest
                      : role == "ood_val" ? roles.oodVal
                                          : oodTests[role.substr(kOodTestPrefix.size())];
        place.push_back(static_cast<std::int64_t>(i));
    }
    for (auto& [name, some] : oodTests)
        roles.oodTest.emplace_back(name, std::move(some));
    if (roles.idVal.empty()) drawIdVal(loaded, options);
}

void rolesOfDomains(LoadedRows& loaded, const TableOptions& options) {
    const RowTable& table = *loaded.table;
    std::vector<std::int64_t> all(table.rows.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::int64_t>(i);
    const auto domains = byDomain(table, all);
    const auto places = placesOf(table.domains);
    const auto rowsOf = [&](const std::string& name) {
        const auto found = places.find(name); // all its rows may have been bad
        return found == places.end() ? std::vector<std::int64_t>() : domains[static_cast<std::size_t>(found->second)];
    };
    for (const std::string& domain : idDomains(options, table.domains))
        splitDomain(table, rowsOf(domain), {.val = options.valShare, .test = options.testShare}, options.splitSeed,
                    loaded.roles);
    for (const std::string& domain : options.oodVal)
        std::ranges::copy(rowsOf(domain), std::back_inserter(loaded.roles.oodVal));
    for (const std::string& domain : options.ood)
        loaded.roles.oodTest.emplace_back(domain, rowsOf(domain));
}

// Of rows with equal content those that were drawn go where the first one went, so that nothing that is trained on is
// also judged.
void keepTogether(LoadedRows& loaded, const std::vector<std::vector<std::int64_t>*>& drawn) {
    struct Drawn {
        std::int64_t row;
        std::size_t role;
    };
    std::vector<Drawn> all;
    for (std::size_t role = 0; role < drawn.size(); ++role) {
        for (const std::int64_t row : *drawn[role])
            all.push_back({row, role});
        drawn[role]->clear();
    }
    std::ranges::sort(all, {}, &Drawn::row);
    std::unordered_map<std::string, std::size_t> roles;
    for (const auto& [row, role] : all)
        drawn[roles.emplace(loaded.table->source->content(row), role).first->second]->push_back(row);
    if (roles.size() == all.size()) return;
    loaded.notes.push_back(
        fmt::format("{} rows have the content of another one and stand in its role", all.size() - roles.size()));
}

// name: of the table.
std::vector<std::string> splitProblems(const TableOptions& options, const std::string& name,
                                       const std::vector<TableRow>& rows) {
    const auto found = valuesOf(rows, &TableRow::role);
    if (isIn(found, "train")) return {};
    return {fmt::format("{}: '{}' gives no row to train; found {}; say in data.split_roles which value does, or choose "
                        "data.split_codes",
                        name, options.split, fmt::join(found, ", "))};
}

// Of a split that is given: no answer can name them.
void noteUnseenClasses(LoadedRows& loaded) {
    std::set<std::int64_t> seen;
    for (const std::int64_t row : loaded.roles.train)
        seen.insert(loaded.table->rows[static_cast<std::size_t>(row)].label);
    std::vector<std::string> unseen;
    for (std::size_t c = 0; c < loaded.table->classes.size(); ++c)
        if (!seen.contains(static_cast<std::int64_t>(c))) unseen.push_back(loaded.table->classes[c]);
    if (unseen.empty()) return;
    const std::size_t count = unseen.size();
    unseen.resize(std::min(count, kNamedClasses));
    loaded.notes.push_back(fmt::format("{} of {} classes have no training row, so that no answer is right there: {}{}",
                                       count, loaded.table->classes.size(), fmt::join(unseen, ", "),
                                       count > kNamedClasses ? ", …" : ""));
}

} // namespace

void keepUsedRows(const TableOptions& options, const std::string& name, std::vector<TableRow>& rows,
                  LoadedRows& loaded) {
    std::erase_if(rows, [](const TableRow& row) { return row.role == kUnusedRole; });
    if (rows.empty()) return;
    const auto add = [&loaded](std::vector<std::string> problems) {
        std::ranges::move(problems, std::back_inserter(loaded.problems));
    };
    if (!options.split.empty()) return add(splitProblems(options, name, rows));
    loaded.domains = valuesOf(rows, &TableRow::domain);
    add(domainProblems(options, loaded.domains));
    std::vector<std::string> used = idDomains(options, loaded.domains);
    for (const auto* list : {&options.oodVal, &options.ood})
        used.insert(used.end(), list->begin(), list->end());
    std::erase_if(rows, [&](const TableRow& row) { return !isIn(used, row.domain); });
}

void placeRows(LoadedRows& loaded, const TableOptions& options, const std::vector<TableRow>& rows,
               const std::shared_ptr<const SampleSource>& source) {
    loaded.table = tableOf(options, rows);
    loaded.table->source = source;
    const bool isSplit = std::ranges::any_of(rows, [](const TableRow& row) { return row.role == "id_val"; });
    addGroups(loaded, options, rows);
    if (options.split.empty())
        rolesOfDomains(loaded, options);
    else
        rolesOfSplit(loaded, options, rows);
    RoleRows& roles = loaded.roles;
    if (source && options.split.empty())
        keepTogether(loaded, {&roles.train, &roles.idVal, &roles.idTest});
    else if (source && !isSplit)
        keepTogether(loaded, {&roles.train, &roles.idVal});
    if (!options.split.empty() && !loaded.table->isNumber()) noteUnseenClasses(loaded);
    finishRoles(loaded.roles, options);
}

} // namespace levi
