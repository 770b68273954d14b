// SPDX-License-Identifier: Apache-2.0
#include "core/store/stored_predictions.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/safetensors_header.h"
#include "core/store/run_store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace levi {
namespace {

// Reads one file, checking each piece against the others. The header's sizes were checked against the file.
class Reader {
public:
    explicit Reader(const std::filesystem::path& file)
        : m_name(file.string()), m_mapped(file), m_header(parseSafetensorsHeader(m_mapped.bytes(), m_name)) {
        const auto format = m_header.metadata.find("format");
        if (format == m_header.metadata.end() || format->second != "levi predictions 1")
            throw Error("{}: is no predictions file of this version", m_name);
    }

    StoredPredictions read() const {
        StoredPredictions result{
            .classes = texts("classes"), .domains = texts("domains"), .roles = {}, .areNumbers = areNumbers()};
        const auto roles = texts("roles");
        const auto sizes = numbers("role_rows");
        const StoredRole all = everyRow(result);
        if (sizes.size() != roles.size()) fail("the roles do not fit the rows");
        std::size_t begin = 0;
        for (std::size_t r = 0; r < roles.size(); ++r) {
            if (sizes[r] < 0 || static_cast<std::uint64_t>(sizes[r]) > all.rows.size() - begin)
                fail("the roles do not fit the rows");
            const auto end = begin + static_cast<std::size_t>(sizes[r]);
            result.roles.push_back(part(all, begin, end));
            result.roles.back().role = roles[r];
            begin = end;
        }
        if (begin != all.rows.size()) fail("the roles do not fit the rows");
        return result;
    }

private:
    [[noreturn]] void fail(const std::string& what) const { throw Error("{}: {}", m_name, what); }

    bool areNumbers() const {
        const auto target = m_header.metadata.find("target");
        if (target == m_header.metadata.end()) return false;
        if (target->second != "number")
            fail("its target is '" + target->second + "', which this version does not know");
        return true;
    }

    StoredRole everyRow(const StoredPredictions& file) const {
        StoredRole all{.rows = rowIds(), .domains = numbers("domains")};
        if (file.areNumbers) {
            all.targets = copyOf<double>(bytesOf("targets", "F64", 1));
            const auto predicted = copyOf<float>(bytesOf("logits", "F32", 2));
            all.numbers.assign(predicted.begin(), predicted.end());
            if (all.numbers.size() != all.rows.size()) fail("the predictions do not fit the rows");
        } else {
            all.labels = numbers("labels");
            all.predicted = predictions(all.labels.size(), file.classes.size());
        }
        if (all.domains.size() != all.rows.size() || all.labels.size() + all.targets.size() != all.rows.size())
            fail("the rows do not fit one another");
        all.groups = ofEachRow("groups", all.rows.size());
        all.users = ofEachRow("users", all.rows.size());
        requireWithin(all.labels, file.classes.size(), "a label");
        requireWithin(all.domains, file.domains.size(), "a domain");
        return all;
    }

    static StoredRole part(const StoredRole& all, std::size_t begin, std::size_t end) {
        const auto of = [&](const auto& values) {
            using Values = std::decay_t<decltype(values)>;
            return values.empty() ? Values()
                                  : Values(values.begin() + static_cast<std::ptrdiff_t>(begin),
                                           values.begin() + static_cast<std::ptrdiff_t>(end));
        };
        return {.role = {},
                .rows = of(all.rows),
                .labels = of(all.labels),
                .domains = of(all.domains),
                .predicted = of(all.predicted),
                .targets = of(all.targets),
                .numbers = of(all.numbers),
                .groups = of(all.groups),
                .users = of(all.users)};
    }

    // Empty where the file has no such tensor.
    std::vector<std::int64_t> ofEachRow(const std::string& name, std::size_t rows) const {
        if (std::ranges::find(m_header.tensors, name, &TensorEntry::name) == m_header.tensors.end()) return {};
        auto values = numbers(name);
        if (values.size() != rows) fail("'" + name + "' does not fit the rows");
        return values;
    }

    std::vector<std::string> texts(const std::string& name) const {
        const auto found = m_header.metadata.find(name);
        const auto json = nlohmann::json::parse(found == m_header.metadata.end() ? "" : found->second, nullptr, false);
        const auto isText = [](const nlohmann::json& item) { return item.is_string(); };
        if (!json.is_array() || !std::ranges::all_of(json, isText)) fail("'" + name + "' is no list of texts");
        return json.get<std::vector<std::string>>();
    }

    std::span<const std::byte> bytesOf(const std::string& name, std::string_view dtype, std::size_t rank) const {
        const auto entry = std::ranges::find(m_header.tensors, name, &TensorEntry::name);
        if (entry == m_header.tensors.end()) fail("has no tensor '" + name + "'");
        if (entry->dtype->name != dtype || entry->shape.size() != rank)
            fail("'" + name + "' has the wrong type or number of dimensions");
        return m_mapped.bytes().subspan(m_header.dataOffset + entry->begin, entry->end - entry->begin);
    }

    template<typename T>
    static std::vector<T> copyOf(std::span<const std::byte> bytes) { // the file promises no alignment
        std::vector<T> values(bytes.size() / sizeof(T));
        if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
        return values;
    }

    std::vector<std::int64_t> numbers(const std::string& name) const {
        return copyOf<std::int64_t>(bytesOf(name, "I64", 1));
    }

    std::vector<std::int64_t> predictions(std::size_t rows, std::size_t classes) const {
        const auto logits = copyOf<float>(bytesOf("logits", "F32", 2));
        if (classes == 0 || logits.size() != rows * classes) fail("logits do not fit the rows and classes");
        std::vector<std::int64_t> predicted;
        for (std::size_t row = 0; row < rows; ++row) {
            const auto begin = logits.begin() + static_cast<std::ptrdiff_t>(row * classes);
            const auto end = begin + static_cast<std::ptrdiff_t>(classes);
            const bool broken = std::any_of(begin, end, [](float logit) { return std::isnan(logit); });
            predicted.push_back(broken ? -1 : std::max_element(begin, end) - begin);
        }
        return predicted;
    }

    std::vector<std::string> rowIds() const {
        const auto bytes = bytesOf("row_ids", "U8", 1);
        std::vector<std::string> ids;
        for (std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size()); !rest.empty();) {
            const auto end = rest.find('\0');
            if (end == std::string_view::npos) fail("row_ids does not end with a zero");
            ids.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        return ids;
    }

    void requireWithin(const std::vector<std::int64_t>& values, std::size_t limit, const char* what) const {
        for (const std::int64_t value : values)
            if (value < 0 || static_cast<std::uint64_t>(value) >= limit) fail(std::string(what) + " is out of range");
    }

    std::string m_name;
    MappedFile m_mapped;
    SafetensorsHeader m_header;
};

} // namespace

StoredPredictions readStoredPredictions(const std::filesystem::path& file) {
    return Reader(file).read();
}

StoredPredictions predictionsOf(const RunStore& store, std::int64_t run) {
    const auto summary = store.run(run);
    if (!summary) throw Error("{}: holds no run {}", store.file().string(), run);
    if (summary->sealed) throw Error("run {}: its study is sealed, and its predictions with it", run);
    const auto artifacts = store.artifacts(run);
    const auto found = std::ranges::find(artifacts, "predictions", &ArtifactRecord::kind);
    if (found == artifacts.end()) throw Error("run {} ('{}'): kept no predictions", run, summary->name);
    return readStoredPredictions(store.artifactFolder() / found->path);
}

} // namespace levi
