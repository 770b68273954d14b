// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace levi {

// Looks through a SentencePiece model before the library reads it, which believes what stands there: it follows an
// index that points out of the map of characters, and ends the program at a piece that cannot be. Throws Error: what is
// wrong, without saying where.
void checkPieceModel(std::string_view model);

// The same of the map of characters alone: the size of a double array (Yata et al. 2007, as Darts-clone writes it), the
// array, and the texts, each with a zero behind it, that its values point to.
void checkCharacterMap(std::string_view map);

} // namespace levi
