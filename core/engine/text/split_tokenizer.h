// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/added_tokens.h"
#include "core/engine/text/token_form.h"
#include "core/jobs/tokenizer.h"

namespace levi {

// What all tokenizers share: added tokens are cut out, the rest is split by the kind's own rules, special tokens stand
// around it, and what is too long is cut.
class SplitTokenizer : public Tokenizer {
public:
    const TokenizerInfo& info() const override { return m_info; }
    void encode(const Text& text, const EncodeOptions& options, TokenizedText& result) const override;

protected:
    using Ids = std::vector<std::int32_t>;

    SplitTokenizer(TokenizerInfo info, TokenForms forms, AddedTokens added);

    // Appends the ids of a piece without added tokens. May stop when `limit` of them are there: more are cut off.
    virtual void appendPiece(std::string_view piece, std::size_t limit, Ids& ids) const = 0;

private:
    void appendText(std::string_view text, std::size_t limit, Ids& ids) const;
    std::size_t roomOf(const TokenForm& form, const EncodeOptions& options) const; // for the texts' own tokens
    void appendPair(const Text& text, std::size_t room, TokenizedText& result) const;

    TokenizerInfo m_info;
    TokenForms m_forms;
    AddedTokens m_added;
};

} // namespace levi
