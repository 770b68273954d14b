// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// What can be known of a backbone without running it: plain values for the window, the CLI and the cost estimate.

enum class Interpolation { Bilinear, Bicubic };

// Where a centre crop begins when the margin is odd: torchvision rounds its half to even, Hugging Face rounds it down.
enum class CropRounding { HalfToEven, Down };

constexpr std::string_view interpolationName(Interpolation interpolation) {
    return interpolation == Interpolation::Bicubic ? "bicubic" : "bilinear";
}

// How a picture becomes `pixel_values`: resize, centre crop, (value / 255 - mean) / std. Read from the checkpoint.
struct PreprocessRecipe {
    enum class Resize { ShortestSide, Exact };

    Resize resize = Resize::Exact;
    std::int64_t resizeWidth = 224;  // pixels; with ShortestSide width and height are equal
    std::int64_t resizeHeight = 224; // pixels
    Interpolation interpolation = Interpolation::Bilinear;
    std::int64_t cropWidth = 0; // pixels, centre crop after the resize; 0: none
    std::int64_t cropHeight = 0;
    CropRounding cropRounding = CropRounding::HalfToEven;
    std::array<double, 3> mean = {0.5, 0.5, 0.5}; // red, green, blue, of values in [0, 1]
    std::array<double, 3> std = {0.5, 0.5, 0.5};
    bool fromCheckpoint = false; // false: the checkpoint says nothing, these are the family's defaults

    bool operator==(const PreprocessRecipe&) const = default;
};

enum class BackboneReads { Pictures, Texts };

// One hidden state: what a tap reads. Entry l of BackboneInfo::layers describes `hidden_states.l`. Of a text, tokens
// and costs are those of one as long as BackboneInfo::layers[0] says.
struct LayerInfo {
    std::string name;                // "embeddings", "block 1", ...
    std::int64_t width = 0;          // numbers per token
    std::int64_t tokens = 0;         // per sample, prefix tokens included
    std::int64_t parameters = 0;     // of this layer alone
    std::int64_t flopsPerSample = 0; // of this layer alone, forward; a multiply-add counts as two

    bool operator==(const LayerInfo&) const = default;
};

// A linear layer of the network, by its name in the checkpoint without ".weight".
struct LinearInfo {
    std::string name;
    std::int64_t layer = 0; // 1 to depth: its block; depth + 1: of a head of the checkpoint, which is never trained
    std::int64_t outputs = 0, inputs = 0;

    bool operator==(const LinearInfo&) const = default;
};

// What the reference libraries call things, for files that are exchanged with them.
struct NamesOfOthers {
    std::string prefix;                   // before the checkpoint's own names: "vit.", ""
    std::string wrapperPrefix;            // before them in a network with a head of its own: "vit."
    std::string classifier;               // that head, if it reads the class token as it is: "classifier"; else ""
    std::vector<std::string> loraTargets; // what LoRA adapts where nobody says so: queries and values
};

struct BackboneInfo {
    std::string folder;
    BackboneReads reads = BackboneReads::Pictures;
    std::string family;            // "vit", "deit", "bert", "roberta", "distilbert", "t5"
    std::string naming;            // "hf", "timm": whose tensor names the checkpoint uses
    std::string architecture;      // as config.json calls it
    std::vector<LayerInfo> layers; // depth + 1 entries, embeddings first
    std::int64_t depth = 0;
    std::int64_t width = 0;
    std::int64_t heads = 0;
    std::int64_t patchSize = 0;      // pixels
    std::int64_t imageHeight = 0;    // pixels
    std::int64_t imageWidth = 0;     // pixels
    std::int64_t prefixTokens = 0;   // class and distillation tokens, before the patches
    std::int64_t vocabulary = 0;     // of texts: rows of the token embeddings
    std::int64_t longestText = 0;    // tokens; 0: no limit of its own
    std::int64_t tokenTypes = 0;     // first and second text of a pair; 0: not told apart
    std::int64_t classes = 0;        // of the checkpoint's own head; 0: it has none
    std::int64_t parameters = 0;     // embeddings, blocks and final norm; heads left out
    std::int64_t flopsPerSample = 0; // forward, heads left out
    bool hasBiases = true;           // false: there is none that could be trained (T5)
    std::vector<LinearInfo> linears;
    NamesOfOthers names;
    PreprocessRecipe preprocess;
    std::string weightsFingerprint;    // of weights, what the config decides, and preprocessing; empty: no weights
    std::vector<std::string> problems; // each one a reason why it cannot be used
    std::vector<std::string> notes;    // worth knowing: heads that are not read, defaults that were taken

    bool usable() const { return problems.empty(); }
    bool readsTexts() const { return reads == BackboneReads::Texts; }
};

} // namespace levi
