// SPDX-License-Identifier: Apache-2.0
#include "core/spec/layer_choice.h"

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

namespace levi {
namespace {

constexpr int kMostLayers = 1000;
constexpr std::string_view kNamed[] = {"all", "last", "late_half", "every_second"};

int layerNumber(std::string_view text, std::string_view whole) {
    int value = -1;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || value < 0 || value > kMostLayers)
        throw Error("found '{}', expected all, last, late_half, every_second, or layers such as 4-12 or 0,4,8", whole);
    return value;
}

std::set<int> numberedLayers(std::string_view text) {
    std::set<int> layers;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        std::string_view part = text.substr(begin, comma - begin);
        const std::size_t dash = part.find('-');
        const int first = layerNumber(part.substr(0, dash), text);
        const int last = dash == std::string_view::npos ? first : layerNumber(part.substr(dash + 1), text);
        if (last < first) throw Error("the range {} descends", part);
        for (int layer = first; layer <= last; ++layer)
            layers.insert(layer);
        begin = comma + 1;
    }
    return layers;
}

bool isNamed(std::string_view text) {
    return std::ranges::find(kNamed, text) != std::end(kNamed);
}

} // namespace

LayerChoice layerChoiceOf(const nlohmann::ordered_json& json) {
    if (json.is_number_integer()) return {layersText({layerNumber(json.dump(), json.dump())})};
    if (json.is_array()) {
        std::set<int> layers;
        for (const auto& item : json)
            layers.insert(layerNumber(item.dump(), json.dump()));
        if (layers.empty()) throw Error("the list of layers is empty; name at least one");
        return {layersText({layers.begin(), layers.end()})};
    }
    if (!json.is_string())
        throw Error("found {}, expected layers such as \"all\", \"4-12\" or [4, 8, 12]", json.dump());
    std::string text = json.get<std::string>();
    std::erase(text, ' ');
    if (isNamed(text)) return {text};
    const auto layers = numberedLayers(text);
    return {layersText({layers.begin(), layers.end()})};
}

std::vector<int> resolveLayers(const LayerChoice& choice, int depth) {
    std::vector<int> layers;
    if (choice.text == "all")
        for (int layer = 0; layer <= depth; ++layer)
            layers.push_back(layer);
    else if (choice.text == "last")
        layers.push_back(depth);
    else if (choice.text == "late_half")
        for (int layer = depth / 2 + 1; layer <= depth; ++layer)
            layers.push_back(layer);
    else if (choice.text == "every_second") {
        for (int layer = depth; layer >= 1; layer -= 2)
            layers.push_back(layer);
        std::ranges::reverse(layers);
    } else {
        const auto numbered = numberedLayers(choice.text);
        layers.assign(numbered.begin(), numbered.end());
    }
    if (layers.empty() || layers.back() > depth)
        throw Error("layers {}: the backbone has hidden states 0 to {}", choice.text, depth);
    return layers;
}

bool isOneLayer(const std::string& layers) {
    return layers.find_first_of(",-") == std::string::npos;
}

std::string layersText(const std::vector<int>& taps) {
    std::string text;
    for (std::size_t i = 0; i < taps.size();) {
        std::size_t last = i;
        while (last + 1 < taps.size() && taps[last + 1] == taps[last] + 1)
            ++last;
        if (!text.empty()) text += ',';
        text += last > i ? fmt::format("{}-{}", taps[i], taps[last]) : std::to_string(taps[i]);
        i = last + 1;
    }
    return text;
}

} // namespace levi
