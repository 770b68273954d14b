// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/view.h"

#include <unordered_map>

namespace levi {

// What the training rows say of the fields. Nothing that is seen elsewhere alone counts: a name that they lack is the
// unknown one, a flag that they never raise stays 0, a number that does not vary among them is 0.
struct FieldScale {
    struct Number {
        std::string name;
        double mean = 0, scale = 0; // (x - mean) * scale; what is not said is the mean
    };
    struct Category {
        std::string name;
        std::vector<std::string> values; // known ones, in order; their places begin with 1
    };
    struct Flag {
        std::string name;
        bool isSeen = false;
    };
    std::vector<Number> numbers;
    std::vector<Category> categories;
    std::vector<Flag> flags;
};
FieldScale fieldScale(const RowSet& train);
std::string fieldScaleText(const FieldScale& scale);  // JSON
FieldScale fieldScaleOfText(const std::string& text); // throws Error

// How a specialist sees a row's fields.
class FieldView final : public View {
public:
    explicit FieldView(FieldScale scale);

    const std::string& reader() const override { return m_reader; }
    ReadingForm form() const override;
    std::shared_ptr<const View> plain() const override { return std::make_shared<FieldView>(*this); }
    std::string text() const override;
    std::string fitted() const override { return fieldScaleText(m_scale); }
    std::unique_ptr<ReadingWriter> writer(const WriterPlan& plan) const override;
    std::string how() const override;
    std::string shown(Sample& sample) const override;

    const FieldScale& scale() const { return m_scale; }
    std::int64_t placeOf(std::size_t category, const std::string& value) const; // 0: unknown

private:
    std::string m_reader = "specialist";
    FieldScale m_scale;
    std::vector<std::unordered_map<std::string, std::int64_t>> m_places;
};

} // namespace levi
