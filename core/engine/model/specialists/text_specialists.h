// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/specialists/specialist.h"

namespace levi {

// They read ids (B, T) with their mask: what padding says has no influence.
std::unique_ptr<Specialist> makeBag(const Options& options, const ReadingForm& input, const Initializer& initializer);
std::unique_ptr<Specialist> makeTextCnn(const Options& options, const ReadingForm& input,
                                        const Initializer& initializer);
std::unique_ptr<Specialist> makeTextTransformer(const Options& options, const ReadingForm& input,
                                                const Initializer& initializer);

} // namespace levi
