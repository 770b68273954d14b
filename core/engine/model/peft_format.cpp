// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/peft_format.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/model/backbone.h"
#include "core/engine/model/checkpoint.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace levi {
namespace {

constexpr const char* kConfigFile = "adapter_config.json";
constexpr const char* kWeightsFile = "adapter_model.safetensors";
constexpr std::string_view kModel = "base_model.model.";
constexpr std::string_view kA = ".lora_A.weight", kB = ".lora_B.weight";
constexpr std::size_t kMostListed = 12;

std::string listed(const std::vector<std::string>& names) {
    const auto shown = std::min(names.size(), kMostListed);
    const auto text =
        fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    return shown == names.size() ? text : fmt::format("{} and {} more", text, names.size() - shown);
}

// A module's name in the file <-> in the checkpoint: the two may have another prefix before the same network.
class ModuleMap {
public:
    explicit ModuleMap(const BackboneInfo& info) : m_info(info) {}

    const LinearInfo* find(const std::string& inFile) const {
        for (const std::string& name : {inFile, m_info.names.prefix + bare(inFile)})
            for (const LinearInfo& linear : m_info.linears)
                if (linear.name == name) return &linear;
        return nullptr;
    }

    std::string bare(const std::string& name) const {
        for (const std::string& prefix : {m_info.names.wrapperPrefix, m_info.names.prefix})
            if (!prefix.empty() && name.starts_with(prefix)) return name.substr(prefix.size());
        return name;
    }

private:
    const BackboneInfo& m_info;
};

// A, B and the name in the file, by the name in the checkpoint.
struct FilePart {
    std::string inFile;
    at::Tensor a, b;
};

class AdapterReader {
public:
    AdapterReader(const std::filesystem::path& folder, const BackboneInfo& info)
        : m_info(info), m_modules(info), m_adapter(readPeftConfig(folder / kConfigFile)), m_file(weightsFile(folder)) {}

    PeftAdapter read() {
        for (const TensorEntry& entry : m_file.tensors()) {
            readTensor(entry.name);
            if (!m_file.isFinite(entry))
                m_problems.push_back(fmt::format("{}: holds values that are not finite (NaN or infinite)", entry.name));
        }
        for (const auto& [name, part] : m_parts)
            addPart(name, part);
        noteMissing();
        if (!m_problems.empty())
            throw Error("{}: does not fit its configuration and the network:\n- {}", m_file.file(),
                        fmt::join(m_problems, "\n- "));
        return std::move(m_adapter);
    }

private:
    static std::filesystem::path weightsFile(const std::filesystem::path& folder) {
        if (!std::filesystem::exists(folder / kWeightsFile) && std::filesystem::exists(folder / "adapter_model.bin"))
            refusePickle(folder / "adapter_model.bin");
        return folder / kWeightsFile;
    }

    void readTensor(const std::string& key) {
        if (!key.starts_with(kModel)) {
            m_problems.push_back(fmt::format("{}: the name does not begin with {}", key, kModel));
            return;
        }
        const std::string name = key.substr(kModel.size());
        for (const std::string_view ending : {kA, kB})
            if (name.ends_with(ending)) {
                readPart(key, name.substr(0, name.size() - ending.size()), ending == kA);
                return;
            }
        if (name.find("lora_") != std::string::npos)
            m_problems.push_back(fmt::format("{}: a part of another variant than plain LoRA of linear layers", key));
        else
            m_adapter.saved.push_back({name, m_file.read(key).to(at::kFloat)});
    }

    void readPart(const std::string& key, const std::string& inFile, bool isA) {
        const LinearInfo* linear = m_modules.find(inFile);
        if (!linear) {
            m_problems.push_back(fmt::format("{}: the network has no such linear layer", key));
            return;
        }
        FilePart& part = m_parts[linear->name];
        part.inFile = inFile;
        (isA ? part.a : part.b) = m_file.read(key).to(at::kFloat);
    }

    void addPart(const std::string& name, const FilePart& part) {
        if (!part.a.defined() || !part.b.defined()) {
            m_problems.push_back(fmt::format("{}: lacks lora_{}", name, part.a.defined() ? "B" : "A"));
            return;
        }
        const LinearInfo linear = *m_modules.find(part.inFile);
        LinearInfo asInFile = linear; // whose name the configuration's patterns speak of
        asInFile.name = part.inFile;
        const LoraTarget target = loraTarget(m_adapter.config, asInFile);
        const bool fits = part.a.sizes() == at::IntArrayRef({target.rank, linear.inputs}) &&
                          part.b.sizes() == at::IntArrayRef({linear.outputs, target.rank});
        if (!fits)
            m_problems.push_back(fmt::format("{}: A {} and B {}, expected [{}, {}] and [{}, {}]", name,
                                             shapeText(part.a.sizes()), shapeText(part.b.sizes()), target.rank,
                                             linear.inputs, linear.outputs, target.rank));
        m_adapter.parts.push_back(
            {.module = name, .a = part.a, .b = part.b, .scale = target.scale, .dropout = m_adapter.config.dropout});
    }

    // What the configuration targets has to be there, and nothing else.
    void noteMissing() {
        BackboneInfo asInFile = m_info;
        const bool wrapped = std::ranges::any_of(
            m_parts, [&](const auto& part) { return part.second.inFile.starts_with(m_info.names.wrapperPrefix); });
        std::map<std::string, std::string> ownName;
        for (LinearInfo& linear : asInFile.linears) {
            const std::string own = linear.name;
            linear.name = (wrapped ? m_info.names.wrapperPrefix : "") + m_modules.bare(own);
            ownName[linear.name] = own;
        }
        std::vector<std::string> missing;
        std::set<std::string> targeted;
        for (const LoraTarget& target : loraTargets(m_adapter.config, asInFile)) {
            const std::string& own = ownName.at(target.module.name);
            targeted.insert(own);
            if (!m_parts.contains(own)) missing.push_back(own);
        }
        if (!missing.empty()) m_problems.push_back(fmt::format("no weights for {}", listed(missing)));
        for (const auto& [name, part] : m_parts)
            if (!targeted.contains(name) && m_modules.find(part.inFile)->layer <= m_info.depth)
                m_problems.push_back(fmt::format("{}: is no target of the configuration", name));
    }

    const BackboneInfo& m_info;
    ModuleMap m_modules;
    PeftAdapter m_adapter;
    Safetensors m_file;
    std::map<std::string, FilePart> m_parts;
    std::vector<std::string> m_problems;
};

} // namespace

PeftAdapter readPeftAdapter(const std::filesystem::path& folder, const BackboneInfo& info) {
    return AdapterReader(folder, info).read();
}

namespace {

// A head of another number of classes takes the place of the checkpoint's.
bool fits(const at::Tensor& saved, const TensorSpec& spec) {
    const at::IntArrayRef found = saved.sizes(), expected = spec.shape;
    if (spec.kind != TensorSpec::Kind::Head || found.empty() || expected.empty()) return found == expected;
    return found.slice(1) == expected.slice(1);
}

bool isPassedOver(const std::string& name, const std::vector<std::string>& ignored) {
    return !name.ends_with("embed_tokens.weight") && isIgnored(name, ignored); // T5's twin is the embedding itself
}

} // namespace

// A part of the body has a first name that tensors of the body have too: "encoder", "embeddings".
SavedModules checkSaved(const PeftAdapter& adapter, const BackboneInfo& info, const std::vector<TensorSpec>& tensors,
                        const std::vector<std::string>& ignored) {
    const ModuleMap modules(info);
    const auto firstOf = [&](const std::string& name) {
        const std::string bare = modules.bare(name);
        return bare.substr(0, bare.find('.'));
    };
    std::set<std::string> body;
    for (const TensorSpec& tensor : tensors)
        if (tensor.kind == TensorSpec::Kind::Backbone) body.insert(firstOf(tensor.name));
    SavedModules checked;
    for (const auto& [name, tensor] : adapter.saved) {
        const std::string ours = info.names.prefix + modules.bare(name);
        const auto found = std::ranges::find_if(
            tensors, [&](const TensorSpec& spec) { return spec.name == name || spec.name == ours; });
        if (found != tensors.end()) {
            if (!fits(tensor, *found))
                checked.problems.push_back(fmt::format("{}: the adapter saves {}, expected {}", name,
                                                       shapeText(tensor.sizes()), shapeText(found->shape)));
        } else if (isPassedOver(name, ignored) || isPassedOver(ours, ignored)) {
            checked.notes.push_back(fmt::format("{}: saved by the adapter and not read", name));
        } else if (body.contains(firstOf(name))) {
            checked.problems.push_back(
                fmt::format("{}: the adapter saves it, and the network has no such tensor", name));
        } else {
            checked.notes.push_back(fmt::format("{}: of a head, which the adapter saves, and not read", name));
        }
    }
    return checked;
}

std::vector<std::string> adapt(Backbone& backbone, const PeftAdapter& adapter) {
    const ModuleMap modules(backbone.info());
    const std::string prefix = backbone.info().names.prefix;
    std::vector<NamedTensor> replaced;
    std::vector<std::string> unused;
    for (const auto& [name, tensor] : adapter.saved) {
        const std::vector<std::string> candidates = {name, prefix + modules.bare(name)};
        const auto found = std::ranges::find_if(candidates, [&](const std::string& n) { return backbone.has(n); });
        if (found == candidates.end())
            unused.push_back(name);
        else
            replaced.push_back({*found, tensor});
    }
    if (!replaced.empty()) backbone.replace(replaced);
    backbone.addLowRank(adapter.parts);
    return unused;
}

void writePeftAdapter(const std::filesystem::path& folder, const PeftAdapter& adapter, const NamesOfOthers& names) {
    const std::string prefix = adapter.saved.empty() ? names.prefix : names.wrapperPrefix;
    std::vector<NamedTensor> tensors;
    for (const LowRankPart& part : adapter.parts) {
        const std::string module = prefix + part.module.substr(names.prefix.size());
        tensors.push_back({fmt::format("{}{}{}", kModel, module, kA), part.a});
        tensors.push_back({fmt::format("{}{}{}", kModel, module, kB), part.b});
    }
    for (const auto& [name, tensor] : adapter.saved)
        tensors.push_back({fmt::format("{}{}", kModel, name), tensor});
    writeSafetensors(folder / kWeightsFile, tensors);
    writeFileAtomically(folder / kConfigFile, peftConfigText(adapter));
}

} // namespace levi
