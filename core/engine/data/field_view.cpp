// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/field_view.h"

#include "core/base/error.h"
#include "core/base/hash.h"

#include <ATen/ops/zeros.h>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace levi {
namespace {

using nlohmann::json;

constexpr double kNoSpread = 1e-9; // of the mean's size: a deviation below is rounding

template<typename Visit>
void forEachRow(const RowSet& rows, const Visit& visit) {
    for (std::int64_t i = 0; i < rows.size(); ++i)
        visit(rows.fields(i));
}

// Mean and deviation in two passes.
void fitNumbers(std::vector<FieldScale::Number>& numbers, const RowSet& train) {
    std::vector<double> counts(numbers.size()), squares(numbers.size());
    const auto visit = [&](const auto& action) {
        forEachRow(train, [&](const SampleFields& fields) {
            for (std::size_t i = 0; i < numbers.size(); ++i)
                if (!std::isnan(fields.numbers[i])) action(i, fields.numbers[i]);
        });
    };
    visit([&](std::size_t i, double x) { numbers[i].mean += (x - numbers[i].mean) / ++counts[i]; });
    visit([&](std::size_t i, double x) { squares[i] += (x - numbers[i].mean) * (x - numbers[i].mean); });
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const double deviation = counts[i] > 0 ? std::sqrt(squares[i] / counts[i]) : 0;
        if (deviation > kNoSpread * std::abs(numbers[i].mean)) numbers[i].scale = 1 / deviation;
    }
}

class FieldWriter final : public ReadingWriter {
public:
    FieldWriter(const FieldView& view, std::int64_t rows) : m_view(view) {
        const auto wide = [rows](const auto& list, at::ScalarType type) {
            return at::zeros({rows, static_cast<std::int64_t>(list.size())}, type);
        };
        m_reading.numbers = wide(view.scale().numbers, at::kFloat);
        m_reading.categories = wide(view.scale().categories, at::kLong);
        m_reading.flags = wide(view.scale().flags, at::kFloat);
    }

    void add(Sample& sample) override {
        const SampleFields& fields = sample.fields();
        const FieldScale& scale = m_view.scale();
        if (fields.numbers.size() != scale.numbers.size() || fields.categories.size() != scale.categories.size() ||
            fields.flags.size() != scale.flags.size())
            throw Error("{}: has other fields than the training rows", sample.id());
        float* number = m_reading.numbers.data_ptr<float>() + m_row * m_reading.numbers.size(1);
        for (std::size_t i = 0; i < scale.numbers.size(); ++i)
            if (const double x = fields.numbers[i]; !std::isnan(x))
                number[i] = static_cast<float>((x - scale.numbers[i].mean) * scale.numbers[i].scale);
        auto* place = m_reading.categories.data_ptr<std::int64_t>() + m_row * m_reading.categories.size(1);
        for (std::size_t i = 0; i < scale.categories.size(); ++i)
            place[i] = m_view.placeOf(i, fields.categories[i]);
        float* flag = m_reading.flags.data_ptr<float>() + m_row * m_reading.flags.size(1);
        for (std::size_t i = 0; i < scale.flags.size(); ++i)
            flag[i] = scale.flags[i].isSeen && fields.flags[i] ? 1.0F : 0.0F;
        ++m_row;
    }

    Reading take() override { return m_reading; }

private:
    const FieldView& m_view;
    Reading m_reading;
    std::int64_t m_row = 0;
};

} // namespace

FieldScale fieldScale(const RowSet& train) {
    const FieldNames names = train.source().fieldNames();
    FieldScale scale;
    for (const std::string& name : names.numbers)
        scale.numbers.push_back({.name = name});
    for (const std::string& name : names.flags)
        scale.flags.push_back({.name = name});
    if (!scale.numbers.empty()) fitNumbers(scale.numbers, train);
    std::vector<std::set<std::string>> values(names.categories.size());
    forEachRow(train, [&](const SampleFields& fields) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!fields.categories[i].empty()) values[i].insert(fields.categories[i]);
        for (std::size_t i = 0; i < scale.flags.size(); ++i)
            scale.flags[i].isSeen = scale.flags[i].isSeen || fields.flags[i] != 0;
    });
    for (std::size_t i = 0; i < values.size(); ++i)
        scale.categories.push_back({names.categories[i], {values[i].begin(), values[i].end()}});
    return scale;
}

std::string fieldScaleText(const FieldScale& scale) {
    json numbers = json::array(), categories = json::array(), flags = json::array();
    for (const auto& [name, mean, factor] : scale.numbers)
        numbers.push_back({{"name", name}, {"mean", mean}, {"scale", factor}});
    for (const auto& [name, values] : scale.categories)
        categories.push_back({{"name", name}, {"values", values}});
    for (const auto& [name, isSeen] : scale.flags)
        flags.push_back({{"name", name}, {"seen", isSeen}});
    return json{{"numbers", numbers}, {"categories", categories}, {"flags", flags}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
}

FieldScale fieldScaleOfText(const std::string& text) {
    FieldScale scale;
    try {
        const json all = json::parse(text);
        for (const json& number : all.at("numbers"))
            scale.numbers.push_back({number.at("name").get<std::string>(), number.at("mean").get<double>(),
                                     number.at("scale").get<double>()});
        for (const json& category : all.at("categories"))
            scale.categories.push_back(
                {category.at("name").get<std::string>(), category.at("values").get<std::vector<std::string>>()});
        for (const json& flag : all.at("flags"))
            scale.flags.push_back({flag.at("name").get<std::string>(), flag.at("seen").get<bool>()});
    } catch (const json::exception&) {
        throw Error("what its specialist knows of the fields cannot be read");
    }
    for (const auto& number : scale.numbers)
        if (!std::isfinite(number.mean) || !std::isfinite(number.scale))
            throw Error("what its specialist knows of '{}' is no number", number.name);
    return scale;
}

FieldView::FieldView(FieldScale scale) : m_scale(std::move(scale)) {
    for (const auto& [name, values] : m_scale.categories) {
        auto& places = m_places.emplace_back();
        for (const std::string& value : values)
            places.emplace(value, static_cast<std::int64_t>(places.size()) + 1);
    }
}

ReadingForm FieldView::form() const {
    ReadingForm form{.kind = ReadingKind::Fields};
    for (const auto& number : m_scale.numbers)
        form.numbers.push_back(number.name);
    for (const auto& [name, values] : m_scale.categories)
        form.categories.push_back({.name = name, .values = static_cast<std::int64_t>(values.size()) + 1});
    for (const auto& flag : m_scale.flags)
        form.flags.push_back(flag.name);
    return form;
}

std::string FieldView::text() const {
    return "fields " + fingerprint(fitted());
}

std::int64_t FieldView::placeOf(std::size_t category, const std::string& value) const {
    const auto found = m_places[category].find(value);
    return found == m_places[category].end() ? 0 : found->second;
}

std::string FieldView::how() const {
    std::vector<std::string> parts;
    for (const auto& [name, values] : m_scale.categories)
        parts.push_back(fmt::format("{} ({} known)", name, values.size()));
    for (const auto& number : m_scale.numbers)
        parts.push_back(number.name);
    if (!m_scale.flags.empty()) parts.push_back(fmt::format("{} flags", m_scale.flags.size()));
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string FieldView::shown(Sample& sample) const {
    const SampleFields& fields = sample.fields();
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < m_scale.categories.size(); ++i) {
        const std::string& value = fields.categories[i];
        parts.push_back(fmt::format("{} {}{}", m_scale.categories[i].name, value.empty() ? "not said" : value,
                                    placeOf(i, value) == 0 && !value.empty() ? " (unknown)" : ""));
    }
    for (std::size_t i = 0; i < m_scale.numbers.size(); ++i)
        parts.push_back(std::isnan(fields.numbers[i])
                            ? fmt::format("{} not said", m_scale.numbers[i].name)
                            : fmt::format("{} {:.6g}", m_scale.numbers[i].name, fields.numbers[i]));
    for (std::size_t i = 0; i < m_scale.flags.size(); ++i)
        if (fields.flags[i] != 0)
            parts.push_back(m_scale.flags[i].name + (m_scale.flags[i].isSeen ? "" : " (never seen)"));
    return fmt::format("{}", fmt::join(parts, " · "));
}

std::unique_ptr<ReadingWriter> FieldView::writer(const WriterPlan& plan) const {
    return std::make_unique<FieldWriter>(*this, plan.rows);
}

} // namespace levi
