// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/file_tree.h"
#include "core/engine/data/folder_layout.h"
#include "core/engine/data/loaded_rows.h"
#include "core/engine/data/picture_files.h"
#include "core/engine/data/whole_files.h"

#include <algorithm>

namespace levi {
namespace {

// The domains that the options name, with "empty: all others" resolved.
std::vector<std::string> idDomains(const ImageFolderOptions& data, const FolderLayout& layout) {
    if (!data.id.empty()) return data.id;
    std::vector<std::string> others;
    for (const std::string& domain : layout.domains)
        if (std::ranges::find(data.ood, domain) == data.ood.end() &&
            std::ranges::find(data.oodVal, domain) == data.oodVal.end())
            others.push_back(domain);
    return others;
}

std::vector<std::string> usedDomains(const ImageFolderOptions& data, const FolderLayout& layout) {
    std::vector<std::string> used = idDomains(data, layout);
    for (const auto* list : {&data.oodVal, &data.ood})
        used.insert(used.end(), list->begin(), list->end());
    return used;
}

std::vector<std::string> problemsOf(const ImageFolderOptions& data, const FolderLayout& layout) {
    std::vector<std::string> problems = layout.problems;
    if (problems.empty()) {
        std::vector<std::string> ofDomains = domainProblems(data, layout.domains);
        if (!ofDomains.empty()) return ofDomains;
        problems = classProblems(layout, usedDomains(data, layout));
    }
    for (std::string& problem : problems)
        problem = data.path.string() + ": " + problem;
    return problems;
}

// Drops the names that no picture has any more, and numbers the rest anew.
void keepNamed(std::vector<std::string>& names, std::vector<FoundPicture>& pictures,
               std::int64_t FoundPicture::*number) {
    std::vector<std::int64_t> newNumber(names.size(), -1);
    for (const FoundPicture& picture : pictures)
        newNumber[static_cast<std::size_t>(picture.*number)] = 0;
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (newNumber[i] < 0) continue;
        newNumber[i] = static_cast<std::int64_t>(kept.size());
        kept.push_back(names[i]);
    }
    names = std::move(kept);
    for (FoundPicture& picture : pictures)
        picture.*number = newNumber[static_cast<std::size_t>(picture.*number)];
}

void keepUsedDomains(FolderLayout& layout, const std::vector<std::string>& used) {
    std::erase_if(layout.pictures, [&](const FoundPicture& picture) {
        return std::ranges::find(used, layout.domains[static_cast<std::size_t>(picture.domain)]) == used.end();
    });
    keepNamed(layout.domains, layout.pictures, &FoundPicture::domain);
    keepNamed(layout.classes, layout.pictures, &FoundPicture::label);
}

std::vector<std::size_t> filesOf(const FolderLayout& layout) {
    std::vector<std::size_t> files;
    for (const FoundPicture& picture : layout.pictures)
        files.push_back(picture.file);
    return files;
}

std::shared_ptr<RowTable> tableOf(const FolderLayout& layout) {
    auto table = std::make_shared<RowTable>();
    table->classes = layout.classes;
    table->domains = layout.domains;
    for (const FoundPicture& picture : layout.pictures)
        table->rows.push_back({.id = picture.id, .domain = picture.domain, .label = picture.label});
    return table;
}

RoleRows rolesOf(const RowTable& table, const ImageFolderOptions& data, const std::vector<std::string>& id) {
    std::vector<std::vector<std::int64_t>> perDomain(table.domains.size());
    for (std::size_t row = 0; row < table.rows.size(); ++row)
        perDomain[static_cast<std::size_t>(table.rows[row].domain)].push_back(static_cast<std::int64_t>(row));
    const auto rowsOf = [&](const std::string& domain) -> const std::vector<std::int64_t>& {
        return perDomain[static_cast<std::size_t>(std::ranges::lower_bound(table.domains, domain) -
                                                  table.domains.begin())];
    };
    RoleRows roles;
    for (const std::string& domain : id)
        splitDomain(table, rowsOf(domain), {.val = data.valShare, .test = data.testShare}, data.splitSeed, roles);
    for (const std::string& domain : data.oodVal) {
        const auto& rows = rowsOf(domain);
        roles.oodVal.insert(roles.oodVal.end(), rows.begin(), rows.end());
    }
    for (const std::string& domain : data.ood)
        roles.oodTest.emplace_back(domain, rowsOf(domain));
    finishRoles(roles, data);
    return roles;
}

// Takes broken files out of layout and files; with the policy "stop" they are a problem.
void leaveOutBroken(FolderLayout& layout, std::vector<PictureFile>& files, const std::vector<std::string>& reasons,
                    LoadedRows& loaded) {
    std::vector<FoundPicture> pictures;
    std::vector<PictureFile> whole;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (reasons[i].empty()) {
            pictures.push_back(std::move(layout.pictures[i]));
            whole.push_back(std::move(files[i]));
            continue;
        }
        ++loaded.brokenFiles;
        if (loaded.broken.size() < kNamedFiles)
            loaded.broken.push_back({.name = layout.pictures[i].id, .reason = reasons[i]});
    }
    layout.pictures = std::move(pictures);
    files = std::move(whole);
}

} // namespace

LoadedRows readImageFolder(const ImageFolderOptions& data, const LoadOptions& options) {
    const std::shared_ptr<const FileTree> tree = openFileTree(data.path);
    LoadedRows loaded;
    FolderLayout layout = folderLayout(tree->names());
    loaded.problems = problemsOf(data, layout);
    loaded.domains = layout.domains;
    if (!loaded.problems.empty()) return loaded;

    const std::vector<std::string> id = idDomains(data, layout);
    keepUsedDomains(layout, usedDomains(data, layout));
    std::vector<PictureFile> files = fingerprinted(*tree, filesOf(layout), options);
    leaveOutBroken(layout, files, brokenReasons(*tree, files, options), loaded);
    if (loaded.brokenFiles > 0 && data.broken == BrokenFiles::Stop) stopAtBroken(loaded, "files");

    auto table = tableOf(layout);
    table->source = pictureSource(tree, std::move(files), data.exifOrientation);
    loaded.roles = rolesOf(*table, data, id);
    loaded.table = std::move(table);
    return loaded;
}

} // namespace levi
