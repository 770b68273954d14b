// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>

namespace levi {

// What every specialist has: it is trained from scratch, at a pace of its own.
struct SpecialistOptions {
    double learningRate = 1e-3;
    double weightDecay = 0.01;
    double dropout = 0.0; // before its own head
};

// The fields of SpecialistOptions, for the table of a struct that derives from it.
template<typename S>
void addSpecialistTraining(Fields<S>& f) {
    f.add("learning_rate", &SpecialistOptions::learningRate, "Specialist learning rate")
        .range(1e-7, 1)
        .help("Peak learning rate of the specialist: too high, it overfits before the adapters have learnt; too low, "
              "it says nothing.");
    f.add("weight_decay", &SpecialistOptions::weightDecay, "Weight decay")
        .range(0, 1)
        .advanced()
        .help("Decoupled weight decay of the specialist.");
    f.add("dropout", &SpecialistOptions::dropout, "Dropout")
        .range(0, 0.95)
        .advanced()
        .help("Dropout before the specialist's own head.");
}

} // namespace levi
