// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/engine/data/file_tree.h"
#include "core/engine/data/load.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace levi {

struct PictureFile {
    std::size_t index = 0; // in the tree
    std::string content;   // its fingerprint; "unreadable" where it cannot even be read: decoding it says why
};

// In the order of `files`, by several threads. Throws Stopped.
std::vector<PictureFile> fingerprinted(const FileTree& tree, const std::vector<std::size_t>& files,
                                       const LoadOptions& options);

// Pictures in files, one a row.
std::shared_ptr<const SampleSource> pictureSource(std::shared_ptr<const FileTree> tree, std::vector<PictureFile> files,
                                                  bool exifOrientation);

} // namespace levi
