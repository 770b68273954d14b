// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/file_tree.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/engine/data/zip_file.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileLimit = 1000000;
constexpr std::uint64_t kSizeLimitBytes = std::uint64_t{256} << 20;
constexpr int kDepthLimit = 8; // also ends loops of links

bool isLeftBehind(std::string_view part) {
    return part.starts_with('.') || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini";
}

bool anyLeftBehind(std::string_view name) {
    while (true) {
        const std::size_t slash = name.find('/');
        if (isLeftBehind(name.substr(0, slash))) return true;
        if (slash == name.npos) return false;
        name.remove_prefix(slash + 1);
    }
}

// A link to nothing is listed, so that it counts as a broken file instead of vanishing.
bool isDangling(const fs::directory_entry& entry) {
    std::error_code code;
    return entry.is_symlink(code) && !entry.exists(code);
}

class FolderTree : public FileTree {
public:
    explicit FolderTree(const fs::path& folder) : m_folder(folder) {
        try {
            list();
        } catch (const fs::filesystem_error& error) {
            throw Error("{}: cannot list: {}", error.path1().string(), error.code().message());
        }
        std::ranges::sort(m_names);
    }

    std::string bytes(std::size_t file) const override { return readFile(m_folder / m_names[file], kSizeLimitBytes); }
    std::string fingerprint(std::size_t file) const override { return fingerprintOfFile(m_folder / m_names[file]); }

private:
    void list() {
        fs::recursive_directory_iterator entries(m_folder, fs::directory_options::follow_directory_symlink);
        for (; entries != fs::recursive_directory_iterator(); ++entries) {
            const bool skipped = isLeftBehind(entries->path().filename().string());
            if (skipped || entries.depth() >= kDepthLimit) entries.disable_recursion_pending();
            if (skipped || !(entries->is_regular_file() || isDangling(*entries))) continue;
            if (m_names.size() == kFileLimit)
                throw Error("{}: has more than {} files; name a smaller folder", m_folder.string(), kFileLimit);
            m_names.push_back(entries->path().lexically_relative(m_folder).generic_string());
        }
    }

    fs::path m_folder;
};

class ZipTree : public FileTree {
public:
    explicit ZipTree(const fs::path& file) : m_zip(file) {
        for (const ZipMember& member : m_zip.members()) {
            if (anyLeftBehind(member.name)) continue;
            m_names.push_back(member.name);
            m_members.push_back(&member);
        }
    }

    std::string bytes(std::size_t file) const override { return m_zip.read(*m_members[file]); }
    void forEachPiece(std::size_t file, const TakePiece& take) const override {
        m_zip.forEachPiece(*m_members[file], take);
    }
    std::string fingerprint(std::size_t file) const override { return levi::fingerprint(bytes(file)); }

private:
    ZipFile m_zip;
    std::vector<const ZipMember*> m_members; // by file
};

class SingleFile : public FileTree {
public:
    explicit SingleFile(const fs::path& file) : m_file(file) { m_names = {file.filename().string()}; }

    std::string bytes(std::size_t) const override { return readFile(m_file, kSizeLimitBytes); }
    std::string fingerprint(std::size_t) const override { return fingerprintOfFile(m_file); }

private:
    fs::path m_file;
};

bool isZip(const fs::path& file) {
    char magic[2] = "";
    std::ifstream(file, std::ios::binary).read(magic, 2);
    return magic[0] == 'P' && magic[1] == 'K';
}

} // namespace

std::unique_ptr<const FileTree> openPictures(const fs::path& path) {
    std::error_code code;
    if (fs::is_regular_file(path, code) && !isZip(path)) return std::make_unique<SingleFile>(path);
    return openFileTree(path);
}

std::unique_ptr<const FileTree> openFileTree(const fs::path& path) {
    std::error_code code;
    if (fs::is_directory(path, code)) return std::make_unique<FolderTree>(path);
    if (!fs::exists(path, code)) throw Error("{}: is not there, expected a folder or a zip file", path.string());
    return std::make_unique<ZipTree>(path);
}

} // namespace levi
