// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/checkpoint.h"

#include <string>
#include <utility>
#include <vector>

namespace levi {

// Collects the tensors of a network in order of computation.
class TensorList {
public:
    using Shape = std::vector<std::int64_t>;

    explicit TensorList(std::vector<TensorSpec>& specs) : m_specs(specs) {}
    void startLayer(std::int64_t layer) { m_layer = layer; }
    void tensor(const std::string& name, Shape shape, ParameterPlace place = {}) {
        place.layer = m_layer;
        m_specs.push_back({.name = name, .shape = std::move(shape), .place = place});
    }
    void linear(const std::string& module, std::int64_t out, std::int64_t in, bool bias = true) {
        tensor(module + ".weight", {out, in}, {.isLinear = true});
        if (bias) tensor(module + ".bias", {out}, {.isBias = true});
    }
    void norm(const std::string& module, std::int64_t width) {
        scale(module, width);
        tensor(module + ".bias", {width}, {.isNorm = true, .isBias = true});
    }
    void scale(const std::string& module, std::int64_t width) { // a norm without a shift
        tensor(module + ".weight", {width}, {.isNorm = true});
    }
    void head(const std::string& module, std::int64_t out, std::int64_t in) {
        using enum TensorSpec::Kind;
        m_specs.push_back({.name = module + ".weight", .shape = {out, in}, .kind = Head, .place = {.isLinear = true}});
        m_specs.push_back({.name = module + ".bias", .shape = {out}, .kind = Head, .place = {.isBias = true}});
    }

private:
    std::vector<TensorSpec>& m_specs;
    std::int64_t m_layer = 0;
};

} // namespace levi
