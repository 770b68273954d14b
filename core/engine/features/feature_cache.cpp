// SPDX-License-Identifier: Apache-2.0
#include "core/engine/features/feature_cache.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/folder_lock.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/stopped.h"
#include "core/engine/data/load.h"
#include "core/engine/features/feature_pass.h"
#include "core/engine/features/feature_segment.h"

#include <ATen/Version.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace levi {
namespace {

constexpr const char* kExtension = ".features";
constexpr const char* kPassExtension = ".pass"; // a folder to lock while rows are computed
constexpr double kWorthAWord = 1;               // seconds
constexpr std::chrono::hours kAbandonedAge{24}; // of a file that has not got its name yet
constexpr int kForwardRevision = 2;             // raised when a change of the forward pass changes bits

std::filesystem::path folderOf(const std::filesystem::path& cacheFolder, const std::string& key) {
    return cacheFolder / "features" / fingerprint(key);
}

std::vector<std::filesystem::path> segmentFiles(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, none))
        if (entry.path().extension() == kExtension) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

struct RowsAsked {
    std::filesystem::path folder; // empty: none are known
    std::string key;
    std::uint64_t valuesPerRow = 0;
    FeatureSegment::Check check = FeatureSegment::Check::Whole;
    std::stop_token stop; // looked at before each file: checking one of 32 MiB is a matter of milliseconds
};

// The rows that lie in the cache, by content. Files that cannot be used are removed with a warning.
class KnownRows {
public:
    KnownRows(const RowsAsked& asked, const std::function<void(const std::string&)>& warn) {
        if (asked.folder.empty()) return;
        for (const auto& file : segmentFiles(asked.folder)) {
            if (asked.stop.stop_requested()) throw Stopped{};
            try {
                add(std::make_shared<FeatureSegment>(file, asked.key, asked.valuesPerRow, asked.check));
            } catch (const Error& error) {
                warn(fmt::format("{}; its rows are computed anew", error.what()));
                std::error_code none;
                std::filesystem::remove(file, none);
            }
        }
    }

    const float* find(const std::string& content) {
        const auto found = m_rows.find(content);
        if (found == m_rows.end()) return nullptr;
        found->second.segment->used = true;
        return found->second.segment->file->values(found->second.row);
    }

    // Marks what was used as used now, and keeps it mapped as long as the table lives.
    void keepUsed(FeatureTable& table) const {
        for (const auto& segment : m_segments) {
            if (!segment->used) continue;
            std::error_code none;
            std::filesystem::last_write_time(segment->file->file(), std::filesystem::file_time_type::clock::now(),
                                             none);
            table.keep(segment->file);
        }
    }

private:
    struct Segment {
        std::shared_ptr<const FeatureSegment> file;
        bool used = false;
    };
    struct Place {
        Segment* segment;
        std::uint64_t row;
    };

    void add(std::shared_ptr<const FeatureSegment> file) {
        m_segments.push_back(std::make_unique<Segment>(Segment{.file = std::move(file)}));
        const auto& added = m_segments.back();
        for (std::uint64_t row = 0; row < added->file->rows(); ++row)
            m_rows.emplace(added->file->content(row), Place{added.get(), row});
    }

    std::vector<std::unique_ptr<Segment>> m_segments;
    std::unordered_map<std::string, Place> m_rows;
};

std::int64_t slotsOf(const Backbone& backbone) {
    return backbone.info().depth + 2;
}

} // namespace

std::string featureKey(const Backbone& backbone, const View& view, const std::string& computedOn) {
    const BackboneInfo& info = backbone.info();
    const bool packed = computedOn == kOnCpu && backbone.kernelsInUse() == Kernels::Packed;
    const char* pooling = backbone.pooling() == PooledPair::LastAndMax ? "pooling last max\n" : "";
    return fmt::format(
        "format {}\nforward {}\nweights {}\nimage {}x{}\nview {}\ndtype float32\nkernels {}\ndevice {}\ncpu {}\n"
        "libtorch {}\n{}",
        kSegmentFormat, kForwardRevision, info.weightsFingerprint, info.imageHeight, info.imageWidth, view.text(),
        packed ? "packed" : "plain", computedOn, at::get_cpu_capability(), TORCH_VERSION, pooling);
}

namespace {

// Sets what is known, and sorts out what is not.
MissingRows missingRows(const std::vector<RowSet>& roles, KnownRows* known, const std::stop_token& stop,
                        FeatureTable& table) {
    MissingRows missing;
    std::vector<std::int64_t> rows;
    std::unordered_map<std::string, std::size_t> places;
    for (const RowSet& role : roles)
        for (std::int64_t i = 0; i < role.size(); ++i) {
            if (stop.stop_requested()) throw Stopped{};
            const std::string content = role.content(i);
            if (const float* values = known ? known->find(content) : nullptr) {
                table.set(role.tableRow(i), values);
            } else if (const auto [place, isNew] = places.emplace(content, rows.size()); isNew) {
                rows.push_back(role.tableRow(i));
                missing.twins.emplace_back();
            } else {
                missing.twins[place->second].push_back(role.tableRow(i));
            }
        }
    if (!roles.empty()) missing.rows = roles.front().others("", std::move(rows));
    return missing;
}

MissingRows knownAndMissing(const std::vector<RowSet>& roles, const RowsAsked& asked, const FeatureOptions& options,
                            FeatureTable& table) {
    KnownRows known(asked, options.warn);
    MissingRows missing = missingRows(roles, options.useCache ? &known : nullptr, options.stop, table);
    known.keepUsed(table);
    return missing;
}

// Held by one of those who lack the same rows: a folder beside the files, which goes with it. Where nothing can be
// written it holds nothing.
class PassLock {
public:
    PassLock(const MissingRows& missing, const std::filesystem::path& folder, const std::stop_token& stop) {
        Fingerprinter contents;
        for (std::int64_t i = 0; i < missing.rows.size(); ++i)
            contents.add(missing.rows.content(i));
        m_place = folder / (contents.hex() + kPassExtension);
        std::error_code none;
        std::filesystem::create_directories(m_place, none);
        try {
            m_lock.emplace(m_place, stop);
        } catch (const Error&) { // nothing can be written there, or whoever held it has just removed it
        }
    }
    ~PassLock() {
        std::error_code none;
        std::filesystem::remove(m_place, none); // who waits has it open; who comes later finds the rows
    }
    PassLock(const PassLock&) = delete;
    PassLock& operator=(const PassLock&) = delete;

private:
    std::filesystem::path m_place;
    std::optional<FolderLock> m_lock;
};

} // namespace

Features features(const Backbone& backbone, const View& view, const std::vector<RowSet>& roles,
                  const FeatureOptions& options) {
    const std::string key = featureKey(backbone, view, options.computedOn);
    const auto folder = folderOf(options.cacheFolder, key);
    Features result{.table = FeatureTable(slotsOf(backbone), backbone.info().width)};
    const RowsAsked asked{.folder = options.useCache ? folder : std::filesystem::path(),
                          .key = key,
                          .valuesPerRow = static_cast<std::uint64_t>(result.table.valuesPerRow()),
                          .stop = options.stop};
    MissingRows missing = knownAndMissing(roles, asked, options, result.table);
    std::optional<PassLock> lock;
    if (options.useCache && !missing.twins.empty()) { // whoever is at work on the same rows leaves them in the cache
        const Stopwatch waiting;
        lock.emplace(missing, folder, options.stop);
        if (waiting.seconds() > kWorthAWord)
            options.warn(
                fmt::format("waited {:.0f} s for another run that needs the same features", waiting.seconds()));
        missing = knownAndMissing(roles, asked, options, result.table);
    }
    FeaturePass pass(backbone, view, options);
    if (options.useCache) pass.keepIn(folder, key);
    result.computedRows = pass.run(missing, result.table);
    if (options.useCache && result.computedRows > 0) evictFeatures(options.cacheFolder, options.limitBytes);
    return result;
}

CachedRows cachedRows(const Backbone& backbone, const View& view, const std::vector<RowSet>& roles,
                      const FeatureOptions& options) {
    const std::string key = featureKey(backbone, view, options.computedOn);
    KnownRows known({.folder = options.useCache ? folderOf(options.cacheFolder, key) : std::filesystem::path(),
                     .key = key,
                     .valuesPerRow = static_cast<std::uint64_t>(slotsOf(backbone) * 2 * backbone.info().width),
                     .check = FeatureSegment::Check::Head,
                     .stop = options.stop},
                    [](const std::string& text) { log().warn("{}", text); });
    CachedRows result;
    std::unordered_set<std::string> seen;
    for (const RowSet& role : roles)
        for (std::int64_t i = 0; i < role.size(); ++i) {
            if (options.stop.stop_requested()) throw Stopped{};
            const std::string content = role.content(i);
            if (!seen.insert(content).second) continue;
            ++result.rows;
            if (known.find(content)) ++result.cached;
        }
    return result;
}

namespace {

// What a process that was killed has begun and no other one will finish.
void removeAbandoned(const std::filesystem::path& folder) {
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed)) {
        const auto age = std::filesystem::file_time_type::clock::now() - entry.last_write_time(failed);
        if (failed || age < kAbandonedAge || entry.path().extension() == kExtension || entry.is_directory(failed))
            continue;
        std::filesystem::remove(entry.path(), failed);
    }
}

} // namespace

void evictFeatures(const std::filesystem::path& cacheFolder, std::uint64_t limitBytes) {
    removeAbandoned(cacheFolder / "features");
    struct File {
        std::filesystem::path path;
        std::filesystem::file_time_type used;
        std::uint64_t sizeBytes;
    };
    std::vector<File> files;
    std::uint64_t total = 0;
    for (const auto& path : segmentFiles(cacheFolder / "features")) {
        std::error_code failed; // another process may have removed it
        const auto sizeBytes = std::filesystem::file_size(path, failed);
        if (failed) continue;
        const auto used = std::filesystem::last_write_time(path, failed);
        if (failed) continue;
        files.push_back({path, used, sizeBytes});
        total += sizeBytes;
    }
    std::ranges::sort(files, {}, &File::used);
    for (const File& file : files) {
        if (total <= limitBytes) return;
        std::error_code none;
        std::filesystem::remove(file.path, none); // whoever has it mapped keeps it
        total -= file.sizeBytes;
    }
}

} // namespace levi
