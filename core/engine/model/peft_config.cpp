// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/json_file.h"
#include "core/base/name_pattern.h"
#include "core/engine/model/peft_format.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace levi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostNames = 1000; // items of one list

// Fields that say nothing about what the network computes.
constexpr std::array<std::string_view, 11> kHarmless = {
    "auto_mapping", "inference_mode",    "revision",       "task_type",         "peft_version", "megatron_core",
    "peft_type",    "qalora_group_size", "runtime_config", "init_lora_weights", "bias"};
// Fields that are read below.
constexpr std::array<std::string_view, 11> kRead = {"r",
                                                    "lora_alpha",
                                                    "lora_dropout",
                                                    "use_rslora",
                                                    "target_modules",
                                                    "exclude_modules",
                                                    "layers_to_transform",
                                                    "rank_pattern",
                                                    "alpha_pattern",
                                                    "modules_to_save",
                                                    "base_model_name_or_path"};
// What else a field stands for, where its name does not say so.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kVariants = {
    {{"use_dora", "DoRA"},
     {"use_qalora", "QALoRA"},
     {"lora_bias", "a bias of B"},
     {"fan_in_fan_out", "weights that are stored transposed"},
     {"megatron_config", "Megatron"},
     {"loftq_config", "LoftQ"},
     {"layer_replication", "replicated layers"}}};

bool saysNothing(const Json& value) {
    return value.is_null() || value == false || (value.is_string() && value == "") ||
           (value.is_structured() && value.empty());
}

// Takes the fields of adapter_config.json, noting what cannot be used.
class PeftConfigReader {
public:
    PeftConfigReader(const Json& config, std::string file) : m_config(config), m_file(std::move(file)) {}

    PeftAdapter read() {
        checkKind();
        checkVariants();
        PeftAdapter adapter;
        LoraConfig& lora = adapter.config;
        lora.rank = static_cast<std::int64_t>(number("r", {1, 65'536}, 8, true));
        lora.alpha = number("lora_alpha", {1e-9, 1e9}, 8);
        lora.dropout = number("lora_dropout", {0, 0.999999}, 0);
        lora.rankStabilized = field("use_rslora") == true;
        lora.targets = names("target_modules");
        lora.exclude = names("exclude_modules");
        if (lora.targets.empty()) problem("target_modules", "names of modules or a pattern");
        lora.blocks = blocks();
        for (const auto& [pattern, value] : patterns("rank_pattern", {1, 65'536}))
            lora.rankPattern.emplace_back(pattern, static_cast<std::int64_t>(value));
        lora.alphaPattern = patterns("alpha_pattern", {1e-9, 1e9});
        if (const Json& base = field("base_model_name_or_path"); base.is_string())
            adapter.base = base.get<std::string>();
        if (!m_problems.empty())
            throw Error("{}: cannot be used as a LoRA adapter:\n- {}", m_file, fmt::join(m_problems, "\n- "));
        return adapter;
    }

private:
    struct Range {
        double least, most;
    };

    const Json& field(const char* name) const {
        static const Json none;
        const auto found = m_config.find(name);
        return found == m_config.end() ? none : *found;
    }

    void problem(std::string_view name, std::string_view expected) {
        const std::string found = field(std::string(name).c_str()).dump(-1, ' ', true);
        m_problems.push_back(fmt::format("{}: found {}, expected {}", name, found.substr(0, 80), expected));
    }

    void checkKind() {
        if (field("peft_type") != "LORA") problem("peft_type", "\"LORA\", the one kind of adapter that is read");
        if (const Json& bias = field("bias"); !saysNothing(bias) && bias != "none")
            problem("bias", "\"none\": biases are not part of an adapter here");
        if (const Json& rslora = field("use_rslora"); !rslora.is_null() && !rslora.is_boolean())
            problem("use_rslora", "true or false");
        const Json& start = field("init_lora_weights");
        if (!start.is_null() && !start.is_boolean() && start != "gaussian")
            problem("init_lora_weights",
                    "true, false or \"gaussian\": other starts may have changed the base's weights");
    }

    void checkVariants() {
        for (const auto& [name, value] : m_config.items()) {
            const auto is = [&name = name](std::string_view known) { return known == name; };
            if (std::ranges::any_of(kHarmless, is) || std::ranges::any_of(kRead, is) || saysNothing(value)) continue;
            const auto* variant =
                std::ranges::find(kVariants, std::string_view(name), [](const auto& v) { return v.first; });
            m_problems.push_back(
                fmt::format("{}: {} is not read, only plain LoRA", name.substr(0, 80),
                            variant == kVariants.end() ? "what this field asks for" : variant->second));
        }
    }

    double number(const char* name, Range range, double otherwise, bool whole = false) {
        const Json& value = field(name);
        if (value.is_null()) return otherwise;
        if (isNumber(value, range, whole)) return value.get<double>();
        problem(name, fmt::format("a {} from {} to {}", whole ? "whole number" : "number", range.least, range.most));
        return otherwise;
    }

    static bool isNumber(const Json& value, Range range, bool whole) {
        if (!value.is_number() || (whole && !value.is_number_integer())) return false;
        return value.get<double>() >= range.least && value.get<double>() <= range.most;
    }

    ModuleNames names(const char* name) {
        const Json& value = field(name);
        ModuleNames result;
        if (value.is_string()) {
            result.pattern = value.get<std::string>();
            checkPattern(name, result.pattern);
        } else if (value.is_array() && value.size() <= kMostNames &&
                   std::ranges::all_of(value, [](const Json& item) { return item.is_string() && item != ""; })) {
            result.items = value.get<std::vector<std::string>>();
        } else if (!saysNothing(value)) {
            problem(name, "a list of names or a pattern");
        }
        return result;
    }

    void checkPattern(const char* name, const std::string& pattern) {
        try {
            NamePattern{pattern};
        } catch (const Error& error) {
            m_problems.push_back(fmt::format("{}: {}", name, error.what()));
        }
    }

    std::vector<std::int64_t> blocks() {
        const char* name = "layers_to_transform";
        const Json& value = field(name);
        const Json list = value.is_number() ? Json::array({value}) : value;
        if (saysNothing(list)) return {};
        if (list.is_array() && list.size() <= kMostNames && std::ranges::all_of(list, [](const Json& item) {
                return isNumber(item, {0, 100'000}, true);
            }))
            return list.get<std::vector<std::int64_t>>();
        problem(name, "numbers of layers");
        return {};
    }

    std::vector<std::pair<std::string, double>> patterns(const char* name, Range range) {
        const Json& value = field(name);
        std::vector<std::pair<std::string, double>> result;
        if (saysNothing(value)) return result;
        const bool whole = range.least >= 1;
        const auto fits = [&](const Json& item) { return isNumber(item, range, whole); };
        if (!value.is_object() || value.size() > kMostNames || !std::ranges::all_of(value, fits)) {
            problem(name, "an object of patterns with numbers");
            return result;
        }
        for (const auto& [pattern, item] : value.items()) {
            checkPattern(name, pattern);
            result.emplace_back(pattern, item.get<double>());
        }
        return result;
    }

    const Json& m_config;
    std::string m_file;
    std::vector<std::string> m_problems;
};

Json namesJson(const ModuleNames& names) {
    if (!names.pattern.empty()) return names.pattern;
    return names.items.empty() ? Json() : Json(names.items);
}

// As Python writes it: 8, but 0.5.
Json numberJson(double value) {
    return value == std::floor(value) && std::abs(value) < 1e15 ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

Json savedModules(const std::vector<NamedTensor>& saved) {
    std::set<std::string> modules;
    for (const NamedTensor& tensor : saved) {
        const std::string module = tensor.name.substr(0, tensor.name.rfind('.'));
        modules.insert(module.substr(module.rfind('.') + 1)); // npos + 1 is 0
    }
    return modules.empty() ? Json() : Json(modules);
}

} // namespace

PeftAdapter readPeftConfig(const std::filesystem::path& file) {
    const Json config = readJsonObject(file);
    return PeftConfigReader(config, file.string()).read();
}

// The fields that every version of PEFT knows, and later ones only where they say something.
std::string peftConfigText(const PeftAdapter& adapter) {
    const LoraConfig& lora = adapter.config;
    Json config = {{"alpha_pattern", Json::object()},
                   {"auto_mapping", nullptr},
                   {"base_model_name_or_path", adapter.base},
                   {"bias", "none"},
                   {"fan_in_fan_out", false},
                   {"inference_mode", true},
                   {"init_lora_weights", true},
                   {"layers_pattern", nullptr},
                   {"layers_to_transform", lora.blocks.empty() ? Json() : Json(lora.blocks)},
                   {"lora_alpha", numberJson(lora.alpha)},
                   {"lora_dropout", lora.dropout},
                   {"modules_to_save", savedModules(adapter.saved)},
                   {"peft_type", "LORA"},
                   {"r", lora.rank},
                   {"rank_pattern", Json::object()},
                   {"revision", nullptr},
                   {"target_modules", namesJson(lora.targets)},
                   {"task_type", nullptr}};
    for (const auto& [pattern, rank] : lora.rankPattern)
        config["rank_pattern"].emplace(pattern, rank);
    for (const auto& [pattern, alpha] : lora.alphaPattern)
        config["alpha_pattern"].emplace(pattern, numberJson(alpha));
    if (lora.rankStabilized) config["use_rslora"] = true;
    if (!lora.exclude.empty()) config["exclude_modules"] = namesJson(lora.exclude);
    return config.dump(2, ' ', true, Json::error_handler_t::replace);
}

} // namespace levi
