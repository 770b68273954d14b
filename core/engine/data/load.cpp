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

void take(LoadedRows loaded, ReadData& data) {
    data.brokenFiles = loaded.brokenFiles;
    data.broken = loaded.broken;
    data.problems = std::move(loaded.problems);
    if (!loaded.table) return;
    data.classes = loaded.table->classes;
    data.domains = loaded.table->domains;
    data.dataset = makeDataset(loaded.table, std::move(loaded.roles));
    data.dataset->brokenFiles = loaded.brokenFiles;
    data.dataset->broken = std::move(loaded.broken);
}

} // namespace

ReadData readData(const Options& data, const LoadOptions& options) {
    ReadData read;
    try {
        take(readRows(data, options), read);
    } catch (const Error& error) {
        read.problems.emplace_back(error.what());
    }
    return read;
}

const Dataset& usableDataset(const ReadData& data) {
    if (!data.problems.empty()) throw Error("{}", fmt::join(data.problems, "\n"));
    return data.dataset.value();
}

Dataset loadDataset(const Options& data, const LoadOptions& options) {
    return usableDataset(readData(data, options));
}

DataInfo dataInfo(const ReadData& data, const DataInfoOptions& options) {
    DataInfo info{.classes = data.classes,
                  .domains = data.domains,
                  .roles = {},
                  .brokenFiles = data.brokenFiles,
                  .broken = data.broken,
                  .problems = data.problems};
    if (!data.dataset) return info;
    try {
        for (const RowSet& rows : data.dataset->evaluation.roles)
            info.roles.push_back(roleInfo(rows, options));
    } catch (const Error& error) {
        info.problems.emplace_back(error.what()); // a picture went away meanwhile
    }
    if (info.problems.empty()) info.fingerprint = data.dataset->fingerprint;
    return info;
}

DataInfo dataInfo(const Options& data, const DataInfoOptions& options) {
    return dataInfo(readData(data, options.load), options);
}

} // namespace levi
