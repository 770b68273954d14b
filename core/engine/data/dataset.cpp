// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/dataset.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <algorithm>
#include <numeric>

namespace levi {
namespace {

void checkTraining(const RowTable& table, const RoleRows& roles) {
    if (roles.train.empty())
        throw Error("The data has no training row; lower val_share or test_share, or name other domains");
    if (roles.idVal.empty()) throw Error("The data has no id_val row; raise val_share or add pictures");
    std::vector<std::int64_t> perClass(table.classes.size());
    for (const std::int64_t row : roles.train)
        ++perClass[static_cast<std::size_t>(table.rows[static_cast<std::size_t>(row)].label)];
    for (std::size_t c = 0; c < perClass.size(); ++c)
        if (perClass[c] == 0)
            throw Error("Class '{}' has no training row; add pictures or leave the class out", table.classes[c]);
}

} // namespace

Dataset makeDataset(std::shared_ptr<const RowTable> table, RoleRows roles) {
    checkTraining(*table, roles);
    const auto rowSet = [&table](const std::string& role, std::vector<std::int64_t>& rows) {
        return RowSet(role, table, std::move(rows));
    };
    Dataset dataset{.classes = table->classes, .domains = table->domains};
    dataset.training.train = rowSet("train", roles.train);
    dataset.training.idVal = rowSet("id_val", roles.idVal);
    auto& all = dataset.evaluation.roles;
    all = {dataset.training.train, dataset.training.idVal};
    if (!roles.idTest.empty()) all.push_back(rowSet("id_test", roles.idTest));
    if (!roles.oodVal.empty()) dataset.training.oodVal = all.emplace_back(rowSet("ood_val", roles.oodVal));
    for (auto& [domain, rows] : roles.oodTest)
        if (!rows.empty()) all.push_back(rowSet("ood_test/" + domain, rows));
    dataset.fingerprint = tableFingerprint(*table);
    return dataset;
}

std::string tableFingerprint(const RowTable& table) {
    std::vector<std::size_t> order(table.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&table](std::size_t row) -> const std::string& { return table.rows[row].id; });
    Fingerprinter print;
    for (const auto* names : {&table.classes, &table.domains})
        for (const std::string& name : *names)
            print.add(name);
    for (const std::size_t row : order) {
        print.add(table.rows[row].id);
        print.add(std::to_string(table.rows[row].label));
        print.add(table.source->content(static_cast<std::int64_t>(row)));
    }
    return print.hex();
}

} // namespace levi
