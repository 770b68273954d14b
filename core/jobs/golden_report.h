// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace levi {

// One tensor of a golden folder's io.safetensors, compared.
struct GoldenTensor {
    std::string name;
    std::string path; // "packed", "plain", "merged" (of an adapter) or "gradient": which computation made it
    bool produced = false;
    double largestDifference = 0.0; // NaN where the two disagree on what is finite or on the shape
    double allowed = 0.0;
    std::string remark; // empty, or why it was not produced or cannot be compared

    // Largest difference over what is allowed; infinite where the tensor was not produced or cannot be compared.
    double ratio() const {
        return produced && largestDifference >= 0.0 ? largestDifference / allowed
                                                    : std::numeric_limits<double>::infinity();
    }
    bool passed() const { return ratio() <= 1.0; }
};

// Outcome of running a folder in the golden format.
struct GoldenReport {
    std::string folder;
    std::string family;
    std::vector<GoldenTensor> tensors; // in order of name, the packed path first

    bool passed() const {
        for (const auto& tensor : tensors)
            if (!tensor.passed()) return false;
        return !tensors.empty();
    }

    // The tensor nearest to (or furthest beyond) what is allowed. Null where there is none.
    const GoldenTensor* worst() const {
        const auto nearer = [](const GoldenTensor& a, const GoldenTensor& b) { return a.ratio() < b.ratio(); };
        const auto found = std::max_element(tensors.begin(), tensors.end(), nearer);
        return found == tensors.end() ? nullptr : &*found;
    }
};

} // namespace levi
