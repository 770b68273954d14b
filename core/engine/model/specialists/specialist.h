// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/reading.h"
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

    // What its view gives of B rows -> (B, outputWidth). draws: of a training step; null: nothing is drawn.
    virtual at::Tensor forward(const Reading& input, const StepDraws* draws) const = 0;
    virtual std::int64_t outputWidth() const = 0;
    virtual double headDropout() const = 0; // before its own head
    virtual const std::vector<Parameter>& parameters() const = 0;
    virtual std::int64_t flopsPerSample() const = 0; // forward, a multiply-add counts as two
};

// Channels, height, width of a picture.
using InputShape = std::array<std::int64_t, 3>;

using MakeSpecialist =
    std::function<std::unique_ptr<Specialist>(const Options&, const ReadingForm&, const Initializer&)>;

// Kind of the spec's section `specialist` -> how it is made. Adding one: its file and one line in specialist.cpp.
void addSpecialist(const std::string& kind, MakeSpecialist make); // throws Error where the kind is taken
// `input`: what its view gives. Throws Error naming the field.
std::unique_ptr<Specialist> makeSpecialist(const Options& options, const ReadingForm& input,
                                           const Initializer& initializer);

} // namespace levi
