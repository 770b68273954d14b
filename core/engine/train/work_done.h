// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace levi {

// FLOPs that training has spent on this thread, a multiply-add counting as two: forward and backward of the steps, and
// fits before them. Counted from the architecture, not measured; what evaluates and the pass of a frozen backbone over
// its rows are left out. A run lives on one thread and looks before and after.
void addWork(double flops);
double workDone();

} // namespace levi
