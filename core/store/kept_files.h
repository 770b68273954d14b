// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace levi {

// Which files a run has left beside its figures. One that was imported has none: there is nothing to predict with or to
// derive from.
struct KeptFiles {
    bool weights = false, predictions = false;

    bool operator==(const KeptFiles&) const = default;
};

} // namespace levi
