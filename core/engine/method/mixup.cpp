// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/robust_method.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/model/layer_ensemble.h"

#include <ATen/ops/tensor.h>

#include <algorithm>
#include <numeric>

namespace levi {
namespace {

// Which row each row is mixed with, and the share of the row itself. The share is the larger one of a draw and what it
// leaves: with partners in random order that is the same mixture, and what is left of a share of 1 is the plain batch.
struct Mixture {
    at::Tensor partners; // (B) int64
    double share = 1;
};

Mixture drawMixture(double alpha, const at::Tensor& targets, const StepDraws& draws) {
    Random random(streamSeed(draws.seed, "mixup", static_cast<std::uint64_t>(draws.step)));
    std::vector<std::int64_t> partners(static_cast<std::size_t>(targets.size(0)));
    std::iota(partners.begin(), partners.end(), std::int64_t{0});
    random.shuffle(partners);
    const double drawn = alpha > 0 ? random.beta(alpha, alpha) : 1;
    return {.partners = at::tensor(partners, at::kLong).to(targets.device()), .share = std::max(drawn, 1 - drawn)};
}

// `rows` is the axis of the batch.
at::Tensor mixed(const at::Tensor& x, std::int64_t rows, const Mixture& mixture) {
    if (!x.defined()) return x;
    return x.mul(mixture.share).add(x.index_select(rows, mixture.partners), 1 - mixture.share);
}

Reading mixed(const Reading& x, const Mixture& mixture) {
    if (x.ids.defined() || x.categories.defined())
        throw Error("Mixup mixes pictures or features; rows that are read as texts or columns have no mixture");
    return {.pixels = mixed(x.pixels, 0, mixture)};
}

// The mixture of both losses; of squared errors it has the gradient of the loss on the mixture of both numbers.
class MixedRows : public Objective {
public:
    MixedRows(const MixupOptions& options, const TrainingGroups&) : m_alpha(options.alpha) {}

    at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                    const StepDraws& draws) override {
        const auto mixture = drawMixture(m_alpha, input.targets, draws);
        StepInput both = input;
        both.pooled = mixed(input.pooled, 1, mixture);
        both.backbone = mixed(input.backbone, mixture);
        both.specialist = mixed(input.specialist, mixture);
        const auto logits = network.output(both, draws).logits;
        const auto own = predictionLoss(logits, input.targets, labelSmoothing);
        const auto other = predictionLoss(logits, input.targets.index_select(0, mixture.partners), labelSmoothing);
        return own.mul(mixture.share).add(other, 1 - mixture.share);
    }

private:
    double m_alpha;
};

} // namespace

Method mixup() {
    return robustMethod<MixupOptions, MixedRows>();
}

} // namespace levi
