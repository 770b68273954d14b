// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/model/specialists/field_specialists.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>

#include <fmt/ranges.h>

#include <algorithm>

namespace levi {
namespace {

std::int64_t categoryNamed(const std::string& name, const char* field, const ReadingForm& input) {
    const auto found = std::ranges::find(input.categories, name, &ReadingForm::Category::name);
    if (found != input.categories.end()) return found - input.categories.begin();
    std::vector<std::string> names;
    for (const auto& category : input.categories)
        names.push_back(category.name);
    throw Error("specialist.{}: the rows have no category '{}'; they have {}", field, name,
                names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

// Id 0 in the place of a share of them.
at::Tensor partlyUnknown(const at::Tensor& ids, double share, const char* purpose, const StepDraws& draws) {
    const auto seed = streamSeed(draws.seed, purpose, static_cast<std::uint64_t>(draws.step));
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    auto unknown = at::empty(ids.sizes(), at::kFloat); // drawn on the CPU on every device
    unknown.bernoulli_(share, generator);
    return ids.masked_fill(unknown.ne(0).to(ids.device()), 0);
}

} // namespace

FieldEmbedding::FieldEmbedding(const ReadingForm& input, std::int64_t categoryWidth,
                               const std::vector<std::int64_t>& without, SpecialistParts& parts)
    : m_width(static_cast<std::int64_t>(input.numbers.size() + input.flags.size())) {
    for (std::int64_t i = 0; i < std::ssize(input.categories); ++i) {
        if (std::ranges::find(without, i) != without.end()) continue;
        const auto& category = input.categories[static_cast<std::size_t>(i)];
        m_embedded.push_back(
            {i, parts.addEmbedding(fmt::format("specialist.category{}", i + 1), category.values, categoryWidth, true)});
        m_width += categoryWidth;
    }
}

at::Tensor FieldEmbedding::of(const Reading& input, const SpecialistParts& parts) const {
    std::vector<at::Tensor> all = {input.numbers, input.flags};
    for (const auto& [category, weight] : m_embedded)
        all.push_back(at::embedding(parts.value(weight), input.categories.select(1, category)));
    return at::cat(all, 1);
}

IdEmbedding::IdEmbedding(const RatingOptions& options, const ReadingForm& input, SpecialistParts& parts)
    : m_dropout(options.idDropout),
      m_user(categoryNamed(options.user, "user", input)),
      m_item(categoryNamed(options.item, "item", input)) {
    const auto values = [&input](std::int64_t category) {
        return input.categories[static_cast<std::size_t>(category)].values;
    };
    m_userWeight = parts.addEmbedding("specialist.user", values(m_user), options.idWidth, true);
    m_itemWeight = parts.addEmbedding("specialist.item", values(m_item), options.idWidth, true);
}

IdEmbedding::Ids IdEmbedding::of(const Reading& input, const StepDraws* draws) const {
    Ids ids{.user = input.categories.select(1, m_user), .item = input.categories.select(1, m_item)};
    if (!draws || m_dropout <= 0) return ids;
    return {.user = partlyUnknown(ids.user, m_dropout, "dropout-user", *draws),
            .item = partlyUnknown(ids.item, m_dropout, "dropout-item", *draws)};
}

at::Tensor IdEmbedding::user(const Ids& ids, const SpecialistParts& parts) const {
    return at::embedding(parts.value(m_userWeight), ids.user);
}

at::Tensor IdEmbedding::item(const Ids& ids, const SpecialistParts& parts) const {
    return at::embedding(parts.value(m_itemWeight), ids.item);
}

} // namespace levi
