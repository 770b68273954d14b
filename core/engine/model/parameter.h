// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// Which learning rate and weight decay a parameter has.
enum class Pace { Head, Specialist, Backbone };

// A tensor that training changes in place.
struct Parameter {
    std::string name;
    at::Tensor value; // float32, requires_grad
    Pace pace = Pace::Head;
    bool decays = true;   // false for biases and norms
    double rateShare = 1; // of the pace's learning rate
};

// Makes parameters. Each has a stream of its own, named by seed and parameter: its first values depend on nothing else,
// not on which other parts a network has.
class Initializer {
public:
    explicit Initializer(std::uint64_t seed, at::Device device = at::kCPU) : m_seed(seed), m_device(device) {}

    at::Device device() const { return m_device; }

    // Uniform in [-bound, bound), on the CPU and without gradient, to be combined into a parameter.
    at::Tensor draw(const std::string& name, at::IntArrayRef shape, double bound) const;

    Parameter uniform(const std::string& name, at::IntArrayRef shape, double bound, Pace pace) const;
    Parameter constant(const std::string& name, at::IntArrayRef shape, double value, Pace pace) const; // does not decay
    Parameter parameter(const std::string& name, const at::Tensor& value, Pace pace, bool decays) const;

private:
    std::uint64_t m_seed;
    at::Device m_device;
};

// What a training step draws from: dropout of step 7 is the same whatever happened before.
struct StepDraws {
    std::uint64_t seed = 0;
    std::int64_t step = 0;
};

// Inverted dropout: each value is hidden with probability `share`, the rest scaled by 1 / (1 - share). `purpose` names
// the stream. Returns x itself where share is 0.
at::Tensor hidden(const at::Tensor& x, double share, const char* purpose, const StepDraws& draws);

} // namespace levi
