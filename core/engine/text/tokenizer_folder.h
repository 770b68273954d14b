// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/added_tokens.h"
#include "core/engine/text/json_fields.h"
#include "core/engine/text/token_form.h"
#include "core/engine/text/vocabulary.h"
#include "core/jobs/tokenizer.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace levi {

// The folder of a tokenizer: tokenizer_config.json and special_tokens_map.json are read where they are there.
class TokenizerFolder {
public:
    explicit TokenizerFolder(std::filesystem::path path);

    const std::filesystem::path& path() const { return m_path; }
    bool has(const char* file) const { return std::filesystem::exists(m_path / file); }
    JsonFields config() const { return {m_config, (m_path / "tokenizer_config.json").string()}; }

    // What the role ("cls_token") is called here.
    std::string tokenOf(const char* role, std::string_view byDefault) const;
    // From tokenizer_config.json's added_tokens_decoder and from added_tokens.json.
    std::vector<AddedToken> addedTokens() const;

    // Whose fingerprint covers the files named and both of the above.
    TokenizerInfo info(std::string kind, const std::vector<const char*>& files) const;

    // Throws Error where the folder says that it belongs to a tokenizer of none of these classes ("BertTokenizer", also
    // with "Fast" behind it).
    void requireClass(const std::vector<std::string_view>& classes) const;

private:
    std::filesystem::path m_path;
    nlohmann::json m_config = nlohmann::json::object(), m_specials = nlohmann::json::object();
};

// The parts of a tokenizer.json that several kinds share.
std::vector<AddedToken> addedTokensOf(const JsonFields& tokenizer);
Vocabulary vocabularyOf(const JsonFields& model); // from `vocab`
// From `post_processor`; its tokens have to stand in the vocabulary, added ones included, with the same ids.
TokenForms formsOf(const JsonFields& tokenizer, const Vocabulary& vocabulary);

} // namespace levi
