// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// A token that is looked for in a text before anything else is done with it: "[SEP]", "<extra_id_0>".
struct AddedToken {
    std::string content;
    std::int32_t id = 0;
    bool wholeWord = false;  // not beside a letter or digit
    bool leftStrip = false;  // takes the white space before it
    bool rightStrip = false; // and behind it
    bool normalized = false; // is looked for in the normalised text
};

// Finds them, the longest where several begin.
class AddedTokens {
public:
    AddedTokens() = default;
    explicit AddedTokens(std::vector<AddedToken> tokens);

    bool empty() const { return m_tokens.empty(); }

    struct Match {
        std::size_t begin = 0, end = 0; // bytes, with the white space that it takes
        std::int32_t id = 0;
    };
    // The first one that begins at `from` or later.
    std::optional<Match> next(std::string_view text, std::size_t from) const;

private:
    const AddedToken* at(std::string_view text, std::size_t begin) const;

    std::vector<AddedToken> m_tokens;    // by first byte, then the longest first
    std::array<bool, 256> m_starts = {}; // of some token
};

} // namespace levi
