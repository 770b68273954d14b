// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/folder_layout.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>

#include <fmt/ranges.h>

namespace levi {
namespace {

using Parts = std::vector<std::string>;

struct PicturePath {
    std::size_t file = 0;
    Parts parts;
};

bool isNote(const std::string& name) {
    static constexpr std::array<std::string_view, 10> kEndings = {".txt", ".csv", ".tsv",  ".json", ".jsonl",
                                                                  ".md",  ".xml", ".yaml", ".yml",  ".html"};
    std::string ending = std::filesystem::path(name).extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::ranges::find(kEndings, ending) != kEndings.end();
}

Parts partsOf(std::string_view name) {
    Parts parts;
    while (true) {
        const std::size_t slash = name.find('/');
        parts.emplace_back(name.substr(0, slash));
        if (slash == name.npos) return parts;
        name.remove_prefix(slash + 1);
    }
}

std::vector<PicturePath> picturePaths(const std::vector<std::string>& names) {
    std::vector<PicturePath> paths;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!isNote(names[i])) paths.push_back({.file = i, .parts = partsOf(names[i])});
    return paths;
}

// How many folders around everything are no domain: those that all paths share, as long as three parts remain.
std::size_t sharedDepth(const std::vector<PicturePath>& paths) {
    const Parts& first = paths.front().parts;
    std::size_t shared = 0;
    const auto sharedBy = [&](const PicturePath& path) {
        return path.parts.size() > shared + 3 && path.parts[shared] == first[shared];
    };
    while (std::ranges::all_of(paths, sharedBy))
        ++shared;
    return shared;
}

// The depth that most paths have.
std::size_t usualDepth(const std::vector<PicturePath>& paths) {
    std::map<std::size_t, std::size_t> counts;
    for (const PicturePath& path : paths)
        ++counts[path.parts.size()];
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
}

std::vector<std::string> sorted(const std::set<std::string>& names) {
    return {names.begin(), names.end()};
}

std::int64_t indexOf(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::lower_bound(names, name) - names.begin();
}

// That all paths are as deep as each other, and as domain/class/file or class/file at the end. "": nothing is wrong.
std::string depthProblem(const std::vector<PicturePath>& paths, const std::vector<std::string>& names) {
    const std::size_t depth = usualDepth(paths);
    const auto odd = [&](const PicturePath& path) { return path.parts.size() != depth; };
    if (const auto found = std::ranges::find_if(paths, odd); found != paths.end() || depth < 2) {
        const std::string& name = names[found != paths.end() ? found->file : paths.front().file];
        return fmt::format("'{}' is {} folders deep, expected domain/class/file or class/file "
                           "throughout; move it, or name the folder that holds the domains",
                           name, partsOf(name).size() - 1);
    }
    if (depth - sharedDepth(paths) <= 3) return {};
    return fmt::format("'{}' is {} folders deep, expected domain/class/file or class/file", names[paths.front().file],
                       depth - 1);
}

} // namespace

FolderLayout folderLayout(const std::vector<std::string>& names) {
    FolderLayout layout;
    std::vector<PicturePath> paths = picturePaths(names);
    if (paths.empty()) {
        layout.problems.emplace_back("no picture found; expected domain/class/file or class/file");
        return layout;
    }
    if (std::string problem = depthProblem(paths, names); !problem.empty()) {
        layout.problems.push_back(std::move(problem));
        return layout;
    }
    const std::size_t depth = paths.front().parts.size(), skipped = sharedDepth(paths);
    const bool hasDomains = depth - skipped == 3;
    std::set<std::string> domains, classes;
    for (const PicturePath& path : paths) {
        domains.insert(hasDomains ? path.parts[skipped] : "all");
        classes.insert(path.parts[depth - 2]);
    }
    layout.domains = sorted(domains);
    layout.classes = sorted(classes);
    for (const PicturePath& path : paths)
        layout.pictures.push_back(
            {.file = path.file,
             .domain = hasDomains ? indexOf(layout.domains, path.parts[skipped]) : 0,
             .label = indexOf(layout.classes, path.parts[depth - 2]),
             .id = fmt::format(
                 "{}", fmt::join(path.parts.begin() + static_cast<std::ptrdiff_t>(skipped), path.parts.end(), "/"))});
    return layout;
}

std::vector<std::string> classProblems(const FolderLayout& layout, const std::vector<std::string>& domains) {
    std::vector<std::set<std::string>> present(layout.domains.size());
    for (const FoundPicture& picture : layout.pictures)
        present[static_cast<std::size_t>(picture.domain)].insert(
            layout.classes[static_cast<std::size_t>(picture.label)]);
    std::set<std::string> all;
    for (const std::string& domain : domains)
        all.merge(std::set(present[static_cast<std::size_t>(indexOf(layout.domains, domain))]));
    std::vector<std::string> problems;
    for (const std::string& domain : domains) {
        std::vector<std::string> missing;
        std::ranges::set_difference(all, present[static_cast<std::size_t>(indexOf(layout.domains, domain))],
                                    std::back_inserter(missing));
        if (!missing.empty())
            problems.push_back(
                fmt::format("domain '{}' lacks the class{} {}; all domains need the same classes, spelled alike",
                            domain, missing.size() > 1 ? "es" : "", fmt::join(missing, ", ")));
    }
    return problems;
}

} // namespace levi
