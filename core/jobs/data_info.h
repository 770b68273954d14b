// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/target_options.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace levi {

// What can be known of a spec's data without training: plain values for the window and the CLI.

// A row to look at: a small picture, (height, width, 3), 8 bits a channel, rows from the top, red first; or a text.
struct Thumbnail {
    std::string row;       // the row's id
    std::string className; // of numbers: the target
    std::string domain;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::vector<std::uint8_t> rgb;
    std::string text; // of a row that is no picture: its beginning
};

struct RoleInfo {
    std::string role; // "train", "id_val", "id_test", "ood_val", "ood_test/<domain>"
    std::int64_t rows = 0;
    std::vector<std::int64_t> rowsPerClass; // in the order of DataInfo::classes
    std::vector<std::pair<std::string, std::int64_t>> rowsPerDomain;
    std::vector<Thumbnail> samples; // a few, one class after the other
};

// How one reader of a spec (backbone or specialist) sees rows, in words. Of readers of pictures there is none.
struct ReaderPreview {
    std::string reader;                                    // "backbone", "specialist"
    std::string how;                                       // "WordPiece, 30.5 K tokens; at most 128 of a text"
    std::vector<std::pair<std::string, std::string>> rows; // id, and what is read of it
};

struct BrokenFile {
    std::string name;
    std::string reason;
};

struct DataInfo {
    TargetKind target = TargetKind::Class;
    std::vector<std::string> classes; // of numbers: ten ranges of equal width, "2.4 to 2.8"
    std::vector<std::string> domains;      // that have a role
    std::vector<std::string> foundDomains; // to choose from: these, and those that no role takes
    std::vector<RoleInfo> roles;
    std::int64_t brokenFiles = 0;
    std::vector<BrokenFile> broken;    // the first ten
    std::vector<std::string> problems; // each one a reason why it cannot be used
    std::vector<std::string> notes;    // what a user has to know all the same
    std::string fingerprint;           // of the rows' content; empty where there are problems

    bool usable() const { return problems.empty(); }
};

} // namespace levi
