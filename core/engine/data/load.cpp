// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"

#include "core/base/beginning.h"
#include "core/base/error.h"
#include "core/engine/data/loaded_rows.h"
#include "core/engine/image/preprocess.h"
#include "core/spec/kinds.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/ranges.h>

namespace levi {
namespace {

LoadedRows readRows(const Options& data, const LoadOptions& options) {
    if (const auto* folder = data.as<ImageFolderOptions>()) return readImageFolder(*folder, options);
    if (const auto* table = data.as<PictureTableOptions>()) return readPictureTable(*table, options);
    if (const auto* idx = data.as<IdxOptions>()) return readIdx(*idx, options);
    if (const auto* world = data.as<DemoWorldOptions>()) return readDemoWorld(*world);
    if (const auto* texts = data.as<TextTableOptions>()) return readTextTable(*texts, options);
    if (const auto* reviews = data.as<AmazonReviewsOptions>()) return readAmazonReviews(*reviews, options);
    if (const auto* ratings = data.as<MovieLensOptions>()) return readMovieLens(*ratings, options);
    throw Error("data.kind: '{}' is not a kind of data that this engine reads", data.kind().key);
}

// What the rows of a role are counted and shown by: classes, or ranges of numbers.
class Strata {
public:
    explicit Strata(const Dataset& data) : m_isNumber(data.isNumber()), m_names(data.classes) {
        if (!m_isNumber) return;
        m_low = std::numeric_limits<double>::infinity();
        double high = -m_low;
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i) {
                m_low = std::min(m_low, role.number(i));
                high = std::max(high, role.number(i));
            }
        if (const double width = (high - m_low) / kRanges; width > 0) m_width = width;
        for (int range = 0; range < kRanges; ++range)
            m_names.push_back(fmt::format("{:.4g} to {:.4g}", m_low + range * m_width, m_low + (range + 1) * m_width));
    }

    const std::vector<std::string>& names() const { return m_names; }
    std::size_t of(const RowSet& rows, std::int64_t i) const {
        if (!m_isNumber) return static_cast<std::size_t>(rows.label(i));
        return std::min<std::size_t>(kRanges - 1, static_cast<std::size_t>((rows.number(i) - m_low) / m_width));
    }
    std::string targetText(const RowSet& rows, std::int64_t i) const {
        return m_isNumber ? fmt::format("{:.6g}", rows.number(i)) : m_names[of(rows, i)];
    }

private:
    static constexpr int kRanges = 10;

    bool m_isNumber;
    std::vector<std::string> m_names;
    double m_low = 0, m_width = 1;
};

constexpr std::size_t kShownBytes = 2000; // of a text

Thumbnail textOf(const RowSet& rows, std::int64_t i) {
    const SampleText text = rows.text(i);
    const std::string whole = text.second ? text.first + "\n" + *text.second : text.first;
    return {.row = rows.id(i),
            .className = {},
            .domain = rows.domains()[static_cast<std::size_t>(rows.domain(i))],
            .text = std::string(beginningOf(whole, kShownBytes))};
}

Thumbnail thumbnailOf(const RowSet& rows, std::int64_t i, std::int64_t side) {
    if (!rows.source().holdsPictures()) return textOf(rows, i);
    Picture picture = rows.picture(i);
    const std::int64_t longest = std::max(picture.height, picture.width);
    if (longest > side)
        picture = resized(picture,
                          {.height = std::max<std::int64_t>(1, picture.height * side / longest),
                           .width = std::max<std::int64_t>(1, picture.width * side / longest)},
                          Interpolation::Bilinear);
    return {.row = rows.id(i),
            .className = {},
            .domain = rows.domains()[static_cast<std::size_t>(rows.domain(i))],
            .height = picture.height,
            .width = picture.width,
            .rgb = std::move(picture.rgb)};
}

// Positions spread over strata and domains: one of each pair after the other.
std::vector<std::int64_t> spread(const RowSet& rows, const Strata& strata, std::int64_t wanted) {
    std::vector<std::vector<std::int64_t>> groups(strata.names().size() * rows.domains().size());
    for (std::int64_t i = 0; i < rows.size(); ++i)
        groups[strata.of(rows, i) * rows.domains().size() + static_cast<std::size_t>(rows.domain(i))].push_back(i);
    std::vector<std::int64_t> chosen;
    for (std::size_t round = 0; std::ssize(chosen) < wanted; ++round) {
        const std::size_t before = chosen.size();
        for (const auto& group : groups)
            if (round < group.size() && std::ssize(chosen) < wanted) chosen.push_back(group[round]);
        if (chosen.size() == before) break;
    }
    return chosen;
}

RoleInfo roleInfo(const RowSet& rows, const Strata& strata, const DataInfoOptions& options) {
    RoleInfo info{.role = rows.role(), .rows = rows.size(), .rowsPerClass = {}, .rowsPerDomain = {}, .samples = {}};
    info.rowsPerClass.resize(strata.names().size());
    std::vector<std::int64_t> perDomain(rows.domains().size());
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        ++info.rowsPerClass[strata.of(rows, i)];
        ++perDomain[static_cast<std::size_t>(rows.domain(i))];
    }
    for (std::size_t d = 0; d < perDomain.size(); ++d)
        if (perDomain[d] > 0) info.rowsPerDomain.emplace_back(rows.domains()[d], perDomain[d]);
    for (const std::int64_t i : spread(rows, strata, options.samplesPerRole)) {
        info.samples.push_back(thumbnailOf(rows, i, options.thumbnailSide));
        info.samples.back().className = strata.targetText(rows, i);
    }
    return info;
}

void take(LoadedRows loaded, ReadData& data) {
    data.brokenFiles = loaded.brokenFiles;
    data.broken = loaded.broken;
    data.problems = std::move(loaded.problems);
    data.domains = data.foundDomains = loaded.domains;
    if (!loaded.table) return;
    data.classes = loaded.table->classes;
    data.domains = loaded.table->domains;
    if (data.foundDomains.empty()) data.foundDomains = data.domains;
    data.dataset = makeDataset(loaded.table, std::move(loaded.roles));
    data.dataset->brokenFiles = loaded.brokenFiles;
    data.dataset->broken = std::move(loaded.broken);
    std::ranges::move(loaded.notes, std::back_inserter(data.dataset->notes));
}

} // namespace

void stopAtBroken(LoadedRows& loaded, const char* what) {
    for (const BrokenFile& file : loaded.broken)
        loaded.problems.push_back(file.reason);
    const auto others = loaded.brokenFiles - static_cast<std::int64_t>(loaded.broken.size());
    if (others > 0) loaded.problems.push_back(fmt::format("{} more {} cannot be read", others, what));
    loaded.problems.push_back(fmt::format("set data.broken to skip to go on without broken {}", what));
}

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
    DataInfo info{.target = data.dataset ? data.dataset->target : TargetKind::Class,
                  .classes = data.classes,
                  .domains = data.domains,
                  .foundDomains = data.foundDomains,
                  .roles = {},
                  .brokenFiles = data.brokenFiles,
                  .broken = data.broken,
                  .problems = data.problems,
                  .notes = data.dataset ? data.dataset->notes : std::vector<std::string>{}};
    if (!data.dataset) return info;
    try {
        const Strata strata(*data.dataset);
        info.classes = strata.names();
        for (const RowSet& rows : data.dataset->evaluation.roles)
            info.roles.push_back(roleInfo(rows, strata, options));
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
