// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/work_done.h"

namespace levi {
namespace {

thread_local double s_flops = 0;

} // namespace

void addWork(double flops) {
    s_flops += flops;
}

double workDone() {
    return s_flops;
}

} // namespace levi
