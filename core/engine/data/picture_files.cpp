// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/picture_files.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/engine/data/parallel.h"
#include "core/engine/image/decode.h"

namespace levi {
namespace {

class FileSource : public SampleSource {
public:
    FileSource(std::shared_ptr<const FileTree> tree, std::vector<PictureFile> files, bool exifOrientation)
        : m_tree(std::move(tree)), m_files(std::move(files)), m_exifOrientation(exifOrientation) {
        if (m_exifOrientation) return;
        for (PictureFile& file : m_files)
            file.content = fingerprint(file.content + " as stored");
    }

    Picture picture(std::int64_t row) const override {
        const std::size_t file = m_files[static_cast<std::size_t>(row)].index;
        const std::string bytes = m_tree->bytes(file);
        return decodePicture(std::as_bytes(std::span(bytes)), m_tree->names()[file], {.applyExif = m_exifOrientation});
    }
    std::string content(std::int64_t row) const override { return m_files[static_cast<std::size_t>(row)].content; }

private:
    std::shared_ptr<const FileTree> m_tree;
    std::vector<PictureFile> m_files;
    bool m_exifOrientation;
};

std::string contentOf(const FileTree& tree, std::size_t file) {
    try {
        return tree.fingerprint(file);
    } catch (const Error&) {
        return "unreadable";
    }
}

} // namespace

std::vector<PictureFile> fingerprinted(const FileTree& tree, const std::vector<std::size_t>& files,
                                       const LoadOptions& options) {
    std::vector<PictureFile> printed(files.size());
    LoadOptions quietly = options;
    quietly.progress = nullptr;
    forEachInParallel(static_cast<std::int64_t>(files.size()), quietly, [&](std::int64_t i) {
        const std::size_t file = files[static_cast<std::size_t>(i)];
        printed[static_cast<std::size_t>(i)] = {.index = file, .content = contentOf(tree, file)};
    });
    return printed;
}

std::shared_ptr<const SampleSource> pictureSource(std::shared_ptr<const FileTree> tree, std::vector<PictureFile> files,
                                                  bool exifOrientation) {
    return std::make_shared<FileSource>(std::move(tree), std::move(files), exifOrientation);
}

} // namespace levi
