// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/engine/data/load.h"
#include "core/spec/data/movielens_options.h"
#include "core/spec/data/picture_data.h"
#include "core/spec/data/text_data.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace levi {

// What a reader of files or worlds found: a table whose rows stand in roles, or the reasons why there is none.
struct LoadedRows {
    std::shared_ptr<RowTable> table;  // null where there are problems that leave nothing to show
    std::vector<std::string> domains; // that were found; empty: those of the table
    RoleRows roles;
    std::int64_t brokenFiles = 0;
    std::vector<BrokenFile> broken;    // the first ten
    std::vector<std::string> problems; // "data.ood: …" where it is about another field than that of the files
    std::vector<std::string> notes;    // what does not stand in the way
};

inline constexpr std::size_t kNamedFiles = 10; // of broken ones

// With the policy "stop": what is broken becomes problems. `what`: "files", "rows".
void stopAtBroken(LoadedRows& loaded, const char* what);

// One function per kind of data; they throw Error only where nothing can be listed at all.
LoadedRows readImageFolder(const ImageFolderOptions& data, const LoadOptions& options);
LoadedRows readPictureTable(const PictureTableOptions& data, const LoadOptions& options);
LoadedRows readIdx(const IdxOptions& data, const LoadOptions& options);
LoadedRows readDemoWorld(const DemoWorldOptions& data);
LoadedRows readTextTable(const TextTableOptions& data, const LoadOptions& options);
LoadedRows readMovieLens(const MovieLensOptions& data, const LoadOptions& options);
LoadedRows readAmazonReviews(const AmazonReviewsOptions& data, const LoadOptions& options);

// Named domains that are not present, or none left to train on; each problem begins with the field that names it.
std::vector<std::string> domainProblems(const DomainOptions& named, const std::vector<std::string>& present);

// Rows of each class of one in-distribution domain (of numbers: all of them together), divided by shares and appended
// to the roles. The draw depends on the split seed, the domain's name and the rows' order alone. At least one row of a
// class stays in train.
struct SplitShares {
    double val = 0;
    double test = 0;
};
void splitDomain(const RowTable& table, const std::vector<std::int64_t>& rows, const SplitShares& shares,
                 std::uint64_t splitSeed, RoleRows& roles);

// Keeps at most `limit` training rows (0: all), drawn by the split seed; puts every role's rows in table order.
void finishRoles(RoleRows& roles, const SplitOptions& options);

} // namespace levi
