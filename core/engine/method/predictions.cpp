// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/predictions.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/engine/method/task_text.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <algorithm>
#include <cstring>

namespace levi {
namespace {

constexpr const char* kFormat = "levi predictions 1";
constexpr const char* kWeightsFormat = "levi weights 1";
constexpr const char *kTarget = "target", *kNumber = "number", *kScale = "target_scale", *kGroups = "groups",
                     *kGroupWeights = "group_weights", *kFitted = "specialist_view";
constexpr std::int64_t kMostGroups = 1'000'000;

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

at::Tensor numbersTensor(const std::vector<double>& values) {
    auto tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
    std::ranges::copy(values, tensor.data_ptr<double>());
    return tensor;
}

std::string metadataText(const Safetensors& file, const std::string& name) {
    const auto found = file.metadata().find(name);
    if (found == file.metadata().end())
        throw Error("{}: has no metadata '{}'; it was not written by a run", file.file(), name);
    return found->second;
}

TargetKind metadataTarget(const Safetensors& file) {
    const auto found = file.metadata().find(kTarget);
    if (found == file.metadata().end()) return TargetKind::Class;
    if (found->second != kNumber)
        throw Error("{}: its target is '{}', which this version does not know", file.file(), found->second);
    return TargetKind::Number;
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
        PredictionsFile result{task(), {}};
        const auto roles = texts("roles");
        const auto sizes = whole("role_rows", static_cast<std::int64_t>(roles.size()));
        const RolePredictions all = everyRow(result);
        const auto rows = static_cast<std::int64_t>(all.rows.size());
        std::int64_t begin = 0;
        for (std::size_t r = 0; r < roles.size(); ++r) {
            if (sizes[r] < 0 || sizes[r] > rows - begin) fail("the roles do not fit the rows");
            result.roles.push_back(part(all, begin, begin + sizes[r]));
            result.roles.back().role = roles[r];
            begin += sizes[r];
        }
        if (begin != rows) fail("the roles do not fit the rows");
        return result;
    }

private:
    [[noreturn]] void fail(const char* what) const { throw Error("{}: {}", m_file.file(), what); }

    Task task() const {
        Task task{.target = metadataTarget(m_file), .classes = texts("classes"), .domains = texts("domains")};
        if (!m_file.metadata().contains(kGroups)) return task;
        try {
            task.groups = groupsOfText(metadataText(m_file, kGroups));
            task.groupWeights = nlohmann::json::parse(metadataText(m_file, kGroupWeights)).get<std::vector<double>>();
        } catch (const nlohmann::json::exception&) {
            fail("its groups cannot be read");
        }
        std::int64_t count = 1;
        for (const GroupField& field : task.groups)
            if (field.values.empty() || (count *= std::ssize(field.values)) > kMostGroups) fail("its groups are none");
        if (task.groupWeights.size() != static_cast<std::size_t>(count)) fail("the weights do not fit the groups");
        return task;
    }

    RolePredictions everyRow(const Task& task) const {
        RolePredictions all{.logits = tensor("logits", at::kFloat, 2)};
        const std::int64_t rows = all.logits.size(0);
        if (all.logits.size(1) != task.outputs()) fail("logits do not fit the classes");
        if (task.isNumber())
            all.numbers = doubles("targets", rows);
        else
            all.labels = whole("labels", rows);
        all.domains = whole("domains", rows);
        if (!task.groups.empty()) all.groups = whole("groups", rows);
        if (m_file.find("users")) all.users = whole("users", rows);
        if (!within(all.labels, task.classes.size())) fail("a label is out of range");
        if (!within(all.domains, task.domains.size())) fail("a domain is out of range");
        if (!within(all.groups, task.groupWeights.size())) fail("a group is out of range");
        all.rows = rowIds(rows);
        return all;
    }

    static RolePredictions part(const RolePredictions& all, std::int64_t begin, std::int64_t end) {
        const auto of = [&](const auto& values) {
            using Values = std::decay_t<decltype(values)>;
            return values.empty() ? Values() : Values(values.begin() + begin, values.begin() + end);
        };
        return {.role = {},
                .rows = of(all.rows),
                .logits = all.logits.slice(0, begin, end).contiguous(),
                .labels = of(all.labels),
                .domains = of(all.domains),
                .numbers = of(all.numbers),
                .groups = of(all.groups),
                .users = of(all.users)};
    }

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

    std::vector<double> doubles(const std::string& name, std::int64_t count) const {
        const auto values = tensor(name, at::kDouble, 1);
        if (values.numel() != count)
            throw Error("{}: '{}' has {} entries, expected {}", m_file.file(), name, values.numel(), count);
        const auto* begin = values.data_ptr<double>();
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

std::map<std::string, std::string> predictionsMetadata(const Task& task, const std::vector<std::string>& roles) {
    std::map<std::string, std::string> metadata = {{"format", kFormat},
                                                   {"classes", textList(task.classes)},
                                                   {"domains", textList(task.domains)},
                                                   {"roles", textList(roles)}};
    if (task.isNumber()) metadata[kTarget] = kNumber;
    if (task.groups.empty()) return metadata;
    metadata[kGroups] = groupsText(task.groups);
    metadata[kGroupWeights] = nlohmann::json(task.groupWeights).dump();
    return metadata;
}

} // namespace

void writePredictions(const std::filesystem::path& file, const PredictionsFile& predictions) {
    std::vector<at::Tensor> logits;
    RolePredictions all;
    std::vector<std::int64_t> sizes;
    std::vector<std::string> roles;
    std::string ids;
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    for (const RolePredictions& role : predictions.roles) {
        roles.push_back(role.role);
        sizes.push_back(static_cast<std::int64_t>(role.rows.size()));
        logits.push_back(role.logits);
        append(all.labels, role.labels);
        append(all.domains, role.domains);
        append(all.numbers, role.numbers);
        append(all.groups, role.groups);
        append(all.users, role.users);
        for (const std::string& id : role.rows)
            ids.append(id).push_back('\0');
    }
    std::vector<NamedTensor> tensors = {{"logits", at::cat(logits)},
                                        {"domains", integers(all.domains)},
                                        {"role_rows", integers(sizes)},
                                        {"row_ids", bytesOf(ids)}};
    tensors.push_back(predictions.isNumber() ? NamedTensor{"targets", numbersTensor(all.numbers)}
                                             : NamedTensor{"labels", integers(all.labels)});
    if (!predictions.groups.empty()) tensors.push_back({"groups", integers(all.groups)});
    if (!all.users.empty()) tensors.push_back({"users", integers(all.users)});
    writeSafetensors(file, tensors, predictionsMetadata(predictions, roles));
}

PredictionsFile readPredictions(const std::filesystem::path& file) {
    return PredictionsReader(file).read();
}

void checkSameRows(const PredictionsFile& a, const PredictionsFile& b, const std::string& nameA,
                   const std::string& nameB) {
    const auto refuse = [&](const std::string& what) {
        throw Error("'{}' and '{}' cannot be combined: {}; choose runs on the same data and split", nameA, nameB, what);
    };
    if (a.target != b.target) refuse("one predicts classes, the other numbers");
    if (a.classes != b.classes) refuse("their classes differ");
    if (a.domains != b.domains) refuse("their domains differ");
    if (a.roles.size() != b.roles.size()) refuse("their roles differ");
    for (std::size_t r = 0; r < a.roles.size(); ++r) {
        if (a.roles[r].role != b.roles[r].role) refuse("their roles differ");
        if (a.roles[r].rows != b.roles[r].rows || a.roles[r].labels != b.roles[r].labels ||
            a.roles[r].numbers != b.roles[r].numbers || a.roles[r].domains != b.roles[r].domains)
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

std::map<std::string, std::string> weightsMetadata(const WeightsNotes& notes) {
    const Task& task = notes.task;
    std::map<std::string, std::string> metadata = {{"format", kWeightsFormat}, {"classes", textList(task.classes)}};
    if (!notes.fitted.empty()) metadata[kFitted] = notes.fitted;
    if (!task.isNumber()) return metadata;
    metadata[kTarget] = kNumber;
    metadata[kScale] = scaleText(task.scale);
    return metadata;
}

Task weightsTask(const Safetensors& file) {
    if (metadataText(file, "format") != kWeightsFormat)
        throw Error("{}: holds no weights of a run of this version", file.file());
    Task task{.target = metadataTarget(file), .classes = metadataTexts(file, "classes")};
    if (task.isNumber()) try {
            task.scale = scaleOfText(metadataText(file, kScale));
        } catch (const nlohmann::json::exception&) {
            throw Error("{}: its scale of numbers cannot be read", file.file());
        }
    return task;
}

std::string weightsFitted(const Safetensors& file) {
    const auto found = file.metadata().find(kFitted);
    return found == file.metadata().end() ? std::string() : found->second;
}

} // namespace levi
