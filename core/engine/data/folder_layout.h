// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace levi {

struct FoundPicture {
    std::size_t file = 0; // index into the names
    std::int64_t domain = 0;
    std::int64_t label = 0;
    std::string id; // domain/class/file, or class/file
};

// What a list of paths means: `domain/class/file`, or `class/file` with the one domain "all". Folders around all of it
// are left out. Notes and tables (.txt, .csv, .json, …) are no pictures; any other file is, until decoding says
// otherwise.
struct FolderLayout {
    std::vector<std::string> domains;   // sorted
    std::vector<std::string> classes;   // sorted, of all domains together
    std::vector<FoundPicture> pictures; // in order of id
    std::vector<std::string> problems;  // files at other depths
};

FolderLayout folderLayout(const std::vector<std::string>& names);

// One problem for each of the named domains that lacks a class which another one has: the message names the classes.
std::vector<std::string> classProblems(const FolderLayout& layout, const std::vector<std::string>& domains);

} // namespace levi
