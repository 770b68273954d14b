// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/model/specialists/field_specialists.h"
#include "core/spec/kinds.h"

#include <ATen/ops/gelu.h>

namespace levi {
namespace {

class TableMlpSpecialist final : public PartsSpecialist {
public:
    TableMlpSpecialist(const TableMlpOptions& options, const ReadingForm& input, const Initializer& initializer)
        : PartsSpecialist(initializer), m_options(options), m_fields(input, options.categoryWidth, {}, m_parts) {
        if (m_fields.width() == 0)
            throw Error(
                "specialist.kind: table_mlp reads columns, and the rows have none; name some in data.numeric or "
                "data.categorical");
        std::int64_t width = m_fields.width();
        for (std::int64_t layer = 1; layer <= options.depth; ++layer) {
            m_hidden.push_back(
                m_parts.addLinear(fmt::format("specialist.hidden{}", layer), width, options.hiddenWidth));
            width = options.hiddenWidth;
        }
        m_output = m_parts.addLinear("specialist.output", width, options.outputWidth);
    }

    at::Tensor forward(const Reading& input, const StepDraws*) const override {
        auto x = m_fields.of(input, m_parts);
        for (const std::size_t layer : m_hidden)
            x = at::gelu(m_parts.linear(layer, x));
        return m_parts.linear(m_output, x);
    }

    std::int64_t outputWidth() const override { return m_options.outputWidth; }
    double headDropout() const override { return m_options.dropout; }

private:
    TableMlpOptions m_options;
    FieldEmbedding m_fields;
    std::vector<std::size_t> m_hidden;
    std::size_t m_output = 0;
};

} // namespace

std::unique_ptr<Specialist> makeTableMlp(const Options& options, const ReadingForm& input,
                                         const Initializer& initializer) {
    return std::make_unique<TableMlpSpecialist>(*options.as<TableMlpOptions>(), input, initializer);
}

} // namespace levi
