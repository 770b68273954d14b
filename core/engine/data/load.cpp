// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"

#include "core/base/error.h"
#include "core/engine/data/loaded_rows.h"
#include "core/engine/image/preprocess.h"
#include "core/spec/kinds.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace levi {
namespace {

LoadedRows readRows(const Options& data, const LoadOptions& options) {
    if (const auto* folder = data.as<ImageFolderOptions>()) return readImageFolder(*folder, options);
    if (const auto* idx = data.as<IdxOptions>()) return readIdx(*idx, options);
    if (const auto* world = data.as<DemoWorldOptions>()) return readDemoWorld(*world);
    throw Error("data.kind: '{}' is not a kind of data that this engine reads", data.kind().key);
}

Thumbnail thumbnailOf(const RowSet& rows, std::int64_t i, std::int64_t side) {
    Picture picture = rows.picture(i);
    const std::int64_t longest = std::max(picture.height, picture.width);
    if (longest > side)
        picture = resized(picture,
                          {.height = std::max<std::int64_t>(1, picture.height * side / longest),
                           .width = std::max<std::int64_t>(1, picture.width * side / longest)},
                          Interpolation::Bilinear);
    return {.row = rows.id(i),
            .className = rows.classes()[static_cast<std::size_t>(rows.label(i))],
            .domain = rows.domains()[static_cast<std::size_t>(rows.domain(i))],
            .height = picture.height,
            .width = picture.width,
            .rgb = std::move(picture.rgb)};
}

// Positions spread over classes and domains: one of each pair after the other.
std::vector<std::int64_t> spread(const RowSet& rows, std::int64_t wanted) {
    std::vector<std::vector<std::int64_t>> groups(rows.classes().size() * rows.domains().size());
    for (std::int64_t i = 0; i < rows.size(); ++i)
        groups[static_cast<std::size_t>(rows.label(i)) * rows.domains().size() +
               static_cast<std::size_t>(rows.domain(i))]
            .push_back(i);
    std::vector<std::int64_t> chosen;
    for (std::size_t round = 0; std::ssize(chosen) < wanted; ++round) {
        const std::size_t before = chosen.size();
        for (const auto& group : groups)
            if (round < group.size() && std::ssize(chosen) < wanted) chosen.push_back(group[round]);
        if (chosen.size() == before) break;
    }
    return chosen;
}

RoleInfo roleInfo(const RowSet& rows, const DataInfoOptions& options) {
    RoleInfo info{.role = rows.role(), .rows = rows.size(), .rowsPerClass = {}, .rowsPerDomain = {}, .samples = {}};
    info.rowsPerClass.resize(rows.classes().size());
    std::vector<std::int64_t> perDomain(rows.domains().size());
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        ++info.rowsPerClass[static_cast<std::size_t>(rows.label(i))];
        ++perDomain[static_cast<std::size_t>(rows.domain(i))];
    }
    for (std::size_t d = 0; d < perDomain.size(); ++d)
        if (perDomain[d] > 0) info.rowsPerDomain.emplace_back(rows.domains()[d], perDomain[d]);
    for (const std::int64_t i : spread(rows, options.samplesPerRole))
        info.samples.push_back(thumbnailOf(rows, i, options.thumbnailSide));
    return info;
}

void describe(LoadedRows loaded, const DataInfoOptions& options, DataInfo& info) {
    info.brokenFiles = loaded.brokenFiles;
    info.broken = loaded.broken;
    info.problems = loaded.problems;
    if (!loaded.table) return;
    info.classes = loaded.table->classes;
    info.domains = loaded.table->domains;
    const Dataset dataset = makeDataset(loaded.table, std::move(loaded.roles));
    for (const RowSet& rows : dataset.evaluation.roles)
        info.roles.push_back(roleInfo(rows, options));
    if (info.problems.empty()) info.fingerprint = dataset.fingerprint;
}

} // namespace

Dataset loadDataset(const Options& data, const LoadOptions& options) {
    LoadedRows loaded = readRows(data, options);
    if (!loaded.problems.empty()) throw Error("{}", fmt::join(loaded.problems, "\n"));
    Dataset dataset = makeDataset(loaded.table, std::move(loaded.roles));
    dataset.brokenFiles = loaded.brokenFiles;
    dataset.broken = std::move(loaded.broken);
    return dataset;
}

DataInfo dataInfo(const Options& data, const DataInfoOptions& options) {
    DataInfo info;
    try {
        describe(readRows(data, options.load), options, info);
    } catch (const Error& error) {
        info.problems.emplace_back(error.what());
    }
    return info;
}

} // namespace levi
