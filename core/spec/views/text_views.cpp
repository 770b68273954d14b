// SPDX-License-Identifier: Apache-2.0
#include "core/spec/views/text_views.h"

namespace levi {
namespace {

std::optional<std::string> wordingProblem(const std::string& wording) {
    const auto at = wording.find(kTextHere);
    const bool isOnce = at != wording.npos && wording.find(kTextHere, at + 1) == wording.npos;
    if (isOnce) return std::nullopt;
    return fmt::format("found '{}', expected {} in it once: the row's own text stands there", wording, kTextHere);
}

FieldTable textFields(const std::string& emptyTokenizer) {
    using T = TextViewOptions;
    Fields<T> f;
    f.add("max_length", &T::maxLength, "Longest text")
        .unit("tokens")
        .range(2, 65536)
        .help("Longer texts lose their end, of a pair the longer text first; special tokens count.");
    f.add("template", &T::wording, "Template")
        .advanced()
        .help("Words around the row's text, which {text} stands for, such as 'sentiment: {text}'; of a pair around the "
              "first text.")
        .check([](const ExperimentSpec&, const T& o) { return wordingProblem(o.wording); });
    f.add("tokenizer", &T::tokenizer, "Tokenizer")
        .advanced()
        .help("Folder with the tokenizer's files; empty: " + emptyTokenizer);
    return f.table();
}

} // namespace

FieldTable backboneTextFields() {
    return textFields("those beside the weights.");
}

FieldTable specialistTextFields() {
    return textFields("the backbone's, even where the method reads no backbone.");
}

FieldTable fieldViewFields() {
    return Fields<FieldViewOptions>().table();
}

} // namespace levi
