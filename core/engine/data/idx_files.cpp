// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/idx_files.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/data/inflate.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace levi {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSideLimit = 4096;
constexpr std::uint64_t kRowLimit = 10000000;
constexpr std::uint64_t kSizeLimitBytes = std::uint64_t{4} << 30;

// The uncompressed bytes of a file, one part after the other.
class IdxStream {
public:
    explicit IdxStream(const fs::path& file) : m_name(file.string()), m_file(file), m_rest(m_file.bytes()) {
        const bool gzip = m_rest.size() >= 2 && m_rest[0] == std::byte{0x1f} && m_rest[1] == std::byte{0x8b};
        if (gzip) m_inflater.emplace(m_rest, Deflated::Gzip, m_name);
    }

    std::string read(std::uint64_t count) {
        if (m_inflater) return m_inflater->read(count);
        if (m_rest.size() < count)
            throw Error("{}: ends {} bytes early; fetch it again", m_name, count - m_rest.size());
        std::string bytes(reinterpret_cast<const char*>(m_rest.data()), count);
        m_rest = m_rest.subspan(count);
        return bytes;
    }

    // An announced size that the file cannot hold is refused before it is allocated (deflate grows at most 1032-fold).
    void checkHolds(std::uint64_t count) const {
        const std::uint64_t most = m_inflater ? m_file.bytes().size() * 1032 : m_rest.size();
        if (count > most || count > kSizeLimitBytes)
            throw Error("{}: announces {} bytes, the file can hold {} and at most {} are read", m_name, count, most,
                        kSizeLimitBytes);
    }

    void checkEnd() {
        if (m_inflater ? !m_inflater->atEnd() : !m_rest.empty())
            throw Error("{}: has more bytes than its header announces; it is no IDX file of this kind", m_name);
    }

    const std::string& name() const { return m_name; }

private:
    std::string m_name;
    MappedFile m_file;
    std::span<const std::byte> m_rest;
    std::optional<Inflater> m_inflater;
};

std::uint64_t bigEndian(const std::string& bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

// Magic: two zero bytes, type (0x08: unsigned byte), number of dimensions; then one size a dimension.
std::vector<std::uint64_t> readHeader(IdxStream& stream, std::size_t dimensions) {
    const std::uint64_t magic = bigEndian(stream.read(4), 0);
    if (magic != 0x0800 + dimensions)
        throw Error("{}: begins with 0x{:08x}, expected 0x{:08x}: an IDX file of unsigned bytes with {} dimension{}",
                    stream.name(), magic, 0x0800 + dimensions, dimensions, dimensions == 1 ? "" : "s");
    const std::string bytes = stream.read(4 * dimensions);
    std::vector<std::uint64_t> sizes;
    for (std::size_t i = 0; i < dimensions; ++i)
        sizes.push_back(bigEndian(bytes, 4 * i));
    if (sizes[0] == 0 || sizes[0] > kRowLimit)
        throw Error("{}: announces {} rows, expected 1 to {}", stream.name(), sizes[0], kRowLimit);
    return sizes;
}

// The file whose name holds one of the words for the half and the word for the content; plain before gzip.
fs::path findFile(const std::vector<fs::path>& files, const std::vector<std::string>& halves,
                  const std::string& content) {
    for (const fs::path& file : files) {
        const std::string name = file.filename().string();
        const auto named = [&name](const std::string& word) { return name.find(word) != name.npos; };
        if (named(content) && std::ranges::any_of(halves, named)) return file;
    }
    return {};
}

} // namespace

IdxPictures readIdxPictures(const fs::path& file) {
    IdxStream stream(file);
    const auto sizes = readHeader(stream, 3);
    if (sizes[1] == 0 || sizes[2] == 0 || sizes[1] > kSideLimit || sizes[2] > kSideLimit)
        throw Error("{}: announces pictures of {} x {}, expected sides of 1 to {}", file.string(), sizes[2], sizes[1],
                    kSideLimit);
    const std::uint64_t count = sizes[0] * sizes[1] * sizes[2];
    stream.checkHolds(count);
    IdxPictures pictures{.count = static_cast<std::int64_t>(sizes[0]),
                         .height = static_cast<std::int64_t>(sizes[1]),
                         .width = static_cast<std::int64_t>(sizes[2]),
                         .bytes = stream.read(count)};
    stream.checkEnd();
    return pictures;
}

std::string readIdxLabels(const fs::path& file) {
    IdxStream stream(file);
    const auto sizes = readHeader(stream, 1);
    stream.checkHolds(sizes[0]);
    std::string labels = stream.read(sizes[0]);
    stream.checkEnd();
    return labels;
}

IdxFolder findIdxFiles(const fs::path& folder) {
    std::error_code code;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, code))
        files.push_back(entry.path());
    if (code) throw Error("{}: cannot list: {}; expected a folder of IDX files", folder.string(), code.message());
    std::ranges::sort(files);
    const std::vector<std::string> train = {"train"};
    const std::vector<std::string> test = {"t10k", "test"};
    IdxFolder found{.trainPictures = findFile(files, train, "images"),
                    .trainLabels = findFile(files, train, "labels"),
                    .testPictures = findFile(files, test, "images"),
                    .testLabels = findFile(files, test, "labels")};
    if (found.trainPictures.empty() || found.trainLabels.empty())
        throw Error("{}: has no train-images and train-labels files, plain or .gz", folder.string());
    if (found.testPictures.empty() != found.testLabels.empty())
        throw Error("{}: has {} but not the other half of the test rows", folder.string(),
                    (found.testPictures.empty() ? found.testLabels : found.testPictures).filename().string());
    return found;
}

} // namespace levi
