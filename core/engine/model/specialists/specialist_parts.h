// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/specialists/specialist.h"

namespace levi {

// The parameters of a specialist while it is put together, and what a forward pass costs.
class SpecialistParts {
public:
    explicit SpecialistParts(const Initializer& initializer) : m_initializer(initializer) {}

    // Each returns the place of its weight; a linear layer's bias follows.
    std::size_t addLinear(const std::string& name, std::int64_t in, std::int64_t out);
    // `knowsNone`: the first row stands for what training has not seen and starts at 0.
    std::size_t addEmbedding(const std::string& name, std::int64_t values, std::int64_t width, bool knowsNone);
    std::size_t addNorm(const std::string& name, std::int64_t width); // its bias follows
    void addFlops(std::int64_t flops) { m_flops += flops; }           // of one row

    const at::Tensor& value(std::size_t place) const { return m_parameters[place].value; }
    at::Tensor linear(std::size_t place, const at::Tensor& x) const; // (B, in) -> (B, out)

    const std::vector<Parameter>& parameters() const { return m_parameters; }
    std::int64_t flops() const { return m_flops; }

private:
    Initializer m_initializer;
    std::vector<Parameter> m_parameters;
    std::int64_t m_flops = 0;
};

// A specialist that is made of such parts.
class PartsSpecialist : public Specialist {
public:
    const std::vector<Parameter>& parameters() const override { return m_parts.parameters(); }
    std::int64_t flopsPerSample() const override { return m_parts.flops(); }

protected:
    explicit PartsSpecialist(const Initializer& initializer) : m_parts(initializer) {}

    SpecialistParts m_parts;
};

} // namespace levi
