// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/backbone_values.h"
#include "core/engine/model/blocks.h"
#include "core/engine/model/config_reader.h"
#include "core/jobs/backbone_info.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// A pretrained network that is read layer by layer. Weights change only through this door, so that what is derived from
// them stays true. Const calls may run in several threads at once; the others need the object alone.
class Backbone {
public:
    virtual ~Backbone();
    Backbone& operator=(const Backbone&) = delete;

    const BackboneInfo& info() const { return m_info; }

    Hidden forward(const BackboneInput& input) const;

    // (B, L + 2, 2, D): for hidden states 0..L and last_hidden_state, the pair that is set: the class token and the
    // mean of the tokens that count and are no prefix tokens, unless another one was. Holds the states of a few samples
    // only.
    at::Tensor pooledFeatures(const BackboneInput& input) const;
    void setPooling(PooledPair pair) { m_pooling = pair; }
    PooledPair pooling() const { return m_pooling; }

    // Names as in the checkpoint, in its order of computation, then those of low-rank parts; heads left out.
    const std::vector<NamedTensor>& parameters() const { return m_tensors.parameters; }
    const std::vector<ParameterPlace>& places() const { return m_tensors.places; }
    bool has(const std::string& name) const { return tensorIfExists(name).defined(); } // parameter or head
    std::vector<NamedTensor> copyOfParameters() const;
    // Values by name; each parameter has to be there in its shape. Throws Error before the first is changed.
    void setParameters(const std::vector<NamedTensor>& values);
    // The same of those parameters and heads alone that `values` names; a head may get another number of outputs. The
    // weights' fingerprint becomes another one.
    void replace(const std::vector<NamedTensor>& values);

    // Low-rank parts beside linear layers, which are then parameters too: <module>.lora_A.weight,
    // <module>.lora_B.weight. Throws Error where a module is none, has a part already, or does not fit; then the object
    // is to be dropped.
    void addLowRank(const std::vector<LowRankPart>& parts);
    void mergeLowRank(); // W += scale B A; the parts are gone

    void setTrainable(const ParameterChoice& choice); // starts frozen
    bool trainable() const { return m_firstTrained <= m_info.depth + 1; }
    std::vector<TrainedTensor> trainedTensors() const;
    // Of a step per sample: the forward pass, and backward only as far down as something is trained, with the products
    // that give gradients of matrices only where those are trained. A multiply-add counts as two.
    double trainingFlopsPerSample() const;
    void to(at::Device device, at::ScalarType dtype);
    at::Device device() const;

    void setKernels(Kernels kernels);
    Kernels kernelsInUse() const; // what layers below the first trained one would use now

    std::unique_ptr<Backbone> clone() const; // own weights, same mode

    // Of weights whose parts are known by other means, such as an adapter that was merged into them.
    void setWeightsFingerprint(std::string fingerprint) { m_info.weightsFingerprint = std::move(fingerprint); }

protected:
    Backbone(BackboneInfo info, BackboneTensors tensors);
    Backbone(const Backbone& other); // clones the weights; the derived class binds to its own

    // How a forward pass goes. What lies below the first trained layer needs no gradients, so it may be packed.
    struct Pass {
        Kernels kernels = Kernels::Plain;
        std::int64_t firstTrained = 0;
        bool withGradients = false;

        bool isPacked(std::int64_t layer) const { return kernels == Kernels::Packed && layer < firstTrained; }
        bool records(std::int64_t layer) const { return withGradients && layer >= firstTrained; }
    };
    using StateVisitor = std::function<void(std::size_t index, const at::Tensor& state)>;
    // Calls `visit` with states 0..L and then, as L + 1, last_hidden_state. Every state is a tensor of its own. Each
    // layer is computed as `pass` says.
    virtual void run(const BackboneInput& input, const Pass& pass, const StateVisitor& visit) const = 0;
    virtual std::map<std::string, at::Tensor> runHeads(const at::Tensor& last) const = 0;
    virtual void checkInput(const BackboneInput& input) const = 0;
    virtual std::unique_ptr<Backbone> copy() const = 0;
    virtual void weightsChanged() = 0; // tensors were replaced or overwritten: bind anew, drop what was derived

    const at::Tensor& tensor(const std::string& name) const; // parameter or head; throws Error
    at::Tensor tensorIfExists(const std::string& name) const;
    Linear linear(const std::string& module) const; // with its low-rank part, if it has one

private:
    Pass passOf(const BackboneInput& input) const;
    void recordTrained();                                        // requires_grad of every parameter
    void addToFingerprint(const std::vector<NamedTensor>& news); // of changed weights
    at::Tensor* findParameterOrHead(const std::string& name);
    void checkFits(const LowRankPart& part) const; // throws Error
    std::int64_t layerOf(const std::string& module) const;

    BackboneInfo m_info;
    BackboneTensors m_tensors;
    std::vector<LowRankPart> m_lowRank; // without the tensors, which are parameters
    std::vector<bool> m_trained;        // by parameter
    std::int64_t m_firstTrained = 0;    // layer; beyond depth + 1: nothing is trained
    Kernels m_kernels = Kernels::Packed;
    PooledPair m_pooling = PooledPair::ClassAndMean;
};

struct OpenOptions {
    std::optional<ImageSize> imageSize;      // other than the checkpoint's: its position embeddings are resized
    std::optional<std::uint64_t> randomSeed; // a folder with only config.json gets random weights; else it is an error
    std::int64_t textTokens = 128;           // of a text: the length that costs are stated for
    std::filesystem::path adapter;           // a folder in PEFT's format that is merged into the weights; "": none
};

// All that can be known without computing anything; what makes it unusable stands in `problems`. Does not throw for
// what the folder contains.
BackboneInfo inspectBackbone(const std::filesystem::path& folder, const OpenOptions& options = {});

// Frozen, on the CPU, in float32. Throws Error with all problems.
std::unique_ptr<Backbone> openBackbone(const std::filesystem::path& folder, const OpenOptions& options = {});

} // namespace levi
