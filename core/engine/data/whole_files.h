// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/file_tree.h"
#include "core/engine/data/load.h"
#include "core/engine/data/picture_files.h"

#include <string>
#include <vector>

namespace levi {

// Why each file cannot be decoded, empty where it can: every file is decoded once. The answer for one set of contents
// is remembered in a small file under options.cacheFolder; damaged or foreign ones are made anew. Throws Stopped.
std::vector<std::string> brokenReasons(const FileTree& tree, const std::vector<PictureFile>& files,
                                       const LoadOptions& options);

} // namespace levi
