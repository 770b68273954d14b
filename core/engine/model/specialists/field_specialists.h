// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/specialists/specialist_parts.h"
#include "core/spec/specialists/field_options.h"

#include <optional>

namespace levi {

// Specialists that read numbers (B, N), categories (B, C) and flags (B, F).
std::unique_ptr<Specialist> makeTableMlp(const Options& options, const ReadingForm& input,
                                         const Initializer& initializer);
std::unique_ptr<Specialist> makeTwoTower(const Options& options, const ReadingForm& input,
                                         const Initializer& initializer);
std::unique_ptr<Specialist> makeMatrixFactorisation(const Options& options, const ReadingForm& input,
                                                    const Initializer& initializer);

// Numbers, flags and the embeddings of categories side by side.
class FieldEmbedding {
public:
    // `without`: categories that are read elsewhere.
    FieldEmbedding(const ReadingForm& input, std::int64_t categoryWidth, const std::vector<std::int64_t>& without,
                   SpecialistParts& parts);

    std::int64_t width() const { return m_width; }
    at::Tensor of(const Reading& input, const SpecialistParts& parts) const; // (B, width)

private:
    struct Embedded {
        std::int64_t category;
        std::size_t weight;
    };
    std::vector<Embedded> m_embedded;
    std::int64_t m_width;
};

// The embeddings of who rates and of what is rated.
class IdEmbedding {
public:
    // `width`: of each. Throws Error naming the field where the rows have no such category.
    IdEmbedding(const RatingOptions& options, const ReadingForm& input, SpecialistParts& parts);

    struct Ids {
        at::Tensor user, item; // (B) int64
    };
    // In a training step some are taken for unknown.
    Ids of(const Reading& input, const StepDraws* draws) const;
    at::Tensor user(const Ids& ids, const SpecialistParts& parts) const; // (B, width)
    at::Tensor item(const Ids& ids, const SpecialistParts& parts) const;
    std::vector<std::int64_t> categories() const { return {m_user, m_item}; }

private:
    double m_dropout;
    std::int64_t m_user, m_item; // categories
    std::size_t m_userWeight, m_itemWeight;
};

} // namespace levi
