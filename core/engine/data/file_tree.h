// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// The files below a folder, or inside a zip file of one. Immutable, thread-safe.
class FileTree {
public:
    virtual ~FileTree() = default;

    // Relative, '/' between folders, sorted. Hidden files and what file managers leave behind (Thumbs.db, __MACOSX) are
    // not among them.
    const std::vector<std::string>& names() const { return m_names; }

    // Both throw Error naming the file where it cannot be read.
    virtual std::string bytes(std::size_t file) const = 0;
    virtual std::string fingerprint(std::size_t file) const = 0; // of the bytes, 32 hex digits

    // The bytes one piece after the other, with the share of the file that has been read then. Of a zip no more than a
    // piece is held.
    using TakePiece = std::function<void(std::string_view piece, double share)>;
    virtual void forEachPiece(std::size_t file, const TakePiece& take) const { take(bytes(file), 1); }

protected:
    std::vector<std::string> m_names;
};

// Throws Error where there is neither a folder nor a zip file, or one with more than a million files.
std::unique_ptr<const FileTree> openFileTree(const std::filesystem::path& path);

// The same, or a single picture: a tree of one file.
std::unique_ptr<const FileTree> openPictures(const std::filesystem::path& path);

} // namespace levi
