// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/config_reader.h"
#include "core/engine/model/safetensors.h"
#include "core/jobs/backbone_info.h"

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// B samples, T tokens (prefix tokens first), D numbers per token, L blocks.

struct BackboneInput {
    at::Tensor values; // what the family reads: pixel_values (B, 3, H, W)
    at::Tensor mask;   // (B, T), 1 where a token counts; undefined: all count
};

struct Hidden {
    std::vector<at::Tensor> states;          // L + 1 of (B, T, D): hidden_states.l as the reference libraries name them
    at::Tensor last;                         // (B, T, D): last_hidden_state, after the final norm
    std::map<std::string, at::Tensor> heads; // of the checkpoint's own heads: "logits", "pooler_output", ...
};

// How a frozen forward on the CPU multiplies. Packed: weights reordered once for oneDNN, the work around them fused.
// Where that cannot be (gradients wanted, another device or dtype, an old LibTorch) the plain kernels are used.
enum class Kernels { Packed, Plain };

// A pretrained network that is read layer by layer. Weights change only through this door, so that what is derived from
// them stays true. Const calls may run in several threads at once; the others need the object alone.
class Backbone {
public:
    virtual ~Backbone();
    Backbone& operator=(const Backbone&) = delete;

    const BackboneInfo& info() const { return m_info; }

    Hidden forward(const BackboneInput& input) const;

    // (B, L + 2, 2, D): for hidden states 0..L and last_hidden_state, the class token and the mean over the tokens that
    // are no prefix tokens. Holds the states of a few samples only.
    at::Tensor pooledFeatures(const BackboneInput& input) const;

    // Names as in the checkpoint, in its order of computation; heads left out.
    const std::vector<NamedTensor>& parameters() const { return m_parameters; }
    std::vector<NamedTensor> copyOfParameters() const;
    // Values by name; each parameter has to be there in its shape. Throws Error before the first is changed.
    void setParameters(const std::vector<NamedTensor>& values);

    void setTrainable(bool trainable); // starts frozen
    bool trainable() const { return m_trainable; }
    void to(at::Device device, at::ScalarType dtype);
    at::Device device() const;

    void setKernels(Kernels kernels);
    Kernels kernelsInUse() const; // what a forward without gradients would use now

    std::unique_ptr<Backbone> clone() const; // own weights, same mode

protected:
    Backbone(BackboneInfo info, std::vector<NamedTensor> parameters, std::vector<NamedTensor> heads);
    Backbone(const Backbone& other); // clones the weights; the derived class binds to its own

    using StateVisitor = std::function<void(std::size_t index, const at::Tensor& state)>;
    // Calls `visit` with states 0..L and then, as L + 1, last_hidden_state. Every state is a tensor of its own.
    virtual void run(const BackboneInput& input, Kernels kernels, const StateVisitor& visit) const = 0;
    virtual std::map<std::string, at::Tensor> runHeads(const at::Tensor& last) const = 0;
    virtual void checkInput(const BackboneInput& input) const = 0;
    virtual std::unique_ptr<Backbone> copy() const = 0;
    virtual void weightsChanged() = 0; // tensors were replaced or overwritten: bind anew, drop what was derived

    const at::Tensor& tensor(const std::string& name) const; // parameter or head; throws Error
    at::Tensor tensorIfExists(const std::string& name) const;

private:
    BackboneInfo m_info;
    std::vector<NamedTensor> m_parameters;
    std::vector<NamedTensor> m_heads;
    bool m_trainable = false;
    Kernels m_kernels = Kernels::Packed;
};

struct OpenOptions {
    std::optional<ImageSize> imageSize;      // other than the checkpoint's: its position embeddings are resized
    std::optional<std::uint64_t> randomSeed; // a folder with only config.json gets random weights; else it is an error
};

// All that can be known without reading the weights' values; what makes it unusable stands in `problems`. Does not
// throw for what the folder contains.
BackboneInfo inspectBackbone(const std::filesystem::path& folder, const OpenOptions& options = {});

// Frozen, on the CPU, in float32. Throws Error with all problems.
std::unique_ptr<Backbone> openBackbone(const std::filesystem::path& folder, const OpenOptions& options = {});

} // namespace levi
