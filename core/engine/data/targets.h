// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

namespace levi {

// Of some rows of a role, (B): classes as int64, numbers as float64 in their own unit.
at::Tensor targetsOf(const RowSet& rows, std::span<const std::int64_t> positions);
at::Tensor targetsOf(const RowSet& rows); // of all of them

// As losses take them: classes as they are, numbers standardised in float32.
at::Tensor lossTargets(const at::Tensor& targets, const Task& task);

// From a network's outputs (N, K) to what it says, float32: logits as they are, numbers in their own unit, clipped
// where the task says so.
at::Tensor answersOf(const at::Tensor& outputs, const Task& task);

} // namespace levi
