// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace levi {

// Which hidden states a method taps, as people write it: "all", "last", "late_half", "every_second", or numbers and
// ranges such as "4-12" or "0,4,8". Tap l is hidden_states.l: 0 the embeddings, l the output of block l, L the last
// block's.
struct LayerChoice {
    std::string text = "all";

    friend bool operator==(const LayerChoice&, const LayerChoice&) = default;
};

// From JSON: a text as above, one integer, or a list of integers. Throws Error. Checks the form only, not the depth.
LayerChoice layerChoiceOf(const nlohmann::ordered_json& json);

// The taps, ascending, of a backbone of `depth` blocks (so 0…depth exist). Throws Error where one does not exist.
//   late_half: the taps above depth/2; every_second: depth, depth-2, … down to 1 or above.
std::vector<int> resolveLayers(const LayerChoice& choice, int depth);

// Whether a text of layersText() names one layer.
bool isOneLayer(const std::string& layers);

// The shortest text for a list of taps: {8,9,10,12} -> "8-10,12".
std::string layersText(const std::vector<int>& taps);

} // namespace levi
