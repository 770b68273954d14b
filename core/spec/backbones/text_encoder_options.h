// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/backbones/backbone_options.h"

namespace levi {

// BERT, RoBERTa, DistilBERT, or the encoder of T5.
struct TextEncoderOptions : BackboneOptions {};

FieldTable textEncoderFields();

} // namespace levi
