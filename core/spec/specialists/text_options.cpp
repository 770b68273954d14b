// SPDX-License-Identifier: Apache-2.0
#include "core/spec/specialists/text_options.h"

#include "core/spec/specialists/transformer_options.h"

#include <cmath>

namespace levi {
namespace {

constexpr double kWidestWindow = 32;
constexpr std::size_t kMostWindows = 8;

template<typename S>
void addEmbedding(Fields<S>& f) {
    f.add("embedding_width", &S::embeddingWidth, "Embedding width")
        .range(4, 1024)
        .help("Numbers per token; the vocabulary is that of the tokenizer of the specialist's view.");
}

template<typename S>
void addOutput(Fields<S>& f) {
    f.add("output_width", &S::outputWidth, "Output width")
        .range(4, 4096)
        .help("Width of s, the specialist's final output, which every adapting layer reads beside its hidden state.");
    addSpecialistTraining(f);
}

std::optional<std::string> windowsProblem(const std::vector<double>& windows) {
    if (windows.empty() || windows.size() > kMostWindows)
        return fmt::format("found {} windows, expected 1 to {}", windows.size(), kMostWindows);
    for (const double width : windows)
        if (!(width >= 1 && width <= kWidestWindow && width == std::floor(width)))
            return fmt::format("found {}, expected whole numbers from 1 to {}", width, kWidestWindow);
    return std::nullopt;
}

} // namespace

FieldTable bagFields() {
    Fields<BagOptions> f;
    addEmbedding(f);
    addOutput(f);
    return f.table();
}

FieldTable textCnnFields() {
    using T = TextCnnOptions;
    Fields<T> f;
    addEmbedding(f);
    f.add("windows", &T::windows, "Windows")
        .unit("tokens")
        .help("Widths of the convolutions: how many tokens in a row a filter reads.")
        .check([](const ExperimentSpec&, const T& o) { return windowsProblem(o.windows); });
    f.add("filters", &T::filters, "Filters").range(1, 1024).help("Filters of each window.");
    addOutput(f);
    return f.table();
}

FieldTable textTransformerFields() {
    Fields<TextTransformerOptions> f;
    addEmbedding(f);
    addBlocks(f);
    addOutput(f);
    return f.table();
}

} // namespace levi
