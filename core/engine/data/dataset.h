// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/sample_source.h"
#include "core/engine/data/task.h"
#include "core/jobs/data_info.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

struct Row {
    std::string id; // stable: the same row has the same id in every split, order and program run ("photo/dog/056.jpg")
    std::int64_t domain = 0; // index into Task::domains
    std::int64_t label = 0;  // index into Task::classes
    double number = 0;       // of TargetKind::Number
    std::int64_t group = 0;  // which combination of Task::groups, where there are any
    std::int64_t user = -1;  // who wrote, took or rated it, for percentiles over users; -1: not known
};

// What all row sets of one dataset share.
struct RowTable : Task {
    std::vector<Row> rows;
    std::shared_ptr<const SampleSource> source; // knows as many rows
    std::string besides; // fingerprint of what the data's own files say of rows beside targets: roles, groups, users;
                         // "": nothing
    bool mayLackClasses = false; // a class may have no training row, since the data's own roles say so
};

// The rows of one role, in a fixed order. Cheap to copy, thread-safe.
class RowSet {
public:
    RowSet() = default;
    RowSet(std::string role, std::shared_ptr<const RowTable> table, std::vector<std::int64_t> rows)
        : m_role(std::move(role)),
          m_table(std::move(table)),
          m_rows(std::make_shared<const std::vector<std::int64_t>>(std::move(rows))) {}

    const std::string& role() const { return m_role; }
    std::int64_t size() const { return m_rows ? static_cast<std::int64_t>(m_rows->size()) : 0; }
    const Task& task() const { return *m_table; }
    const std::vector<std::string>& classes() const { return m_table->classes; }
    const std::vector<std::string>& domains() const { return m_table->domains; }

    // i: position in this set, [0, size).
    const std::string& id(std::int64_t i) const { return row(i).id; }
    std::int64_t label(std::int64_t i) const { return row(i).label; }
    double number(std::int64_t i) const { return row(i).number; }
    std::int64_t domain(std::int64_t i) const { return row(i).domain; }
    std::int64_t group(std::int64_t i) const { return row(i).group; }
    std::int64_t user(std::int64_t i) const { return row(i).user; }
    const SampleSource& source() const { return *m_table->source; }
    Picture picture(std::int64_t i) const { return m_table->source->picture(tableRow(i)); }
    SampleText text(std::int64_t i) const { return m_table->source->text(tableRow(i)); }
    SampleFields fields(std::int64_t i) const { return m_table->source->fields(tableRow(i)); }
    std::string content(std::int64_t i) const { return m_table->source->content(tableRow(i)); }
    std::string identity(std::int64_t i) const { return m_table->source->identity(tableRow(i)); }
    std::int64_t tableRow(std::int64_t i) const { return (*m_rows)[static_cast<std::size_t>(i)]; }

    // Other rows of the same table.
    RowSet others(std::string role, std::vector<std::int64_t> rows) const {
        return {std::move(role), m_table, std::move(rows)};
    }

private:
    const Row& row(std::int64_t i) const { return m_table->rows[static_cast<std::size_t>(tableRow(i))]; }

    std::string m_role;
    std::shared_ptr<const RowTable> m_table;
    std::shared_ptr<const std::vector<std::int64_t>> m_rows;
};

// What training, early stopping and selection may see: no test role is in here.
struct TrainingRoles {
    RowSet train;
    RowSet idVal;
    std::optional<RowSet> oodVal; // only rules that say so may look at it
};

// Every role that is reported, tests included, in the order of reports: train, id_val, id_test, ood_val, ood_test/….
struct EvaluationRoles {
    std::vector<RowSet> roles;
};

struct Dataset : Task {
    TrainingRoles training;
    EvaluationRoles evaluation;
    std::string
        fingerprint; // of ids, targets and content of every row, the class names, the domains in their order (of
                     // IDX files: ID first), and what the data's own files say besides; not of paths or splits
    std::int64_t brokenFiles = 0;   // found and left out
    std::vector<BrokenFile> broken; // the first ten of them
    std::vector<std::string> notes; // what a user has to know of the rows: test rows that are training rows too
};

// Rows sorted into roles: table rows per role. Roles without rows are left out, apart from those of training.
struct RoleRows {
    std::vector<std::int64_t> train, idVal, idTest, oodVal;
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> oodTest; // domain, rows
};

// Fits the scale of numbers and, where nobody has given them, the weights of groups to the training rows; the table is
// not changed any more then. Throws Error where train or id_val has no row or a class has no training row.
Dataset makeDataset(const std::shared_ptr<RowTable>& table, RoleRows roles);

// Of ids, targets, content, class names and what is said besides, whatever the order of rows.
std::string tableFingerprint(const RowTable& table);

} // namespace levi
