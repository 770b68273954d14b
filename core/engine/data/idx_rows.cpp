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
class IdxSource : public SampleSource {
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

// The training half is split; the test half, where there is one, is id_test.
void addIdRows(RowTable& table, std::vector<Half>& halves, const IdxOptions& data, RoleRows& roles) {
    const bool hasTest = halves.size() == 2;
    splitDomain(table, addRows(table, halves[0], 0), {.val = data.valShare, .test = hasTest ? 0.0 : data.testShare},
                data.splitSeed, roles);
    if (hasTest) roles.idTest = addRows(table, halves[1], 0);
}

// Both halves are tested out of distribution, as one role.
void addOodRows(RowTable& table, std::vector<Half>& halves, RoleRows& roles) {
    std::vector<std::int64_t> all;
    for (Half& half : halves)
        std::ranges::copy(addRows(table, half, 1), std::back_inserter(all));
    roles.oodTest.emplace_back(table.domains[1], std::move(all));
}

// Of the halves out of distribution, beside `classes` of the others.
std::vector<std::string> problemsOf(const std::vector<Half>& ood, std::int64_t classes, const IdxOptions& data) {
    std::vector<std::string> problems;
    if (const std::string name = folderName(data.idPath); name == folderName(data.oodPath))
        problems.push_back(fmt::format("both folders are called '{}'; rename one of them", name));
    if (classCount(ood) > classes)
        problems.push_back(fmt::format("{}: has {} classes, {} has {}", data.oodPath.string(), classCount(ood),
                                       data.idPath.string(), classes));
    return problems;
}

} // namespace

LoadedRows readIdx(const IdxOptions& data, const LoadOptions&) {
    LoadedRows loaded;
    const std::string id = folderName(data.idPath), ood = folderName(data.oodPath);
    std::vector<Half> halves = readFolder(data.idPath, id), others;
    if (!data.oodPath.empty()) others = readFolder(data.oodPath, ood);
    const std::int64_t classes = classCount(halves);
    if (!others.empty()) loaded.problems = problemsOf(others, classes, data);
    if (!loaded.problems.empty()) return loaded;

    auto table = std::make_shared<RowTable>();
    for (std::int64_t c = 0; c < classes; ++c)
        table->classes.push_back(std::to_string(c));
    table->domains = {id};
    if (!others.empty()) table->domains.push_back(ood);
    addIdRows(*table, halves, data, loaded.roles);
    if (!others.empty()) addOodRows(*table, others, loaded.roles);
    finishRoles(loaded.roles, data);
    std::ranges::move(others, std::back_inserter(halves));
    table->source = std::make_shared<IdxSource>(std::move(halves));
    loaded.table = std::move(table);
    return loaded;
}

} // namespace levi
