// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/engine/data/idx_files.h"
#include "core/engine/data/loaded_rows.h"

#include <algorithm>
#include <array>

namespace levi {
namespace {

// One pair of files: pictures and their labels.
struct Half {
    std::string name; // of its rows: "<folder>/<train|test>"
    IdxPictures pictures;
    std::string labels;
    std::int64_t firstRow = 0; // of the table
};

// The rows of all halves, one after the other.
class IdxSource : public PictureSource {
public:
    explicit IdxSource(std::vector<Half> halves) : m_halves(std::move(halves)) {}

    Picture picture(std::int64_t row) const override {
        const auto& [half, grey] = find(row);
        Picture picture(half.pictures.height, half.pictures.width);
        for (std::size_t i = 0; i < grey.size(); ++i)
            std::fill_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
                        static_cast<std::uint8_t>(grey[i]));
        return picture;
    }

    std::string content(std::int64_t row) const override { // so cheap that it is not kept
        const auto& [half, grey] = find(row);
        return Fingerprinter().add(std::to_string(half.pictures.width)).add(grey).hex();
    }

private:
    struct Found {
        const Half& half;
        std::string_view grey; // (height, width)
    };

    Found find(std::int64_t row) const {
        const auto after = std::ranges::upper_bound(m_halves, row, {}, &Half::firstRow);
        const Half& half = *std::prev(after);
        const auto size = static_cast<std::size_t>(half.pictures.height * half.pictures.width);
        const auto at = static_cast<std::size_t>(row - half.firstRow) * size;
        return {half, std::string_view(half.pictures.bytes).substr(at, size)};
    }

    std::vector<Half> m_halves;
};

std::string folderName(const std::filesystem::path& path) {
    const auto name = path.filename().empty() ? path.parent_path().filename() : path.filename();
    return name.string();
}

Half readHalf(const std::string& name, const std::filesystem::path& pictures, const std::filesystem::path& labels) {
    Half half{.name = name, .pictures = readIdxPictures(pictures), .labels = readIdxLabels(labels)};
    if (static_cast<std::int64_t>(half.labels.size()) != half.pictures.count)
        throw Error("{}: has {} labels, {} has {} pictures; they belong to different sets", labels.string(),
                    half.labels.size(), pictures.filename().string(), half.pictures.count);
    return half;
}

// Train half first; the test half where there is one.
std::vector<Half> readFolder(const std::filesystem::path& folder, const std::string& domain) {
    const IdxFolder files = findIdxFiles(folder);
    std::vector<Half> halves;
    halves.push_back(readHalf(domain + "/train", files.trainPictures, files.trainLabels));
    if (!files.testPictures.empty()) halves.push_back(readHalf(domain + "/test", files.testPictures, files.testLabels));
    return halves;
}

std::int64_t classCount(const std::vector<Half>& halves) {
    std::int64_t count = 0;
    for (const Half& half : halves)
        for (const char label : half.labels)
            count = std::max<std::int64_t>(count, static_cast<unsigned char>(label) + 1);
    return count;
}

// Appends the half's rows to the table and returns which they are.
std::vector<std::int64_t> addRows(RowTable& table, Half& half, std::int64_t domain) {
    std::vector<std::int64_t> rows;
    half.firstRow = static_cast<std::int64_t>(table.rows.size());
    for (std::size_t i = 0; i < half.labels.size(); ++i) {
        rows.push_back(static_cast<std::int64_t>(table.rows.size()));
        table.rows.push_back({.id = fmt::format("{}/{:06}", half.name, i),
                              .domain = domain,
                              .label = static_cast<unsigned char>(half.labels[i])});
    }
    return rows;
}

} // namespace

LoadedRows readIdx(const IdxOptions& data, const LoadOptions&) {
    LoadedRows loaded;
    auto table = std::make_shared<RowTable>();
    const std::string id = folderName(data.idPath);
    const std::string ood = folderName(data.oodPath);
    std::vector<Half> halves = readFolder(data.idPath, id);
    const std::size_t idHalves = halves.size();
    const std::int64_t classes = classCount(halves);
    for (std::int64_t c = 0; c < classes; ++c)
        table->classes.push_back(std::to_string(c));
    table->domains = {id};
    if (!data.oodPath.empty()) {
        std::vector<Half> others = readFolder(data.oodPath, ood);
        table->domains.push_back(ood);
        if (id == ood) loaded.problems.push_back(fmt::format("both folders are called '{}'; rename one of them", id));
        if (classCount(others) > classes)
            loaded.problems.push_back(fmt::format("{}: has {} classes, {} has {}", data.oodPath.string(),
                                                  classCount(others), data.idPath.string(), classes));
        std::ranges::move(others, std::back_inserter(halves));
    }
    if (!loaded.problems.empty()) return loaded;

    const bool hasTest = idHalves == 2;
    for (std::size_t h = 0; h < halves.size(); ++h) {
        const std::vector<std::int64_t> rows = addRows(*table, halves[h], h < idHalves ? 0 : 1);
        if (h == 0)
            splitDomain(*table, rows, {.val = data.valShare, .test = hasTest ? 0.0 : data.testShare}, data.splitSeed,
                        loaded.roles);
        else if (h < idHalves)
            loaded.roles.idTest = rows;
        else if (h == idHalves)
            loaded.roles.oodTest.emplace_back(ood, rows);
        else
            loaded.roles.oodTest.back().second.insert(loaded.roles.oodTest.back().second.end(), rows.begin(),
                                                      rows.end());
    }
    finishRoles(loaded.roles, data);
    table->source = std::make_shared<IdxSource>(std::move(halves));
    loaded.table = std::move(table);
    return loaded;
}

} // namespace levi
