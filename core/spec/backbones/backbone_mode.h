// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace levi {

// What is trained of the backbone: nothing; everything; low-rank parts beside its linear layers (LoRA); its norms; its
// biases, those of norms included; one group of its blocks.
enum class BackboneMode { Frozen, Full, Lora, Norms, Biases, Blocks };

} // namespace levi
