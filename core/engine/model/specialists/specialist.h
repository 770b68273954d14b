// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace levi {

class Options;

// A small network that is trained from scratch. Its output s is what the adapting layers read beside a hidden state.
class Specialist {
public:
    virtual ~Specialist() = default;

    virtual at::Tensor forward(const at::Tensor& input) const = 0; // (B, …) as its view gives -> (B, outputWidth)
    virtual std::int64_t outputWidth() const = 0;
    virtual double headDropout() const = 0; // before its own head
    virtual const std::vector<Parameter>& parameters() const = 0;
    virtual std::int64_t flopsPerSample() const = 0; // forward, a multiply-add counts as two
};

// What a specialist reads: channels, height, width of its view.
using InputShape = std::array<std::int64_t, 3>;

using MakeSpecialist =
    std::function<std::unique_ptr<Specialist>(const Options&, const InputShape&, const Initializer&)>;

// Kind of the spec's section `specialist` -> how it is made. Adding one: its file and one line in specialist.cpp.
void addSpecialist(const std::string& kind, MakeSpecialist make); // throws Error where the kind is taken
std::unique_ptr<Specialist> makeSpecialist(const Options& options, const InputShape& input,
                                           const Initializer& initializer);

} // namespace levi
