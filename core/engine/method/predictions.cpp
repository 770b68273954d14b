// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/predictions.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>

namespace levi {
namespace {

constexpr const char* kFormat = "levi predictions 1";
constexpr const char* kWeightsFormat = "levi weights 1";

at::Tensor integers(const std::vector<std::int64_t>& values) {
    auto tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kLong);
    std::ranges::copy(values, tensor.data_ptr<std::int64_t>());
    return tensor;
}

at::Tensor bytesOf(const std::string& text) {
    auto tensor = at::empty({static_cast<std::int64_t>(text.size())}, at::kByte);
    std::memcpy(tensor.data_ptr(), text.data(), text.size());
    return tensor;
}

std::string textList(const std::vector<std::string>& texts) {
    return nlohmann::json(texts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view rawBytes(const at::Tensor& tensor) {
    return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

std::string metadataText(const Safetensors& file, const std::string& name) {
    const auto found = file.metadata().find(name);
    if (found == file.metadata().end())
        throw Error("{}: has no metadata '{}'; it was not written by a run", file.file(), name);
    return found->second;
}

std::vector<std::string> metadataTexts(const Safetensors& file, const std::string& name) {
    const auto json = nlohmann::json::parse(metadataText(file, name), nullptr, false);
    if (!json.is_array()) throw Error("{}: '{}' is no list of texts", file.file(), name);
    std::vector<std::string> result;
    for (const auto& item : json) {
        if (!item.is_string()) throw Error("{}: '{}' is no list of texts", file.file(), name);
        result.push_back(item.get<std::string>());
    }
    return result;
}

// Reads one predictions file, checking each piece against the others.
class PredictionsReader {
public:
    explicit PredictionsReader(const std::filesystem::path& file) : m_file(file) {
        if (metadataText(m_file, "format") != kFormat)
            throw Error("{}: is no predictions file of this version", m_file.file());
    }

    PredictionsFile read() const {
        PredictionsFile result{.classes = texts("classes"), .domains = texts("domains")};
        const auto roles = texts("roles");
        const auto sizes = whole("role_rows", static_cast<std::int64_t>(roles.size()));
        const auto logits = tensor("logits", at::kFloat, 2);
        const std::int64_t rows = logits.size(0);
        if (logits.size(1) != static_cast<std::int64_t>(result.classes.size())) fail("logits do not fit the classes");
        const auto labels = whole("labels", rows), domains = whole("domains", rows);
        if (!within(labels, result.classes.size())) fail("a label is out of range");
        if (!within(domains, result.domains.size())) fail("a domain is out of range");
        const auto ids = rowIds(rows);
        std::int64_t begin = 0;
        for (std::size_t r = 0; r < roles.size(); ++r) {
            const std::int64_t end = begin + sizes[r];
            if (sizes[r] < 0 || sizes[r] > rows - begin) fail("the roles do not fit the rows");
            result.roles.push_back({.role = roles[r],
                                    .rows = {ids.begin() + begin, ids.begin() + end},
                                    .logits = logits.slice(0, begin, end).contiguous(),
                                    .labels = {labels.begin() + begin, labels.begin() + end},
                                    .domains = {domains.begin() + begin, domains.begin() + end}});
            begin = end;
        }
        if (begin != rows) fail("the roles do not fit the rows");
        return result;
    }

private:
    [[noreturn]] void fail(const char* what) const { throw Error("{}: {}", m_file.file(), what); }

    std::vector<std::string> texts(const std::string& name) const { return metadataTexts(m_file, name); }

    at::Tensor tensor(const std::string& name, at::ScalarType type, std::int64_t dimensions) const {
        const auto result = m_file.read(name);
        if (result.scalar_type() != type || result.dim() != dimensions)
            throw Error("{}: '{}' has the wrong type or number of dimensions", m_file.file(), name);
        return result;
    }

    std::vector<std::int64_t> whole(const std::string& name, std::int64_t count) const {
        const auto values = tensor(name, at::kLong, 1);
        if (values.numel() != count)
            throw Error("{}: '{}' has {} entries, expected {}", m_file.file(), name, values.numel(), count);
        const auto* begin = values.data_ptr<std::int64_t>();
        return {begin, begin + count};
    }

    std::vector<std::string> rowIds(std::int64_t count) const {
        const auto bytes = tensor("row_ids", at::kByte, 1);
        std::vector<std::string> ids;
        for (std::string_view rest = rawBytes(bytes); !rest.empty();) {
            const auto end = rest.find('\0');
            if (end == std::string_view::npos) fail("row_ids does not end with a zero");
            ids.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        if (static_cast<std::int64_t>(ids.size()) != count) fail("row_ids does not fit the rows");
        return ids;
    }

    static bool within(const std::vector<std::int64_t>& values, std::size_t limit) {
        return std::ranges::all_of(values, [limit](auto v) { return v >= 0 && static_cast<std::size_t>(v) < limit; });
    }

    Safetensors m_file;
};

} // namespace

void writePredictions(const std::filesystem::path& file, const PredictionsFile& predictions) {
    std::vector<at::Tensor> logits;
    std::vector<std::int64_t> labels, domains, sizes;
    std::vector<std::string> roles;
    std::string ids;
    for (const RolePredictions& role : predictions.roles) {
        roles.push_back(role.role);
        sizes.push_back(static_cast<std::int64_t>(role.rows.size()));
        logits.push_back(role.logits);
        labels.insert(labels.end(), role.labels.begin(), role.labels.end());
        domains.insert(domains.end(), role.domains.begin(), role.domains.end());
        for (const std::string& id : role.rows)
            ids.append(id).push_back('\0');
    }
    writeSafetensors(file,
                     {{"logits", at::cat(logits)},
                      {"labels", integers(labels)},
                      {"domains", integers(domains)},
                      {"role_rows", integers(sizes)},
                      {"row_ids", bytesOf(ids)}},
                     {{"format", kFormat},
                      {"classes", textList(predictions.classes)},
                      {"domains", textList(predictions.domains)},
                      {"roles", textList(roles)}});
}

PredictionsFile readPredictions(const std::filesystem::path& file) {
    return PredictionsReader(file).read();
}

void checkSameRows(const PredictionsFile& a, const PredictionsFile& b, const std::string& nameA,
                   const std::string& nameB) {
    const auto refuse = [&](const std::string& what) {
        throw Error("'{}' and '{}' cannot be combined: {}; choose runs on the same data and split", nameA, nameB, what);
    };
    if (a.classes != b.classes) refuse("their classes differ");
    if (a.domains != b.domains) refuse("their domains differ");
    if (a.roles.size() != b.roles.size()) refuse("their roles differ");
    for (std::size_t r = 0; r < a.roles.size(); ++r) {
        if (a.roles[r].role != b.roles[r].role) refuse("their roles differ");
        if (a.roles[r].rows != b.roles[r].rows || a.roles[r].labels != b.roles[r].labels ||
            a.roles[r].domains != b.roles[r].domains)
            refuse(fmt::format("their rows of {} differ", a.roles[r].role));
    }
}

std::string predictionsSha256(const std::vector<RolePredictions>& roles) {
    Sha256 sha;
    const std::string_view end("\0", 1);
    for (const RolePredictions& role : roles) {
        sha.add(role.role).add(end);
        for (const std::string& id : role.rows)
            sha.add(id).add(end);
        sha.add(rawBytes(role.logits));
    }
    return sha.hex();
}

std::map<std::string, std::string> weightsMetadata(const std::vector<std::string>& classes) {
    return {{"format", kWeightsFormat}, {"classes", textList(classes)}};
}

std::vector<std::string> weightsClasses(const Safetensors& file) {
    if (metadataText(file, "format") != kWeightsFormat)
        throw Error("{}: holds no weights of a run of this version", file.file());
    return metadataTexts(file, "classes");
}

std::string weightsSha256(const std::vector<NamedTensor>& weights) {
    Sha256 sha;
    for (const auto& [name, tensor] : weights)
        sha.add(name).add(std::string_view("\0", 1)).add(rawBytes(tensor.contiguous()));
    return sha.hex();
}

} // namespace levi
