// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/kept_data.h"

#include "core/base/hash.h"
#include "core/spec/kinds.h"

#include <fmt/format.h>

#include <sys/stat.h>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr int kDepthLimit = 8; // as deep as pictures are looked for; also ends loops of links

void addFile(Fingerprinter& stamp, const fs::path& file) {
    struct stat status {};
    const bool exists = ::stat(file.c_str(), &status) == 0;
    stamp.add(file.native());
    stamp.add(exists ? fmt::format("{} {} {} {}.{:09}", status.st_dev, status.st_ino, status.st_size,
                                   status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
                     : std::string("absent"));
}

// Throws fs::filesystem_error, Stopped.
void addFolder(Fingerprinter& stamp, const fs::path& folder, const LoadOptions& options) {
    fs::recursive_directory_iterator entries(folder, fs::directory_options::follow_directory_symlink);
    for (; entries != fs::recursive_directory_iterator(); ++entries) {
        if (options.stop.stop_requested()) throw Stopped();
        if (entries.depth() >= kDepthLimit) entries.disable_recursion_pending();
        addFile(stamp, entries->path());
    }
}

std::string textOf(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string stampOf(const Options& data, const LoadOptions& options) {
    Fingerprinter stamp;
    stamp.add(data.kind().key);
    try {
        for (const Field& field : data.kind().fields) {
            const std::string text = textOf(field.get(data.address()));
            stamp.add(field.info.key).add(text);
            if (field.info.type != FieldType::Path || text.empty()) continue;
            addFile(stamp, text);
            if (fs::is_directory(text)) addFolder(stamp, text, options);
        }
    } catch (const fs::filesystem_error&) {
        return {}; // reading says what is wrong
    }
    return stamp.hex();
}

std::shared_ptr<const ReadData> KeptData::read(const Options& data, const LoadOptions& options) {
    const std::string key = stampOf(data, options); // before reading: a change meanwhile is seen next time
    {
        const std::lock_guard lock(m_mutex);
        if (m_data && !key.empty() && key == m_key) return m_data;
        ++m_readings;
        m_data.reset(); // not two at once
    }
    auto made = std::make_shared<const ReadData>(readData(data, options));
    const std::lock_guard lock(m_mutex);
    m_key = key;
    m_data = made->dataset ? made : nullptr; // what could not be read may be there in a moment
    return made;
}

void KeptData::setCacheFolder(const fs::path& folder) {
    const std::lock_guard lock(m_mutex);
    m_cacheFolder = folder;
}

fs::path KeptData::cacheFolder() const {
    const std::lock_guard lock(m_mutex);
    return m_cacheFolder;
}

std::int64_t KeptData::readings() const {
    const std::lock_guard lock(m_mutex);
    return m_readings;
}

} // namespace levi
