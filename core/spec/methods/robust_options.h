// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/methods/probe_options.h"

namespace levi {

// Training against a shift between domains: a head on last_hidden_state, the backbone as the spec's `backbone.mode`
// says. Each method changes what is minimised, nothing else. e: a training domain, L_e: its mean loss in the batch.
struct RobustOptions : ReadoutOptions {
    std::int64_t hiddenWidth = 0; // of the head; 0: linear
};

// sum_e q_e L_e, where each step multiplies q_e by exp(stepSize L_e) and divides by their sum (Sagawa et al. 2020).
struct GroupDroOptions : RobustOptions {
    double stepSize = 0.01;
};

// mean_e L_e + w penalty, with w = 1 in the first annealShare of the steps and penaltyWeight from then on, where the
// optimiser starts anew.
struct AnnealedOptions : RobustOptions {
    double penaltyWeight = 1.0;
    double annealShare = 0.1;
};

// The penalty is the mean over e of the product of d L_e(s logits) / ds, s = 1, over the even and the odd rows of e
// (Arjovsky et al. 2019, the unbiased form); of numbers s scales the standardised prediction.
struct IrmOptions : AnnealedOptions {
    IrmOptions() { penaltyWeight = 100; }
};

// The penalty is the variance of L_e over e (Krueger et al. 2021).
struct VrexOptions : AnnealedOptions {
    VrexOptions() { penaltyWeight = 10; }
};

// mean_e L_e + penaltyWeight times the mean over pairs of domains of the mean square differences between means and
// between covariances of what the last layer reads (Sun and Saenko 2016, as DomainBed has it).
struct CoralOptions : RobustOptions {
    CoralOptions() { hiddenWidth = 64; }
    double penaltyWeight = 1.0;
};

// Rows and losses mixed in pairs with a share drawn from Beta(alpha, alpha) for each step (Zhang et al. 2018).
struct MixupOptions : RobustOptions {
    double alpha = 0.2;
};

FieldTable groupDroFields();
FieldTable irmFields();
FieldTable vrexFields();
FieldTable coralFields();
FieldTable mixupFields();

} // namespace levi
