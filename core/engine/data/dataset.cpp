// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/dataset.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/numbers.h"
#include "core/engine/data/field_print.h"
#include "core/spec/roles.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace levi {
namespace {

void checkTraining(const RowTable& table, const RoleRows& roles) {
    if (roles.train.empty())
        throw Error("The data has no training row; {}",
                    table.mayLackClasses ? "see which rows are bad, and what the split column gives to train"
                                         : "lower val_share or test_share, or name other domains");
    if (roles.idVal.empty()) throw Error("The data has no id_val row; raise val_share or add rows");
    if (table.isNumber() || table.mayLackClasses) return;
    std::vector<std::int64_t> perClass(table.classes.size());
    for (const std::int64_t row : roles.train)
        ++perClass[static_cast<std::size_t>(table.rows[static_cast<std::size_t>(row)].label)];
    for (std::size_t c = 0; c < perClass.size(); ++c)
        if (perClass[c] == 0)
            throw Error("Class '{}' has no training row; add some or leave the class out", table.classes[c]);
}

const Row& rowAt(const RowTable& table, std::int64_t row) {
    return table.rows[static_cast<std::size_t>(row)];
}

// What only the training rows say of a task.
void fitTask(RowTable& table, const std::vector<std::int64_t>& train) {
    if (table.isNumber()) {
        std::vector<double> numbers;
        for (const std::int64_t row : train)
            numbers.push_back(rowAt(table, row).number);
        table.scale = targetScale(numbers, table.scale.clips);
    }
    if (table.groups.empty() || !table.groupWeights.empty()) return;
    table.groupWeights.resize(static_cast<std::size_t>(Groups{.fields = table.groups, .ofRow = {}}.count()));
    for (const std::int64_t row : train)
        ++table.groupWeights.at(static_cast<std::size_t>(rowAt(table, row).group));
}

// Test rows with the content of a training row say less of what a model does elsewhere.
std::vector<std::string> repeatedRows(const Dataset& dataset) {
    const RowSet& train = dataset.training.train;
    std::unordered_map<std::string, std::int64_t> known;
    for (std::int64_t i = 0; i < train.size(); ++i)
        known.emplace(train.identity(i), i);
    std::vector<std::string> notes;
    for (const RowSet& role : dataset.evaluation.roles) {
        if (role.role() == train.role()) continue;
        std::int64_t count = 0;
        std::string example;
        for (std::int64_t i = 0; i < role.size(); ++i) {
            const auto found = known.find(role.identity(i));
            if (found == known.end()) continue;
            if (++count == 1) example = fmt::format("'{}' is '{}'", role.id(i), train.id(found->second));
        }
        if (count > 0)
            notes.push_back(fmt::format("{} of the {} rows of {} have the content of a training row, such as {}", count,
                                        role.size(), role.role(), example));
    }
    return notes;
}

} // namespace

void addFields(Fingerprinter& print, const SampleFields& fields) {
    for (const double number : fields.numbers)
        print.add(fullPrecision(number));
    for (const std::string& name : fields.categories)
        print.add(name);
    for (const std::uint8_t flag : fields.flags)
        print.add(flag ? "1" : "0");
}

Picture SampleSource::picture(std::int64_t) const {
    throw Error("These rows are no pictures");
}

SampleText SampleSource::text(std::int64_t) const {
    throw Error("These rows have no text");
}

SampleFields SampleSource::fields(std::int64_t) const {
    return {};
}

Dataset makeDataset(const std::shared_ptr<RowTable>& table, RoleRows roles) {
    checkTraining(*table, roles);
    fitTask(*table, roles.train);
    const auto rowSet = [&table](const std::string& role, std::vector<std::int64_t>& rows) {
        return RowSet(role, table, std::move(rows));
    };
    Dataset dataset;
    static_cast<Task&>(dataset) = *table;
    dataset.training.train = rowSet("train", roles.train);
    dataset.training.idVal = rowSet("id_val", roles.idVal);
    auto& all = dataset.evaluation.roles;
    all = {dataset.training.train, dataset.training.idVal};
    if (!roles.idTest.empty()) all.push_back(rowSet("id_test", roles.idTest));
    if (!roles.oodVal.empty()) dataset.training.oodVal = all.emplace_back(rowSet("ood_val", roles.oodVal));
    for (auto& [domain, rows] : roles.oodTest)
        if (!rows.empty()) all.push_back(rowSet(oodTestRole(domain), rows));
    dataset.fingerprint = tableFingerprint(*table);
    dataset.notes = repeatedRows(dataset);
    return dataset;
}

std::string tableFingerprint(const RowTable& table) {
    std::vector<std::size_t> order(table.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&table](std::size_t row) -> const std::string& { return table.rows[row].id; });
    Fingerprinter print;
    const bool hasFields = !table.source->fieldNames().empty();
    for (const auto* names : {&table.classes, &table.domains})
        for (const std::string& name : *names)
            print.add(name);
    for (const std::size_t row : order) {
        print.add(table.rows[row].id);
        print.add(table.isNumber() ? fullPrecision(table.rows[row].number) : std::to_string(table.rows[row].label));
        print.add(table.source->content(static_cast<std::int64_t>(row)));
        if (hasFields) addFields(print, table.source->fields(static_cast<std::int64_t>(row)));
    }
    if (!table.besides.empty()) print.add(table.besides);
    return print.hex();
}

} // namespace levi
