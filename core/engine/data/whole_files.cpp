// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/whole_files.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/engine/data/parallel.h"
#include "core/engine/image/decode.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace levi {
namespace {

constexpr int kFormatVersion = 1; // also raised when decoding changes its mind about a file

std::string decodeError(const FileTree& tree, std::size_t file) {
    try {
        const std::string bytes = tree.bytes(file);
        decodePicture(std::as_bytes(std::span(bytes)), tree.names()[file]);
        return {};
    } catch (const Error& error) {
        return error.what();
    }
}

std::filesystem::path memoryOf(const std::filesystem::path& folder, const FileTree& tree,
                               const std::vector<PictureFile>& files) {
    Fingerprinter print;
    print.add(std::to_string(kFormatVersion));
    for (const PictureFile& file : files)
        print.add(tree.names()[file.index]).add(file.content);
    return folder / "pictures" / (print.hex() + ".json");
}

// {"version", "files", "broken": {"<index>": reason}}
std::optional<std::vector<std::string>> remembered(const std::filesystem::path& memory, std::size_t count) {
    std::error_code code;
    if (!std::filesystem::exists(memory, code)) return std::nullopt;
    try {
        const auto json = nlohmann::json::parse(readFile(memory, std::uint64_t{64} << 20));
        if (json.at("version") != kFormatVersion || json.at("files") != count) return std::nullopt;
        std::vector<std::string> reasons(count);
        for (const auto& [index, reason] : json.at("broken").items())
            reasons.at(std::stoul(index)) = reason.get<std::string>();
        return reasons;
    } catch (const std::exception& error) {
        log().warn("{}: cannot be read and is made anew: {}", memory.string(), error.what());
        return std::nullopt;
    }
}

void remember(const std::filesystem::path& memory, const std::vector<std::string>& reasons) {
    nlohmann::json broken = nlohmann::json::object();
    for (std::size_t i = 0; i < reasons.size(); ++i)
        if (!reasons[i].empty()) broken[std::to_string(i)] = reasons[i];
    const nlohmann::json json = {{"version", kFormatVersion}, {"files", reasons.size()}, {"broken", broken}};
    try {
        writeFileAtomically(memory, json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } catch (const std::exception& error) { // a full or read-only disk costs time only
        log().warn("{}: not remembered: {}", memory.string(), error.what());
    }
}

} // namespace

std::vector<std::string> brokenReasons(const FileTree& tree, const std::vector<PictureFile>& files,
                                       const LoadOptions& options) {
    const bool remembers = !options.cacheFolder.empty();
    const auto memory = remembers ? memoryOf(options.cacheFolder, tree, files) : std::filesystem::path();
    if (remembers)
        if (auto reasons = remembered(memory, files.size())) return *reasons;
    std::vector<std::string> reasons(files.size());
    forEachInParallel(static_cast<std::int64_t>(files.size()), options, [&](std::int64_t i) {
        reasons[static_cast<std::size_t>(i)] = decodeError(tree, files[static_cast<std::size_t>(i)].index);
    });
    if (remembers) remember(memory, reasons);
    return reasons;
}

} // namespace levi
