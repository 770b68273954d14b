// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace levi {

// Pictures or labels of an IDX file (LeCun's MNIST format: big-endian magic and sizes, then bytes), plain or gzip, told
// apart by the first bytes. Only unsigned bytes; nothing is allocated before the header is found plausible.
struct IdxPictures {
    std::int64_t count = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::string bytes; // (count, height, width), grey values
};

// Both throw Error naming the file: wrong magic, type or dimensions, sizes beyond the limits, missing or surplus bytes.
IdxPictures readIdxPictures(const std::filesystem::path& file);
std::string readIdxLabels(const std::filesystem::path& file); // one byte a row

// The four files of a folder, by their names: `train` or `t10k`/`test`, and `images` or `labels`. A missing pair of the
// test half is left empty; any other missing file is an Error that names what is expected.
struct IdxFolder {
    std::filesystem::path trainPictures, trainLabels, testPictures, testLabels;
};
IdxFolder findIdxFiles(const std::filesystem::path& folder);

} // namespace levi
