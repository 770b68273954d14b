// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/load.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace levi {

// The data that were read last: whoever asks about the same section of a spec again, while its files stand as they did,
// reads none of them. One entry, so that no more than one data set is held. All calls thread-safe; two that ask for new
// data at once read them twice.
class KeptData {
public:
    KeptData() = default;
    explicit KeptData(std::filesystem::path cacheFolder) : m_cacheFolder(std::move(cacheFolder)) {}

    void setCacheFolder(const std::filesystem::path& folder); // empty: none is read or written
    std::filesystem::path cacheFolder() const;

    // As readData(); throws Stopped where that does.
    std::shared_ptr<const ReadData> read(const Options& data, const LoadOptions& options);

    std::int64_t readings() const; // that found nothing kept

private:
    mutable std::mutex m_mutex; // guards what follows
    std::filesystem::path m_cacheFolder;
    std::string m_key;
    std::shared_ptr<const ReadData> m_data;
    std::int64_t m_readings = 0;
};

// Path, size, time and identity of every file that the section names or that lies below a folder it names, and all its
// fields: equal as long as reading gives the same. Looks at no content. Empty where something cannot be listed.
std::string stampOf(const Options& data, const LoadOptions& options);

} // namespace levi
