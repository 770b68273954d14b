// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// A text, or a pair of them; UTF-8.
struct SampleText {
    std::string first;
    std::optional<std::string> second;
};

// What a row says beside its text, in the order of FieldNames.
struct SampleFields {
    std::vector<double> numbers;         // NaN: not said
    std::vector<std::string> categories; // "": not said
    std::vector<std::uint8_t> flags;     // 0 or 1
};
struct FieldNames {
    std::vector<std::string> numbers, categories, flags;

    bool empty() const { return numbers.empty() && categories.empty() && flags.empty(); }
};

// Where rows' contents come from: pictures of files, zip members, IDX rows or a procedural world; texts and fields of
// tables. A source has pictures or texts. Immutable, all calls thread-safe.
class SampleSource {
public:
    virtual ~SampleSource() = default;

    // Decoded and upright. Throws Error naming the row.
    virtual Picture picture(std::int64_t row) const;
    virtual SampleText text(std::int64_t row) const;
    virtual SampleFields fields(std::int64_t row) const;

    virtual bool holdsPictures() const { return true; }
    virtual FieldNames fieldNames() const { return {}; }

    // Fingerprint of all that the picture depends on (bytes of the file and how they are read), or of the text, 32 hex
    // digits; fields do not count. Each is computed once, on first call, and remembered.
    virtual std::string content(std::int64_t row) const = 0;

    // Equal for rows that are the same observation, whatever a reader gets of it; else their content.
    virtual std::string identity(std::int64_t row) const { return content(row); }
};

} // namespace levi
