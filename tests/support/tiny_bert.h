// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"
#include "core/base/random.h"
#include "core/engine/model/backbone.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <vector>

namespace levi::test {

inline const std::vector<std::string>& tinyWords() {
    static const std::vector<std::string> words = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "fine",
                                                   "bad",   "poor",  "film",  "book",  "the",    "a",    "is",
                                                   "was",   "it",    "and",   "very",  "pan",    "."};
    return words;
}

// A BERT of 2 blocks and width 16 with random weights, reading texts of up to 64 tokens, and its tokenizer.
inline std::filesystem::path writeTinyBert(const std::filesystem::path& folder, std::uint64_t seed = 1, int types = 2) {
    const auto& words = tinyWords();
    std::string vocabulary;
    for (const std::string& word : words)
        vocabulary += word + "\n";
    writeFileAtomically(folder / "vocab.txt", vocabulary);
    writeFileAtomically(folder / "config.json",
                        fmt::format(R"({{"model_type": "bert", "hidden_size": 16, "num_hidden_layers": 2,
                            "num_attention_heads": 2, "intermediate_size": 32, "vocab_size": {},
                            "max_position_embeddings": 64, "type_vocab_size": {}}})",
                                    words.size(), types));
    std::filesystem::remove(folder / "model.safetensors");
    const auto random = openBackbone(folder, {.randomSeed = seed});
    auto weights = random->copyOfParameters();
    for (auto& [name, tensor] : weights) // of std 0.02 they would make nearly constant attention
        if (tensor.dim() == 2) tensor.mul_(10);
    writeSafetensors(folder / "model.safetensors", weights);
    return folder;
}

// "it was a very good film ." of so many words, all of them known; the class is whether it says good or bad.
inline std::string tinyReview(std::uint64_t row, bool isGood) {
    Random random(streamSeed(3, "review", row));
    static const std::vector<std::string> fill = {"the", "a", "is", "was", "it", "and", "very", "film", "book", "pan"};
    std::vector<std::string> words(2 + random.below(20));
    for (std::string& word : words)
        word = fill[random.below(fill.size())];
    words[random.below(words.size())] = isGood ? "good" : "bad";
    std::string text;
    for (const std::string& word : words)
        text += word + " ";
    return text + ".";
}

} // namespace levi::test
