// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/derived_options.h"

namespace levi {
namespace {

// `most`: 0 for any number.
template<typename S>
void addParents(Fields<S>& f, std::size_t least, std::size_t most, std::string help) {
    f.add("parents", &S::parents, most == 1 ? "Parent" : "Parents")
        .required()
        .help(std::move(help) + " Named by spec, or by the first digits of cell keys.")
        .check([least, most](const ExperimentSpec&, const S& o) -> std::optional<std::string> {
            const std::size_t found = o.parents.size();
            if (found >= least && (most == 0 || found <= most)) return std::nullopt;
            return fmt::format("names {} parents, expected {}{}", found, most == least ? "" : "at least ", least);
        });
}

template<typename S>
void addMembers(Fields<S>& f, std::int64_t least) {
    f.add("members", &S::members, "Seeds of each parent")
        .range(static_cast<double>(least), 1000)
        .help(
            "How many seeds of a parent are joined into one: seed s takes s x members to s x members + members - 1, so "
            "that no run is part of two.");
}

} // namespace

FieldTable outputEnsembleFields() {
    Fields<OutputEnsembleOptions> f;
    addParents(f, 2, 0, "Settings whose finished runs are averaged, seed by seed.");
    f.add("average", &OutputEnsembleOptions::average, "Average of")
        .help("Whether probabilities or logits are averaged; predicted numbers are averaged as they are.");
    return f.table();
}

FieldTable seedEnsembleFields() {
    Fields<SeedEnsembleOptions> f;
    addParents(f, 1, 1, "The setting whose seeds are averaged.");
    addMembers(f, 2);
    f.add("average", &SeedEnsembleOptions::average, "Average of")
        .help("Whether probabilities or logits are averaged; predicted numbers are averaged as they are.");
    return f.table();
}

FieldTable weightSoupFields() {
    Fields<WeightSoupOptions> f;
    addParents(f, 1, 0, "Settings whose finished runs are mixed; they train the same tensors.");
    addMembers(f, 1);
    f.add("soup", &WeightSoupOptions::kind, "Soup")
        .help("uniform: the mean of all weights; greedy: runs join one by one where id_val gets better.")
        .check([](const ExperimentSpec&, const WeightSoupOptions& o) -> std::optional<std::string> {
            if (o.parents.size() * static_cast<std::size_t>(o.members) >= 2) return std::nullopt;
            return "one run is no soup; name more parents, or more members of the one";
        });
    f.add("ties", &WeightSoupOptions::ties, "Ties")
        .when([](const WeightSoupOptions& o) { return o.kind == SoupKind::Greedy; })
        .help("Of a greedy soup: whether a run joins that makes id_val neither better nor worse. The paper's text lets "
              "it, the authors' code does not.");
    return f.table();
}

FieldTable wiseFtFields() {
    Fields<WiseFtOptions> f;
    addParents(f, 1, 1,
               "The setting whose finished runs are drawn back to where they started: one of LP-FT, whose start "
               "is a probe on the published backbone.");
    f.add("choose", &WiseFtOptions::choose, "Choice of alpha")
        .help("fixed: the value below; id_val: the best of all steps on id_val. Every step is kept as a candidate.");
    f.add("alpha", &WiseFtOptions::alpha, "Alpha")
        .range(0, 1)
        .when([](const WiseFtOptions& o) { return o.choose == AlphaChoice::Fixed; })
        .help("Share of the fine-tuned weights; 0 is the probe, 1 the fine-tuned run.");
    f.add("steps", &WiseFtOptions::steps, "Steps")
        .range(1, 1000)
        .advanced()
        .help("Alpha is measured at 0, 1 / steps, ..., 1.");
    return f.table();
}

} // namespace levi
